/**
 * For tests: a gateway without a box. Real keys, real records, sealed batches, a site log with signed checkpoints.
 * @module
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import {
  agentId,
  type BatchHeader,
  closeSlot,
  compareBytes,
  consistencyPath,
  continueSlot,
  createSigner,
  encodeBatch,
  encodeHeader,
  encodeReading,
  type Field,
  formatAddCheckpoint,
  hashesOf,
  headerHash,
  leafHash,
  NO_PREVIOUS,
  NO_RECORD,
  originHash,
  parseDecimal,
  type Reading,
  readSlotRecord,
  type Signer,
  type SlotRecord,
  sha256,
  signCheckpoint,
  signOperatorRecord,
  signSeal,
  signSlotRecord,
  treeRoot,
} from '@sigill/evidence';

export interface FixtureBatch {
  readonly header: BatchHeader;
  readonly seal: Uint8Array;
  readonly bytes: Uint8Array;
}

/** What a test says of a reading; the rest is made up. With a frame, its hash and driver fit. */
export type FixtureReading = Partial<Reading> & { readonly frame?: Uint8Array };

export interface FixtureAgent {
  readonly id: Uint8Array;
  readonly name: string;
  readonly signer: Signer;
  /** The next batch of its chain; `change` spoils or completes its header before it is signed. */
  seal(readings: readonly FixtureReading[], change?: Partial<BatchHeader>): FixtureBatch;
  /** Another with the same key and history so far: a cloned card, or the agent as it seals for another log. */
  clone(origin?: string): FixtureAgent;
}

export function newSigner(): Signer {
  const { privateKey } = generateKeyPairSync('ed25519');
  return createSigner(Uint8Array.from(privateKey.export({ type: 'pkcs8', format: 'der' })));
}

// 2026-01-31T10:00:00Z: a day all tests share, so that they need no clock.
export const START = 1_769_853_600_000;

export function createAgent(
  origin: string,
  signer = newSigner(),
  from = { batch: 0, seq: 0, previous: NO_PREVIOUS, n: new Map<string, number>() },
): FixtureAgent {
  const id = agentId(signer.publicKey);
  const at = { ...from, n: new Map(from.n) };

  function stamp({ frame, ...part }: FixtureReading): Uint8Array {
    const { source = 'house-17', device = 'meter' } = part;
    const n = at.n.get(`${source} ${device}`) ?? 0;
    at.n.set(`${source} ${device}`, n + 1);
    const seq = at.seq++;
    return encodeReading({
      agent: id,
      seq,
      source,
      device,
      n,
      kind: 'meter',
      time: START + 1000 * seq,
      clock: { quality: 1, maxErrorMs: null, deviceTime: null, uptimeMs: 1000 * seq },
      origin: { driver: 'dsmr-p1', frameHash: frame === undefined ? null : sha256(frame) },
      fields: [energy(`${seq}.50`)],
      salt: randomBytes(16),
      ...part,
    });
  }

  return {
    id,
    name: Buffer.from(id).toString('hex'),
    signer,
    seal(parts, change = {}) {
      const firstSeq = at.seq;
      const readings = parts.map(stamp);
      const header: BatchHeader = {
        agent: id,
        log: originHash(origin),
        batch: at.batch,
        previous: at.previous,
        boot: new Uint8Array(16),
        firstSeq,
        count: readings.length,
        root: treeRoot(readings.map(leafHash)),
        closedAt: START + 1000 * at.seq,
        beacon: null,
        ...change,
      };
      const headerBytes = encodeHeader(header);
      const seal = signSeal(headerBytes, signer);
      at.batch = header.batch + 1;
      at.previous = headerHash(headerBytes);
      const frames = parts.map(({ frame }) => frame ?? null);
      return { header, seal, bytes: encodeBatch({ seal, readings, frames }) };
    },
    clone: (other = origin) => createAgent(other, signer, at),
  };
}

export function energy(value: string): Field {
  return { name: 'energy.import', value: parseDecimal(value), unit: 'kWh', code: '1-0:1.8.0' };
}

