/**
 * Requests that a gateway brings, under its log key: of agents that gave it a good code, and its own for its next log.
 * @module
 */
import {
  boxHash,
  type EnrolmentForward,
  type EnrolmentOutcome,
  findBox,
  type Opened,
  openEnrolmentForward,
  openEnrolmentRequest,
  type SlotRecord,
} from '@sigill/evidence';
import { type BoxRow, countBoxes, findBoxRow, putBox } from '../database/boxes.ts';
import type { Database } from '../database/database.ts';
import { CloudError } from '../errors.ts';
import type { Register } from '../register/register.ts';
import {
  asTime,
  generationOut,
  type Outcomes,
  slotWith,
  standingOf,
  unknownBox,
} from './outcomes.ts';

export interface ForwardPost {
  readonly request: Uint8Array;
  /** The gateway's word for it. */
  readonly forward: Uint8Array;
  readonly origin: string;
}

export interface Forwarded {
  /** @throws CloudError, EvidenceError */
  forward(post: ForwardPost): Promise<ForwardedState>;
  /** What became of it. @throws CloudError BOX_UNKNOWN */
  forwarded(box: Uint8Array): Promise<ForwardedState>;
}

export interface ForwardedState {
  readonly box: Uint8Array;
  readonly state: EnrolmentOutcome['state'];
  readonly reason: string;
}

// An operator looks at each; more than these are not honest boxes.
const MAX_AGENTS_PER_GATEWAY = 1_000;

export function createForwarded(
  database: Database,
  register: Register,
  outcomeOf: Outcomes['outcomeOf'],
): Forwarded {
  function stateOf(row: BoxRow): ForwardedState {
    const outcome = outcomeOf(row);
    const reason = outcome.state === 'refused' ? outcome.reason : '';
    return { box: row.box, state: outcome.state, reason };
  }

  return {
    async forward({ origin, request: bytes, forward }) {
      const slot = register.slotOf(origin);
      const word = openEnrolmentForward(forward, bytes, slot.record.logKey);
      const row = rowOf(origin, word);
      if (row.kind === 'generation') assertMayGoOn(row, register.slots());
      else assertMayJoin(row, slot, register.slots());
      const stored = await database.write(async (sql) => {
        const known = (await findBoxRow(sql, row.box)) !== undefined;
        if (!known && (await countBoxes(sql, origin)) >= MAX_AGENTS_PER_GATEWAY) return undefined;
        await putBox(sql, row);
        return findBoxRow(sql, row.box);
      });
      if (stored === undefined) {
        throw new CloudError(
          'ENROLMENT_BUSY',
          `${MAX_AGENTS_PER_GATEWAY} boxes of ${origin} have asked already; refuse those that nobody knows`,
          { retryable: true },
        );
      }
      return stateOf(stored);
    },

    async forwarded(box) {
      const row = await database.read((sql) => findBoxRow(sql, box));
      if (row === undefined || row.gateway === null) throw unknownBox();
      return stateOf(row);
    },
  };
}

/** @throws CloudError ORIGIN_CLOSED, KEY_KNOWN */
function assertMayJoin(
  row: BoxRow,
  slot: Opened<SlotRecord>,
  slots: readonly Opened<SlotRecord>[],
): void {
  const { origin, closed } = slot.record;
  if (closed !== null) throw new CloudError('ORIGIN_CLOSED', `the operator closed ${origin}`);
  const found = findBox(row, recordsOf(slots));
  if (found === 'other' || (found === 'active' && slotWith(row, [slot]) === undefined))
    throw new CloudError('KEY_KNOWN', 'keys of this agent are registered for another job already');
}

/** A log goes on once, under a key that is new, asked for by a box that is in. @throws CloudError BOX_REVOKED, ORIGIN_CLOSED, KEY_KNOWN */
function assertMayGoOn(row: BoxRow, slots: readonly Opened<SlotRecord>[]): void {
  if (standingOf(row, slots).state === 'approved') return; // it does already, and the answer was lost
  const out = generationOut(row, slots);
  if (out !== null) throw new CloudError(out.code, out.reason);
  if (
    row.logKey === null ||
    findBox({ logKey: null, agentKey: row.logKey }, recordsOf(slots)) === 'none'
  )
    return;
  throw new CloudError(
    'KEY_KNOWN',
    'the next log’s key is registered already; a log key is used once: make a new one',
  );
}

const recordsOf = (slots: readonly Opened<SlotRecord>[]) => slots.map(({ record }) => record);

function rowOf(origin: string, word: EnrolmentForward): BoxRow {
  const request = openEnrolmentRequest(word.request);
  if (request.kind === 'gateway' || word.origin !== origin) {
    throw new CloudError(
      'REQUEST_FORM',
      'a gateway brings requests of agents, for its own log, and its own for its next log',
    );
  }
  return {
    ...{ box: boxHash(request), kind: request.kind, name: request.name },
    ...{ logKey: request.logKey, agentKey: request.agentKey, request: word.request },
    ...{ invitation: null, gateway: origin, address: word.address.slice(0, 64) },
    askedAt: asTime(word.askedAtMs),
    ...{ clockOff: asTime(request.clientTimeMs - word.askedAtMs), refusedAt: null, reason: '' },
  };
}
