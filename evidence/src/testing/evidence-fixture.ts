/**
 * For tests: the evidence that a world gives, the policy of somebody who trusts it rightly, and
 * a small honest world in which every claim holds.
 */
import { anchorLeafHash } from '../anchor/anchor-log.ts';
import { readSlotRecord } from '../anchor/register.ts';
import { encodeCall } from '../anchor/roll-call.ts';
import { equalBytes } from '../bytes/bytes.ts';
import { sha256 } from '../crypto/index.ts';
import type { EvidenceFile } from '../judge/evidence-file.ts';
import type { EvidenceRollCall } from '../judge/evidence-parts.ts';
import type { JudgeOptions } from '../judge/judge.ts';
import { formatPolicy, type LedgerPolicy, type Policy, parsePolicy } from '../judge/policy.ts';
import { parseCheckpoint } from '../log/checkpoint.ts';
import { consistencyPath } from '../log/consistency.ts';
import { inclusionPath } from '../log/inclusion.ts';
import { hashesOf, leafHash, treeRoot } from '../log/merkle-tree.ts';
import { formatNoteKey, parseNote } from '../log/signed-note.ts';
import { decodeTemperature } from './decode-fixture.ts';
import { blockHash, proveState } from './ledger-fixture.ts';
import type { SealedBatch, SiteLog } from './site-fixture.ts';
import { createWorld, type TestAnchor, type World } from './world-fixture.ts';

export interface Choice {
  /** Index of the anchor that is to cover the seal; else the first that does. */
  readonly covering?: number;
  /** How many anchors the evidence knows of; else all. */
  readonly anchors?: number;
}

/** Evidence of one reading; without the anchored parts where no anchor covers its seal yet. */
export function evidenceOf(
  world: World,
  site: SiteLog,
  batch: SealedBatch,
  index: number,
  choice: Choice = {},
): EvidenceFile {
  const slot = world.sites.indexOf(site) + 1;
  const known = world.anchors.slice(0, choice.anchors);
  const covers = ({ calls }: TestAnchor) => (calls[slot]?.size ?? 0) > batch.entry;
  const covering = choice.covering === undefined ? known.find(covers) : known[choice.covering];
  const agent = site.agents.find(({ id }) => equalBytes(id, batch.header.agent))!;
  const before = agent.batches[batch.header.batch - 1];
  const note = covering?.notes[slot] ?? world.witnessed(site.checkpoint());
  const { size } = parseCheckpoint(parseNote(note).text);
  const newestSize = known.at(-1)?.calls[slot]?.size ?? 0;
  const hashes = batch.readings.map(leafHash);
  const common = {
    format: 'sigill-evidence@v1' as const,
    kind: 'reading' as const,
    readings: [
      {
        bytes: batch.readings[index]!,
        batch: batch.header.batch,
        index,
        path: inclusionPath(index, hashes.length, hashesOf(hashes)),
        frame: batch.frames[index] ?? null,
      },
    ],
    headers: before === undefined ? [] : [before.headerBytes],
    seal: {
      bytes: batch.seal,
      index: batch.entry,
      path: inclusionPath(batch.entry, size, site.hashes()),
    },
    log: {
      origin: site.origin,
      checkpoint: note,
      consistency: newestSize < size ? [] : consistencyPath(size, newestSize, site.hashes()),
    },
  };
  const slotRecords = world.records[slot - 1]!;
  if (covering === undefined)
    return {
      ...common,
      records: { operator: world.operatorRecords, slot: slotRecords.slice(-1) },
      rollCalls: null,
      anchors: null,
      ledger: null,
    };
  const called = [...new Set([covering, known.at(-1)!])];
  const beacons = [batch.header.beacon, before?.header.beacon ?? null];
  const isCalled = (cose: Uint8Array) =>
    called.some(({ calls }) => equalBytes(calls[slot]!.recordHash, readSlotRecord(cose).hash));
  return {
    ...common,
    records: { operator: world.operatorRecords, slot: slotRecords.filter(isCalled) },
    rollCalls: called.map((anchor) => rollCallOf(anchor, slot)),
    anchors: {
      size: known.length,
      leaves: anchorLeaves(known, [
        ...called.map(({ leaf }) => leaf.index),
        ...beacons.flatMap((beacon) => (beacon === null ? [] : [beacon.anchorIndex])),
      ]),
    },
    ledger: ledgerProofOf(world, known.length),
  };
}

