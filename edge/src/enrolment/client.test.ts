import { generateKeyPairSync } from 'node:crypto';
import { createSigner, type Signer } from '@sigill/evidence';
import { beforeEach, describe, expect, it } from 'vitest';
import { type BoxIdentity, type EnrolmentEvent, enrol } from './client.ts';
import {
  approvalBy,
  away,
  createServerFake,
  refusal,
  SERVER_TIME,
  type ServerFake,
  SHOWN,
} from './server-fake.ts';

function newSigner(): Signer {
  const { privateKey } = generateKeyPairSync('ed25519');
  return createSigner(Uint8Array.from(privateKey.export({ type: 'pkcs8', format: 'der' })));
}

const operator = newSigner();
const identity: BoxIdentity = {
  ...{ kind: 'gateway', name: 'house-17', passwordHash: null },
  ...{ agent: newSigner(), log: newSigner() },
};

let server: ServerFake;
let events: EnrolmentEvent[];
let waits: number[];
let stop: AbortController;
beforeEach(() => {
  server = createServerFake();
  events = [];
  waits = [];
  stop = new AbortController();
});

let nonces = 0;
const ask = (code = server.code, now = SERVER_TIME) =>
  enrol({
    ...{ code, identity, exchange: server.exchange, signal: stop.signal },
    now: () => now,
    random: (length) => new Uint8Array(length).fill(nonces++),
    wait: async (ms) => void waits.push(ms),
    tell: (event) => events.push(event),
  });
/** The answer of the poll with this number, from 1 on; others wait. */
const afterPolls = (count: number, outcome: ServerFake['outcome']): ServerFake['outcome'] => {
  let polls = 0;
  return (keys) => (polls++ < count ? { state: 'waiting' } : outcome(keys));
};

describe('a box that asks', () => {
  it('waits until it is let in, and has what it needs then', async () => {
    server.outcome = afterPolls(3, approvalBy(operator));
    const enrolled = await ask();
    expect(enrolled).toMatchObject({ origin: 'example.org/house-17', certificate: SHOWN });
    expect(enrolled.slot.record.slot).toBe(1);
    expect(server.asked).toEqual([
      'POST enroll/v1/requests',
      ...Array(3).fill('GET enroll/v1/requests/BOX'),
    ]);
    expect(events).toEqual([{ what: 'waiting' }]);
  });

  it('is in at once where the operator was quicker', async () => {
    server.outcome = approvalBy(operator);
    await ask();
    expect([server.asked.length, events]).toEqual([1, []]);
  });

  it('is told how wrong its clock is, and goes on', async () => {
    server.outcome = approvalBy(operator);
    await ask(server.code, 0);
    expect(events).toEqual([{ what: 'clock', offMs: -SERVER_TIME, serverTimeMs: SERVER_TIME }]);
  });

  it('reads the operator’s reason when it is refused', async () => {
    server.outcome = afterPolls(1, () => ({ state: 'refused', reason: 'not ours' }));
    await expect(ask()).rejects.toMatchObject({
      code: 'ENROLMENT_REFUSED',
      message: expect.stringContaining('“not ours”'),
    });
  });

  it('sends nothing with a code that cannot be one', async () => {
    await expect(ask('7K2M')).rejects.toMatchObject({ code: 'CODE_MALFORMED' });
    expect(server.asked).toEqual([]);
  });
});

describe('a line that breaks', () => {
  it('at the beginning is tried some times, then told', async () => {
    server.meddle = away;
    await expect(ask()).rejects.toMatchObject({ code: 'ENROLMENT_UNREACHABLE' });
    expect(server.asked).toHaveLength(4);
    expect(events).toMatchObject([{ what: 'away' }]);
  });

  it('while it waits is waited for, longer and longer, and told once', async () => {
    server.outcome = afterPolls(2, approvalBy(operator));
    let question = 0;
    server.meddle = (_, answer) => {
      question += 1;
      return question > 2 && question < 12 ? away() : answer;
    };
    await ask();
    expect(events.map(({ what }) => what)).toEqual(['waiting', 'away', 'back']);
    expect(Math.max(...waits)).toBe(30_000);
  });

  it('behind which the server has forgotten the box: it asks anew', async () => {
    server.outcome = afterPolls(2, approvalBy(operator));
    let first = true;
    server.meddle = ({ method }, answer) => {
      if (method !== 'GET' || !first) return answer;
      first = false;
      return refusal(404, 'BOX_UNKNOWN', 'no such box');
    };
    await ask();
    expect(server.asked.filter((path) => path.startsWith('POST'))).toHaveLength(2);
  });

  it('is not waited for when somebody stops it: the same command goes on later', async () => {
    server.outcome = () => {
      stop.abort();
      return { state: 'waiting' };
    };
    await expect(ask()).rejects.toMatchObject({
      code: 'ENROLMENT_STOPPED',
      message: expect.stringContaining('same command again'),
    });
  });
});

