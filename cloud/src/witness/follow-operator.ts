/**
 * The logs of an operator, as its signed records name them: asked for at its cloud, which can leave records out and make
 * none up. What was seen is kept, so that a start without that cloud watches the same logs.
 * @module
 */
import {
  assertRecordFollows,
  EvidenceError,
  equalBytes,
  fromBase64,
  type Opened,
  type OperatorRecord,
  openOperatorChain,
  openSlotRecord,
  type SlotRecord,
  toBase64,
  toHex,
} from '@sigill/evidence';
import { CloudError } from '../errors.ts';
import type { StateDisk } from './state-disk.ts';
import type { WatchedLogs } from './watched-logs.ts';
import type { FollowedOperator } from './witness-config.ts';

/** JSON of a cloud's route. @throws CloudError CLOUD_UNREACHABLE, CLOUD_REFUSED, CERTIFICATE_MISMATCH */
export type AskCloud = (path: string) => Promise<unknown>;

export interface OperatorFollower {
  /** @throws CloudError, EvidenceError: what was learnt before stays */
  poll(ask: AskCloud): Promise<void>;
  /** The logs of its records. */
  origins(): readonly string[];
}

// Known slots change when a log is closed: some are asked for again at each poll, by turns.
const AGAIN_AT_ONCE = 50;
// An operator that lists more at once waits for the next poll.
const NEW_AT_ONCE = 500;

export async function openOperatorFollower(
  { firstKeyHash }: Pick<FollowedOperator, 'firstKeyHash'>,
  watched: WatchedLogs,
  disk: StateDisk,
): Promise<OperatorFollower> {
  const path = `operator/${toHex(firstKeyHash)}.json`;
  let chain: readonly Uint8Array[] = [];
  const slots = new Map<number, { opened: Opened<SlotRecord>; cose: Uint8Array }>();
  let turn = 0;
  await recall();

  async function recall(): Promise<void> {
    const text = await disk.read(path);
    if (text === null) return;
    const kept = JSON.parse(text.toString('utf8')) as { operator: string[]; slots: string[] };
    chain = kept.operator.map(fromBase64);
    const keys = openOperatorChain(chain, firstKeyHash);
    for (const cose of kept.slots.map(fromBase64)) take(openWithAny(cose, keys), cose);
  }

  function take(opened: Opened<SlotRecord>, cose: Uint8Array): void {
    slots.set(opened.record.slot, { opened, cose });
    watched.follow(opened.record);
  }

  async function save(): Promise<void> {
    const kept = {
      operator: chain.map(toBase64),
      slots: [...slots.values()].map(({ cose }) => toBase64(cose)),
    };
    await disk.write(`${path}.new`, Buffer.from(JSON.stringify(kept)));
    await disk.rename(`${path}.new`, path);
    await disk.syncFolder('operator');
  }

  /** Whether there is such a slot. */
  async function askFor(slot: number, ask: AskCloud): Promise<boolean> {
    const known = slots.get(slot)?.opened ?? null;
    const from = known === null ? 0 : known.record.rev + 1;
    const answer = await ask(`/enroll/v1/records/${slot}?from=${from}`).catch((error) => {
      if (error instanceof CloudError && error.message.startsWith('ORIGIN_UNKNOWN')) return null;
      throw error;
    });
    if (answer === null) return false;
    const { operator, slot: records } = answer as { operator: unknown; slot: unknown };
    const told = asRecords(operator);
    const keys = openOperatorChain(told, firstKeyHash);
    if (!chain.every((cose, at) => told[at] !== undefined && equalBytes(cose, told[at])))
      throw differs('shows another chain of its operator’s records than before');
    chain = told;
    let last = known;
    for (const cose of asRecords(records)) {
      const opened = openWithAny(cose, keys);
      if (opened.record.slot !== slot) throw differs(`gives another slot’s record for ${slot}`);
      assertRecordFollows(last, opened.record);
      take(opened, cose);
      last = opened;
    }
    return true;
  }

  return {
    origins: () => [...slots.values()].map(({ opened }) => opened.record.origin),
    async poll(ask) {
      const before = JSON.stringify([chain.length, ...[...slots.values()].map(revOf)]);
      try {
        const known = [...slots.keys()];
        for (let count = 0; count < Math.min(AGAIN_AT_ONCE, known.length); count += 1) {
          turn = (turn + 1) % known.length;
          await askFor(known[turn] as number, ask);
        }
        const next = Math.max(0, ...slots.keys()) + 1;
        for (let slot = next; slot < next + NEW_AT_ONCE; slot += 1)
          if (!(await askFor(slot, ask))) break;
      } finally {
        const after = JSON.stringify([chain.length, ...[...slots.values()].map(revOf)]);
        if (after !== before) await save();
      }
    },
  };
}

function revOf({ opened }: { opened: Opened<SlotRecord> }): number {
  return opened.record.rev;
}

// The operator's key may have been replaced since; an older key of the chain signed for its time.
function openWithAny(
  cose: Uint8Array,
  chain: readonly Opened<OperatorRecord>[],
): Opened<SlotRecord> {
  for (const { record } of chain.toReversed()) {
    try {
      return openSlotRecord(cose, record.key);
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error;
    }
  }
  throw differs('gives a record that its operator did not sign');
}

function asRecords(value: unknown): Uint8Array[] {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string'))
    return value.map(fromBase64);
  throw differs('does not answer as a Sigill cloud does');
}

function differs(what: string): CloudError {
  return new CloudError('CLOUD_REFUSED', `the operator’s cloud ${what}`);
}
