/**
 * Agents whose gateway brings their request: it knows that the code was good, and says so under its log key.
 * @module
 */
import {
  boxHash,
  type EnrolmentForward,
  type EnrolmentOutcome,
  findBox,
  openEnrolmentForward,
  openEnrolmentRequest,
} from '@sigill/evidence';
import { type BoxRow, countBoxes, findBoxRow, putBox } from '../database/boxes.ts';
import type { Database } from '../database/database.ts';
import { CloudError } from '../errors.ts';
import type { Register } from '../register/register.ts';
import { asTime, type Outcomes, slotWith, unknownBox } from './outcomes.ts';

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
  const slots = () => register.slots().map(({ record }) => record);

  function stateOf(row: BoxRow): ForwardedState {
    const outcome = outcomeOf(row);
    const reason = outcome.state === 'refused' ? outcome.reason : '';
    return { box: row.box, state: outcome.state, reason };
  }

  return {
    async forward({ origin, request: bytes, forward }) {
      const slot = register.slotOf(origin);
      if (slot.record.closed !== null)
        throw new CloudError('ORIGIN_CLOSED', `the operator closed ${origin}`);
      const word = openEnrolmentForward(forward, bytes, slot.record.logKey);
      const row = rowOf(origin, word);
      const found = findBox(row, slots());
      if (found === 'other' || (found === 'active' && slotWith(row, [slot]) === undefined))
        throw new CloudError(
          'KEY_KNOWN',
          'keys of this agent are registered for another job already',
        );
      const stored = await database.write(async (sql) => {
        const known = (await findBoxRow(sql, row.box)) !== undefined;
        if (!known && (await countBoxes(sql, origin)) >= MAX_AGENTS_PER_GATEWAY) return undefined;
        await putBox(sql, row);
        return findBoxRow(sql, row.box);
      });
      if (stored === undefined) {
        throw new CloudError(
          'ENROLMENT_BUSY',
          `${MAX_AGENTS_PER_GATEWAY} agents of ${origin} have asked already; refuse those that nobody knows`,
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

function rowOf(origin: string, word: EnrolmentForward): BoxRow {
  const request = openEnrolmentRequest(word.request);
  if (request.kind !== 'agent' || word.origin !== origin)
    throw new CloudError('REQUEST_FORM', 'a gateway brings requests of agents, for its own log');
  return {
    ...{ box: boxHash(request), kind: request.kind, name: request.name },
    ...{ logKey: request.logKey, agentKey: request.agentKey, request: word.request },
    ...{ invitation: null, gateway: origin, address: word.address.slice(0, 64) },
    askedAt: asTime(word.askedAtMs),
    ...{ clockOff: asTime(request.clientTimeMs - word.askedAtMs), refusedAt: null, reason: '' },
  };
}