describe('somebody who answers instead', () => {
  it('is found out without the code’s secret', async () => {
    server.meddle = (_, answer) => ({
      ...answer,
      body: { ...(answer.body as object), mac: 'A'.repeat(43).concat('=') },
    });
    await expect(ask()).rejects.toMatchObject({ code: 'ENROLMENT_FORGED' });
  });

  it('cannot repeat an older answer', async () => {
    let kept: unknown = null;
    server.meddle = (_, answer) => {
      if (kept !== null) return { ...answer, body: kept };
      kept = answer.body;
      return answer;
    };
    await expect(ask()).rejects.toMatchObject({ message: expect.stringContaining('older answer') });
  });

  it('cannot give the answer of another box', async () => {
    server.answer = (answer) => ({ ...answer, box: new Uint8Array(32) });
    await expect(ask()).rejects.toMatchObject({ message: expect.stringContaining('another box') });
  });

  it.each([
    ['the server says that its certificate is another one', () => new Uint8Array(32).fill(9)],
    ['the server says that it has none', () => null],
  ])('is found out when %s', async (_, certificate) => {
    server.answer = (answer) => ({ ...answer, certificate: certificate() });
    await expect(ask()).rejects.toMatchObject({ code: 'CERTIFICATE_MISMATCH' });
  });

  it('is found out when the certificate changes between two questions', async () => {
    let questions = 0;
    server.meddle = (_, answer) => {
      questions += 1;
      return questions === 1 ? answer : { ...answer, certificate: new Uint8Array(32).fill(9) };
    };
    await expect(ask()).rejects.toMatchObject({ code: 'CERTIFICATE_MISMATCH' });
  });
});

describe('a server that is wrong', () => {
  it.each([
    [403, { code: 'CODE_EXPIRED', detail: 'ask for a new one' }, 'CODE_EXPIRED'],
    [403, { code: 'BOX_REVOKED', detail: 'x'.repeat(9_999) }, 'BOX_REVOKED'],
    [404, null, 'ENROLMENT_ANSWER'],
    [418, { code: 'TEAPOT', detail: 'short and stout' }, 'ENROLMENT_ANSWER'],
    [200, null, 'ENROLMENT_ANSWER'],
    [200, { answer: '!', mac: '' }, 'ENROLMENT_ANSWER'],
    [200, { answer: 'gA==', mac: 'gA==' }, 'ENROLMENT_FORGED'],
    [503, null, 'ENROLMENT_UNREACHABLE'],
  ])('with %s and %j is told in a sentence: %s', async (status, body, code) => {
    server.meddle = () => ({ status, body, certificate: SHOWN });
    const error = await ask().catch((thrown) => thrown);
    expect(error).toMatchObject({ name: 'EnrolmentError', code });
    expect(error.message.length).toBeLessThan(600);
  });

  it.each([
    ['another operator’s record', approvalBy(newSigner()), 0],
    ['a record for another origin', approvalBy(operator, 'example.org/other'), 1],
  ])('that sends %s lets nobody in', async (_, other, at) => {
    server.outcome = (keys) => {
      const [right, wrong] = [approvalBy(operator)(keys), other(keys)];
      const records = right.approval.records.with(at, wrong.approval.records[at] as Uint8Array);
      return { ...right, approval: { ...right.approval, records } };
    };
    await expect(ask()).rejects.toMatchObject({ code: 'ENROLMENT_ANSWER' });
  });

  it('that sends the record of another box lets nobody in', async () => {
    const others = { logKey: newSigner().publicKey, agentKey: newSigner().publicKey };
    server.outcome = () => approvalBy(operator)(others);
    await expect(ask()).rejects.toMatchObject({
      message: expect.stringContaining('does not let this box in'),
    });
  });
});
