/** For tests: a server that lets boxes in, in memory, and the ways in which one may lie. */
import {
  boxHash,
  createEnrolmentCode,
  type EnrolmentAnswer,
  type EnrolmentOutcome,
  encodeEnrolmentAnswer,
  enrolmentMac,
  formatEnrolmentCode,
  fromBase64,
  fromHex,
  isEnrolmentMac,
  NO_RECORD,
  newPolicy,
  openEnrolmentRequest,
  openSlot,
  type Signer,
  sha256,
  signOperatorRecord,
  signSlotRecord,
  toBase64,
} from '@sigill/evidence';
import { EnrolmentError } from './enrolment-error.ts';
import type { Answer, Exchange, Question } from './exchange.ts';

export interface ServerFake {
  readonly code: string;
  readonly exchange: Exchange;
  /** Questions that came, by their path without what varies. */
  readonly asked: string[];
  /** What it says next, again and again. */
  outcome: (keys: { logKey: Uint8Array | null; agentKey: Uint8Array }) => EnrolmentOutcome;
  /** Changes an answer before it is signed: a lie by who knows the code. */
  answer: (answer: EnrolmentAnswer) => EnrolmentAnswer;
  /** Takes the place of an answer: what somebody in between, or a broken line, does. */
  meddle: (question: Question, answer: Answer) => Answer | Promise<Answer>;
}

export const SHOWN: Uint8Array = sha256(Uint8Array.of(1));
export const SERVER_TIME = 1_790_000_000_000;

export function createServerFake(): ServerFake {
  const code = createEnrolmentCode(Uint8Array.from({ length: 13 }, (_, index) => 19 * index));
  let asking: ReturnType<typeof openEnrolmentRequest> | null = null;

  const fake: ServerFake = {
    code: formatEnrolmentCode(code),
    asked: [],
    outcome: () => ({ state: 'waiting' }),
    answer: (answer) => answer,
    meddle: (_, answer) => answer,
    async exchange(ask) {
      const question = ask(SHOWN);
      fake.asked.push(`${question.method} ${question.path.replace(/\/[0-9a-f]{64}.*/, '/BOX')}`);
      return fake.meddle(question, answerTo(question));
    },
  };

  function answerTo({ method, path, body }: Question): Answer {
    if (method === 'GET') return signed(fromHex(path.split('nonce=')[1] ?? ''));
    const { request, mac } = JSON.parse(body ?? '{}');
    const bytes = fromBase64(request);
    if (!isEnrolmentMac(code.secret, bytes, fromBase64(mac)))
      return refusal(403, 'CODE_WRONG', 'no such code; ask for a new one');
    asking = openEnrolmentRequest(bytes);
    return signed(asking.nonce);
  }

  function signed(nonce: Uint8Array): Answer {
    if (asking === null) return refusal(404, 'BOX_UNKNOWN', 'no such box');
    const bytes = encodeEnrolmentAnswer(
      fake.answer({
        ...{ box: boxHash(asking), nonce, certificate: SHOWN, timeMs: SERVER_TIME },
        outcome: fake.outcome(asking),
      }),
    );
    const mac = toBase64(enrolmentMac(code.secret, bytes));
    return { status: 200, body: { answer: toBase64(bytes), mac }, certificate: SHOWN };
  }

  return fake;
}

/** What an honest server sends when the operator has approved. */
export function approvalBy(operator: Signer, origin = 'example.org/house-17') {
  return ({ logKey, agentKey }: { logKey: Uint8Array | null; agentKey: Uint8Array }) => {
    const record = signOperatorRecord(
      {
        ...{ rev: 0, previous: NO_RECORD, key: operator.publicKey, successor: null },
        ...{ nextKeyHash: sha256(operator.publicKey), witnesses: [] },
      },
      operator,
    );
    const slot = openSlot({ slot: 1, origin, logKey: logKey ?? agentKey, agentKey });
    return {
      state: 'approved' as const,
      approval: {
        origin,
        records: [record, signSlotRecord(slot, operator)],
        policy: newPolicy({ operatorKey: operator.publicKey, witnesses: [], development: null }),
        broker: null,
      },
    };
  };
}

export function refusal(status: number, code: string, detail: string): Answer {
  return { status, body: { code, detail }, certificate: SHOWN };
}

export function away(): never {
  throw new EnrolmentError('ENROLMENT_UNREACHABLE', 'the server does not answer (ECONNRESET)', {
    retryable: true,
  });
}
