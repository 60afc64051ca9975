/**
 * A fleet for units: an operator, gateways whose logs grow when a test says so, and a cloud that tells of them, honestly or
 * as a test spoils it.
 * @module
 */
import {
  type CalledSlot,
  consistencyPath,
  hashesOf,
  leafHash,
  NO_RECORD,
  openSlot,
  readSlotRecord,
  type Signer,
  type SlotRecord,
  sha256,
  signCheckpoint,
  signOperatorRecord,
  signSlotRecord,
  treeRoot,
  utf8,
} from '@sigill/evidence';
import { newSigner } from '../agent-fixture.ts';
import { GatewayError } from '../errors.ts';
import type { CloudDesk, ToldAnchor, ToldChanges } from './cloud-desk.ts';

export interface FixtureGateway {
  readonly slot: number;
  readonly origin: string;
  /** The newest record, as signed. */
  record(): Uint8Array;
  revise(change: Partial<SlotRecord>): Uint8Array;
  grow(count: number): void;
  /** From here on its log has another history behind `size` entries. */
  fork(size: number): void;
  note(size?: number): string;
  root(size?: number): Uint8Array;
  path(from: number, to: number): Uint8Array[];
  readonly size: number;
}

export interface FixtureFleet {
  readonly operator: Signer;
  readonly operatorRecord: Uint8Array;
  /** SHA-256 of the operator's first key. */
  readonly firstKeyHash: Uint8Array;
  readonly gateways: FixtureGateway[];
  join(): FixtureGateway;
  readonly desk: CloudDesk;
  /** What the cloud was told of anchors. */
  readonly told: ToldAnchor[];
  /** Between what is so and what the cloud says of it. */
  spoil: {
    changes?: (changes: ToldChanges) => ToldChanges;
    path?: (slot: number, path: Uint8Array[]) => Uint8Array[];
    /** What the cloud kept of roll-calls. */
    slots?: (number: number) => readonly CalledSlot[];
    away?: boolean;
  };
}

export function createFleet(count: number): FixtureFleet {
  const operator = newSigner();
  const operatorRecord = signOperatorRecord(
    {
      ...{ rev: 0, previous: NO_RECORD, key: operator.publicKey },
      ...{ nextKeyHash: sha256(newSigner().publicKey), witnesses: [], successor: null },
    },
    operator,
  );
  const gateways: FixtureGateway[] = [];
  const told: ToldAnchor[] = [];
  const counts = { mined: 0, final: 0 };
  const fleet: FixtureFleet = {
    ...{ operator, operatorRecord, gateways, told, spoil: {} },
    firstKeyHash: sha256(operator.publicKey),
    join() {
      const made = createGateway(gateways.length + 1, operator);
      gateways.push(made);
      return made;
    },
    desk: {
      async changes(since) {
        assertThere();
        const all: ToldChanges = {
          ...{ next: since + 1, more: false },
          records: [operatorRecord, ...gateways.map((one) => one.record())],
          heads: gateways
            .filter(({ size }) => size > 0)
            .map((one) => ({ slot: one.slot, notes: [one.note()] })),
        };
        return fleet.spoil.changes?.(all) ?? all;
      },
      async paths(wanted) {
        assertThere();
        return wanted.map(({ slot, from, to }) => {
          const path = gateways[slot - 1]?.path(from, to) ?? [];
          return fleet.spoil.path?.(slot, path) ?? path;
        });
      },
      async slots(number) {
        assertThere();
        const slots = fleet.spoil.slots?.(number);
        if (slots === undefined) throw new GatewayError('CLOUD_BUSY', 'no such roll-call');
        return slots;
      },
      counts: async () => counts,
      async tell(anchor) {
        assertThere();
        told.push(anchor);
        if (anchor.status === 'mined') counts.mined = anchor.anchor.index + 1;
        else counts.final = counts.mined;
        return counts;
      },
    },
  };
  for (let made = 0; made < count; made += 1) fleet.join();
  return fleet;

  function assertThere(): void {
    if (fleet.spoil.away === true)
      throw new GatewayError('CLOUD_UNREACHABLE', 'no answer', { retryable: true });
  }
}

function createGateway(slot: number, operator: Signer): FixtureGateway {
  const origin = `fleet.example/site-${slot}`;
  const [log, agent] = [newSigner(), newSigner()];
  let leaves: Uint8Array[] = [];
  const entry = (at: number, history = '') => leafHash(utf8(`${slot} ${at} ${history}`));
  let cose = signSlotRecord(
    openSlot({ slot, origin, logKey: log.publicKey, agentKey: agent.publicKey }),
    operator,
  );
  const root = (size = leaves.length) => treeRoot(leaves.slice(0, size));
  return {
    ...{ slot, origin, root },
    record: () => cose,
    revise(change) {
      const { record, hash } = readSlotRecord(cose);
      cose = signSlotRecord(
        { ...record, ...change, rev: record.rev + 1, previous: hash },
        operator,
      );
      return cose;
    },
    grow(count) {
      for (let more = 0; more < count; more += 1) leaves.push(entry(leaves.length));
    },
    fork(size) {
      leaves = leaves.map((leaf, at) => (at < size ? leaf : entry(at, 'another')));
    },
    note: (size = leaves.length) => signCheckpoint({ origin, size, root: root(size) }, log),
    path: (from, to) =>
      from === 0 || from >= to ? [] : consistencyPath(from, to, hashesOf(leaves.slice(0, to))),
    get size() {
      return leaves.length;
    },
  };
}
