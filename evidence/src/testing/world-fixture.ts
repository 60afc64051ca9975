/**
 * For tests: a whole world in memory. An operator, site logs with agents, witnesses, roll-calls
 * and anchors, moved on step by step. Whatever a test wants forged, it forges by the same steps.
 */
import {
  type AnchorLeaf,
  anchorLeafHash,
  anchorLogAddress,
  parseAddress,
} from '../anchor/anchor-log.ts';
import { type ChainProfile, findChainProfile } from '../anchor/chain-profiles.ts';
import { nextOrigin } from '../anchor/generations.ts';
import {
  type OperatorRecord,
  openOperatorChain,
  type RegisteredAgent,
  readSlotRecord,
  type SlotRecord,
  signOperatorRecord,
  signSlotRecord,
} from '../anchor/register.ts';
import { continueSlot } from '../anchor/register-building.ts';
import { type Call, callRoll, encodeCall, OPERATOR_ORIGIN_HASH } from '../anchor/roll-call.ts';
import { compareBytes, equalBytes } from '../bytes/bytes.ts';
import { sha256 } from '../crypto/index.ts';
import type { LedgerPolicy } from '../judge/policy.ts';
import type { Signer } from '../keys/signer.ts';
import { originHash } from '../log/checkpoint.ts';
import { consistencyPath } from '../log/consistency.ts';
import { hashesOf, leafHash, rootAt } from '../log/merkle-tree.ts';
import { parseNote } from '../log/signed-note.ts';
import { cosign } from '../log/witnessing.ts';
import { testBytes, testSigner } from './key-fixture.ts';
import { createSiteLog, type SiteLog, type Surroundings } from './site-fixture.ts';

export interface TestAnchor {
  readonly leaf: AnchorLeaf;
  /** By slot, as are the notes; slot 0 has no note. */
  readonly calls: readonly Call[];
  readonly notes: readonly string[];
}

export interface World {
  readonly surroundings: Surroundings;
  readonly operator: Signer;
  readonly ledger: LedgerPolicy;
  readonly operatorRecords: Uint8Array[];
  readonly witnesses: { readonly name: string; readonly signer: Signer }[];
  readonly anchors: TestAnchor[];
  /** Slot 1 and up, and the records of each. */
  readonly sites: SiteLog[];
  readonly records: Uint8Array[][];
  addSite(origin: string, agents: readonly string[]): SiteLog;
  /** Signs the slot's next record: its agents as they are now, and what is changed. */
  register(site: SiteLog, changes?: Partial<SlotRecord>, signer?: Signer): void;
  revoke(site: SiteLog, agent: Uint8Array): void;
  /** Closes the site's slot where its log stands, and begins its next generation with the same agents. */
  continue(site: SiteLog): SiteLog;
  /** Signs the operator's next record. */
  succeed(changes: Partial<OperatorRecord>, signer: Signer): void;
  /** Calls the roll and anchors it. `forge` changes the calls that are anchored. */
  anchor(forge?: (calls: readonly Call[]) => readonly Call[]): TestAnchor;
  /** A checkpoint with the cosignatures of all witnesses. */
  witnessed(note: string): string;
}

const START = 1_790_000_000_000;
const INTERVAL_MS = 600_000;

