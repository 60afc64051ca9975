/** For tests: a gateway's site log and its agents, in memory. */

import { utf8 } from '../bytes/bytes.ts';
import { parseDecimal } from '../bytes/decimal.ts';
import { sha256 } from '../crypto/index.ts';
import type { Signer } from '../keys/signer.ts';
import { originHash, signCheckpoint } from '../log/checkpoint.ts';
import { hashesOf, leafHash, rootAt, treeRoot } from '../log/merkle-tree.ts';
import { agentId, encodeReading, type Reading } from '../reading/reading.ts';
import { type BatchHeader, type Beacon, encodeHeader, headerHash, signSeal } from '../seal/seal.ts';
import { testBytes, testSigner } from './key-fixture.ts';

export interface SealedBatch {
  readonly header: BatchHeader;
  readonly headerBytes: Uint8Array;
  readonly seal: Uint8Array;
  readonly readings: readonly Uint8Array[];
  readonly frames: readonly (Uint8Array | null)[];
  /** Where the seal stands in the site log. */
  readonly entry: number;
}

export interface TestAgent {
  readonly signer: Signer;
  readonly id: Uint8Array;
  readonly batches: SealedBatch[];
  /** Reads these temperatures, one reading each, and seals them into the site log. */
  seal(temperatures: readonly string[], options?: SealOptions): SealedBatch;
}

export interface SealOptions {
  readonly beacon?: Beacon | null;
  /** Changes the readings before they are encoded. */
  readonly reading?: Partial<Reading>;
  /** Changes each reading by its place in the batch. */
  readonly each?: (index: number) => Partial<Reading>;
  /** Changes the header before it is signed. */
  readonly header?: Partial<BatchHeader>;
  readonly signer?: Signer;
  /** The log that it enters, and by default names; else the agent's first one. */
  readonly into?: SiteLog;
}

export interface SiteLog {
  readonly origin: string;
  readonly signer: Signer;
  readonly entries: readonly Uint8Array[];
  readonly agents: TestAgent[];
  addAgent(name: string, signer?: Signer): TestAgent;
  append(entry: Uint8Array): number;
  rootAt(size: number): Uint8Array;
  hashes(): ReturnType<typeof hashesOf>;
  /** Signed by the log alone. */
  checkpoint(size?: number): string;
}

/** What everybody in a test world shares. */
export interface Surroundings {
  /** ms since the Unix epoch. */
  now: number;
  /** The newest final anchor, as agents know it. */
  beacon: Beacon | null;
}

export function createSiteLog(
  origin: string,
  surroundings: Surroundings,
  signer = testSigner(`log ${origin}`),
): SiteLog {
  const entries: Uint8Array[] = [];
  const hashes = () => hashesOf(entries.map(leafHash));
  const site: SiteLog = {
    origin,
    signer,
    entries,
    agents: [],
    addAgent(name, agentSigner = testSigner(`agent ${name}`)) {
      const agent = createAgent(site, surroundings, agentSigner);
      site.agents.push(agent);
      return agent;
    },
    append: (entry) => entries.push(entry) - 1,
    hashes,
    rootAt: (size) => rootAt(size, hashes()),
    checkpoint: (size = entries.length) =>
      signCheckpoint({ origin, size, root: rootAt(size, hashes()) }, signer),
  };
  return site;
}

function createAgent(site: SiteLog, surroundings: Surroundings, signer: Signer): TestAgent {
  const id = agentId(signer.publicKey);
  const batches: SealedBatch[] = [];
  return {
    signer,
    id,
    batches,
    seal(temperatures, options = {}) {
      const { origin } = options.reading ?? {};
      const log = options.into ?? site;
      const last = batches.at(-1);
      const firstSeq = last === undefined ? 0 : last.header.firstSeq + last.header.count;
      const frames = temperatures.map((text) => utf8(`temperature ${text} Cel\r\n`));
      const readings = temperatures.map((text, index) => {
        const seq = firstSeq + index;
        surroundings.now += 1000;
        return encodeReading({
          ...temperatureReading(id, seq, text, surroundings.now, frames[index]!),
          ...options.reading,
          ...options.each?.(index),
        });
      });
      surroundings.now += 500;
      const header: BatchHeader = {
        agent: id,
        log: originHash(log.origin),
        batch: batches.length,
        previous: last === undefined ? new Uint8Array(32) : headerHash(last.headerBytes),
        boot: testBytes('boot', 16),
        firstSeq,
        count: readings.length,
        root: treeRoot(readings.map(leafHash)),
        closedAt: surroundings.now,
        beacon: options.beacon === undefined ? surroundings.beacon : options.beacon,
        ...options.header,
      };
      const headerBytes = encodeHeader(header);
      const seal = signSeal(headerBytes, options.signer ?? signer);
      const entry = log.append(seal);
      const kept = frames.map((frame) => (origin?.frameHash === null ? null : frame));
      const batch = { header, headerBytes, seal, readings, frames: kept, entry };
      batches.push(batch);
      return batch;
    },
  };
}

export function temperatureReading(
  agent: Uint8Array,
  seq: number,
  text: string,
  time: number,
  frame: Uint8Array,
): Reading {
  return {
    agent,
    seq,
    source: 'cellar',
    device: 'probe-1',
    n: seq,
    kind: 'environment',
    time,
    clock: { quality: 2, maxErrorMs: 200, deviceTime: null, uptimeMs: 60_000 + 1000 * seq },
    origin: { driver: 'test-line', frameHash: sha256(frame) },
    fields: [{ name: 'temperature', value: parseDecimal(text), unit: 'Cel', code: 'T' }],
    salt: testBytes(`salt ${seq}`, 16),
  };
}