export function rollCallOf({ leaf, calls }: TestAnchor, slot: number): EvidenceRollCall {
  const roll = calls.map(encodeCall);
  const read = hashesOf(roll.map(leafHash));
  const part = (at: number) => ({ call: roll[at]!, path: inclusionPath(at, roll.length, read) });
  return { anchor: leaf.index, operator: part(0), slot: part(slot) };
}

export function anchorLeaves(anchors: readonly TestAnchor[], indexes: readonly number[]) {
  const read = hashesOf(anchors.map(({ leaf }) => anchorLeafHash(leaf)));
  return [...new Set(indexes)]
    .toSorted((one, other) => one - other)
    .map((at) => {
      const { index, rollRoot, slots, blockNumber, blockTime, parentHash } = anchors[at]!.leaf;
      const path = inclusionPath(at, anchors.length, read);
      return { index, rollRoot, slots, blockNumber, blockTime, parentHash, path };
    });
}

/** The state after so many anchors, in a block soon after the last. */
export function ledgerProofOf({ anchors, ledger }: World, size: number) {
  const { blockNumber, blockTime } = anchors[size - 1]!.leaf;
  const read = anchors.slice(0, size).map(({ leaf }) => anchorLeafHash(leaf));
  const { contract, operator } = ledger;
  const state = { contract, operator, root: treeRoot(read), size, lastBlock: blockNumber };
  return proveState(state, blockNumber + 2, blockTime + 24);
}

export function policyOf(world: World, changes: Partial<Policy> = {}): Policy {
  const witnessLines = world.witnesses.map(({ name, signer }, at) => {
    const key = formatNoteKey({ name, type: 4, publicKey: signer.publicKey });
    return `witness w${at} ${key}`;
  });
  const names = world.witnesses.map((_witness, at) => `w${at}`);
  const policy = {
    operator: sha256(world.operator.publicKey),
    ledger: world.ledger,
    witnessLines: [...witnessLines, `group all all ${names.join(' ')}`, 'quorum all'],
    clockErrorMs: 2000,
    ...changes,
  };
  return parsePolicy(formatPolicy(policy));
}

/** Block headers from elsewhere, and the decoder of the test device. */
export function optionsOf(world: World): Required<JudgeOptions> {
  const blocks = world.anchors.map(({ leaf }) => ({
    number: leaf.blockNumber + 2,
    hash: blockHash(ledgerProofOf(world, leaf.index + 1)),
    source: 'a node of the verifier',
  }));
  return { blocks, decodeAgain: decodeTemperature };
}

/**
 * Two houses, five anchors. The evidence is of the second of three readings: its seal names anchor
 * 1, the header before it anchor 0; anchor 2 covers it; the slot has a new record since; anchor 4
 * is the newest.
 */
export function honestWorld(ledger?: LedgerPolicy) {
  const world = createWorld(ledger);
  const house = world.addSite('sigill.example/test/house-1', ['gateway', 'meter']);
  const barn = world.addSite('sigill.example/test/barn', ['scale']);
  const [gateway, meter] = house.agents as [SiteLog['agents'][0], SiteLog['agents'][0]];
  const step = (...temperatures: string[]) => {
    gateway.seal(['1']);
    const batch = meter.seal(temperatures);
    barn.agents[0]!.seal(['2']);
    world.anchor();
    return batch;
  };
  const first = step('20.10');
  step('20.15', '20.20');
  const batch = step('20.25', '20.30', '-0.05');
  house.addAgent('second meter');
  world.register(house);
  step('20.35');
  step('20.40');
  const file = evidenceOf(world, house, batch, 1);
  const policy = policyOf(world);
  return { world, house, barn, meter, first, batch, file, policy, options: optionsOf(world) };
}