export function createWorld(ledger = developmentLedger()): World {
  const surroundings: Surroundings = { now: START, beacon: null };
  const operator = testSigner('operator');
  const sites: SiteLog[] = [];
  const records: Uint8Array[][] = [];
  const slotOf = (site: SiteLog) => sites.indexOf(site) + 1;
  const last = (slot: number) => readSlotRecord(records[slot - 1]!.at(-1)!);
  const world: World = {
    surroundings,
    operator,
    ledger,
    operatorRecords: [],
    witnesses: [{ name: 'witness.example/w1', signer: testSigner('witness 1') }],
    anchors: [],
    sites,
    records,
    addSite(origin, agents) {
      const site = createSiteLog(origin, surroundings);
      for (const agent of agents) site.addAgent(agent);
      sites.push(site);
      const record = {
        slot: slotOf(site),
        rev: 0,
        previous: new Uint8Array(32),
        origin,
        logKey: site.signer.publicKey,
        closed: null,
        continues: null,
        agents: activeAgents(site),
      };
      records.push([signSlotRecord(record, operator)]);
      return site;
    },
    register(site, changes = {}, signer = operator) {
      const { record, hash } = last(slotOf(site));
      const known = new Map(record.agents.map((agent) => [agent.key.join(), agent]));
      const agents = activeAgents(site).map((agent) => known.get(agent.key.join()) ?? agent);
      const next = { ...record, rev: record.rev + 1, previous: hash, agents, ...changes };
      records[record.slot - 1]!.push(signSlotRecord(next, signer));
    },
    revoke(site, agent) {
      const agents = last(slotOf(site)).record.agents.map((entry) => ({
        ...entry,
        state: equalBytes(sha256(entry.key).slice(0, 16), agent) ? 'revoked' : entry.state,
      })) as RegisteredAgent[];
      world.register(site, { agents });
    },
    continue(site) {
      const [size, cause] = [site.entries.length, 'forked'];
      world.register(site, { closed: { size, root: site.rootAt(size), cause } });
      const closed = last(slotOf(site));
      const signer = testSigner(`log ${nextOrigin(closed.record)}`);
      const record = continueSlot(closed, sites.length + 1, signer.publicKey);
      const next = createSiteLog(record.origin, surroundings, signer);
      next.agents.push(...site.agents);
      sites.push(next);
      records.push([signSlotRecord(record, operator)]);
      return next;
    },
    succeed(changes, signer) {
      const { record, hash } = currentOperator(world);
      const next = { ...record, rev: record.rev + 1, previous: hash, ...changes };
      world.operatorRecords.push(signOperatorRecord(next, signer));
    },
    anchor(forge = (calls) => calls) {
      const before = world.anchors.at(-1)?.calls ?? [];
      const operatorSlot = {
        originHash: OPERATOR_ORIGIN_HASH,
        recordHash: currentOperator(world).hash,
        head: null,
      };
      const states = sites.map((site) => ({
        originHash: originHash(site.origin),
        recordHash: last(slotOf(site)).hash,
        head: headOf(site, before[slotOf(site)]?.size ?? 0),
      }));
      const calls = forge(callRoll(before, [operatorSlot, ...states]).calls);
      const leaf = anchorLeaf(world, calls);
      const notes = ['', ...sites.map((site) => world.witnessed(site.checkpoint()))];
      const anchor = { leaf, calls, notes };
      world.anchors.push(anchor);
      surroundings.now += INTERVAL_MS;
      surroundings.beacon = { anchorIndex: leaf.index, anchorLeafHash: anchorLeafHash(leaf) };
      return anchor;
    },
    witnessed(note) {
      const { text } = parseNote(note);
      const seconds = Math.floor(surroundings.now / 1000);
      return note + world.witnesses.map((w) => cosign(text, w.name, w.signer, seconds)).join('');
    },
  };
  const first = {
    rev: 0,
    previous: new Uint8Array(32),
    key: operator.publicKey,
    nextKeyHash: sha256(testSigner('next operator').publicKey),
    witnesses: [],
    successor: null,
  };
  world.operatorRecords.push(signOperatorRecord(first, operator));
  return world;
}

function developmentLedger(): LedgerPolicy {
  const profile = findChainProfile('development')!;
  return { profile, chainId: profile.chainId!, ...rolesAt(profile), endpoints: [] };
}

/** A chain whose blocks these validators seal. */
export function consortiumLedger(validators: readonly Uint8Array[]): LedgerPolicy {
  const profile = findChainProfile('besu-qbft')!;
  const sets = [{ from: 0, validators }];
  return { profile, chainId: 2026, ...rolesAt(profile), endpoints: [], validators: sets };
}

function rolesAt({ factory }: ChainProfile) {
  const roles = { operator: testBytes('anchor account', 20), guardian: testBytes('guardian', 20) };
  return { ...roles, contract: anchorLogAddress(parseAddress(factory), roles) };
}

function currentOperator({ operatorRecords, operator }: World) {
  return openOperatorChain(operatorRecords, sha256(operator.publicKey)).at(-1)!;
}

function activeAgents(site: SiteLog): RegisteredAgent[] {
  return site.agents
    .map(({ signer }) => ({ key: signer.publicKey, state: 'active' as const, succeeds: null }))
    .toSorted((one, other) => compareBytes(one.key, other.key));
}

function headOf(site: SiteLog, oldSize: number) {
  const size = site.entries.length;
  const path = consistencyPath(Math.min(oldSize, size), size, site.hashes());
  return { size, root: site.rootAt(size), path };
}

/** The chain's part: it appends the roll's root at the time of its block. */
function anchorLeaf({ anchors, ledger, surroundings }: World, calls: readonly Call[]): AnchorLeaf {
  const roll = calls.map((call) => leafHash(encodeCall(call)));
  surroundings.now += INTERVAL_MS;
  return {
    chainId: ledger.chainId,
    contract: ledger.contract,
    index: anchors.length,
    rollRoot: rootAt(roll.length, hashesOf(roll)),
    slots: roll.length,
    blockNumber: 1000 + 300 * anchors.length,
    blockTime: Math.floor(surroundings.now / 1000),
    parentHash: testBytes(`block before anchor ${anchors.length}`),
  };
}