export interface FixtureSite {
  readonly origin: string;
  readonly agent: FixtureAgent;
  readonly operator: Signer;
  /** Of the site log. */
  readonly log: Signer;
  /** SHA-256 of the operator's first key, as a policy names it. */
  readonly operatorHash: Uint8Array;
  readonly operatorRecord: Uint8Array;
  slotRecord(): Uint8Array;
  /** The first generation and those that continue it, of which one is this. */
  readonly generations: readonly FixtureSite[];
  /** Closes the slot, at the entries there are or fewer, and begins its next generation; the agent goes on in it. */
  continue(size?: number): FixtureSite;
  /** The next revision of the slot's record. */
  revise(states: { readonly agent?: 'revoked'; readonly slot?: 'closed' }): Uint8Array;
  /** Entries of the site log, as the gateway has them. */
  readonly seals: Uint8Array[];
  enter(...batches: readonly FixtureBatch[]): void;
  root(size: number): Uint8Array;
  checkpoint(size?: number): string;
  addCheckpoint(oldSize: number, note: string): string;
}

export function createSite(
  origin = 'sigill.example/demo/house-17',
  witnesses: string[] = [],
): FixtureSite {
  const operator = newSigner();
  const log = newSigner();
  const agent = createAgent(origin);
  const operatorRecord = signOperatorRecord(
    {
      rev: 0,
      previous: NO_RECORD,
      key: operator.publicKey,
      nextKeyHash: sha256(newSigner().publicKey),
      witnesses,
      successor: null,
    },
    operator,
  );
  const keys = [agent.signer.publicKey, newSigner().publicKey].sort(compareBytes);
  const first: SlotRecord = {
    ...{ slot: 1, rev: 0, previous: NO_RECORD, origin, logKey: log.publicKey },
    ...{ closed: null, continues: null },
    agents: keys.map((key) => ({ key, state: 'active', succeeds: null })),
  };
  return createGeneration({ operator, operatorRecord, generations: [] }, first, log, agent);
}

interface Family extends Pick<FixtureSite, 'operator' | 'operatorRecord'> {
  readonly generations: FixtureSite[];
}

function createGeneration(
  family: Family,
  first: SlotRecord,
  log: Signer,
  agent: FixtureAgent,
): FixtureSite {
  const { operator } = family;
  const { origin } = first;
  const revisions = [signSlotRecord(first, operator)];
  const seals: Uint8Array[] = [];
  const newest = () => revisions.at(-1) as Uint8Array;
  const leaves = () => seals.map(leafHash);
  const root = (size: number) => treeRoot(leaves().slice(0, size));
  const sign = (record: SlotRecord) => {
    revisions.push(signSlotRecord(record, operator));
    return newest();
  };
  const ended = (size = seals.length) => ({ size, root: root(size), cause: 'a test' });
  const site: FixtureSite = {
    ...family,
    ...{ origin, agent, log, slotRecord: newest },
    operatorHash: sha256(operator.publicKey),
    continue(size) {
      const closed = readSlotRecord(sign(closeSlot(readSlotRecord(newest()), ended(size))));
      const nextLog = newSigner();
      const next = continueSlot(closed, first.slot + 1, nextLog.publicKey);
      return createGeneration(family, next, nextLog, agent.clone(next.origin));
    },
    revise(states) {
      const { record, hash } = readSlotRecord(newest());
      return sign({
        ...record,
        rev: record.rev + 1,
        previous: hash,
        closed: states.slot === 'closed' ? ended() : null,
        agents: record.agents.map((one) =>
          Buffer.from(one.key).equals(agent.signer.publicKey)
            ? { ...one, state: states.agent ?? one.state }
            : one,
        ),
      });
    },
    seals,
    enter(...batches) {
      seals.push(...batches.map(({ seal }) => seal));
    },
    root,
    checkpoint: (size = seals.length) => signCheckpoint({ origin, size, root: root(size) }, log),
    addCheckpoint(oldSize, note) {
      const size = Number(note.split('\n')[1]);
      const path = consistencyPath(oldSize, size, hashesOf(leaves()));
      return formatAddCheckpoint({ oldSize, path, note });
    },
  };
  family.generations.push(site);
  return site;
}
