import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  boxHash,
  fromBase64,
  openEnrolmentForward,
  signEnrolmentRequest,
  toBase64,
  toHex,
  utf8,
} from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newSigner } from '../agent-fixture.ts';
import { GatewayError } from '../errors.ts';
import type { GatewayEvent } from '../events.ts';
import { createFixtureHolder, type FixtureRegister } from '../register-fixture.ts';
import { createFakeTimers, type FakeTimers } from '../timers-fake.ts';
import type { HttpClient } from '../uplink/http-client.ts';
import { type GenerationFile, type LogEnd, openGenerationFile } from './asked-generation.ts';
import { type EnrolmentFiles, openEnrolmentFiles } from './enrolment-files.ts';
import { followRecords, type RecordFollower } from './follow-records.ts';

const ORIGIN = 'sigill.example/demo/house-17';
const [log, log2, own, barn] = [newSigner(), newSigner(), newSigner(), newSigner()];
const keys = { logKey: log2.publicKey, agentKey: own.publicKey };

let data: string;
let files: EnrolmentFiles;
let generation: GenerationFile;
let register: FixtureRegister;
let timers: FakeTimers;
let events: GatewayEvent[];
let asked: { method: string; path: string; body: Record<string, string> | null }[];
let answers: Record<string, { status: number; body: object }>;
let follower: RecordFollower | null;
let end: LogEnd | null;
let ends: number;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'follow-'));
  files = openEnrolmentFiles(data);
  generation = openGenerationFile(data);
  register = createFixtureHolder({ origin: ORIGIN, log, agents: [{ key: own.publicKey }] });
  register.logKeys.push(log2.publicKey);
  timers = createFakeTimers();
  [events, asked, follower, end, ends] = [[], [], null, null, 0];
  answers = {
    '/enroll/v1/records/1': told([]),
    '/enroll/v1/records/2': { status: 404, body: {} },
    '/enroll/v1/agents': { status: 200, body: { state: 'waiting', reason: '' } },
    '/enroll/v1/records': { status: 200, body: { newest: 1 } },
  };
});
afterEach(async () => {
  await follower?.stop();
  rmSync(data, { recursive: true });
});

const told = (slot: Uint8Array[], next: Uint8Array[] = []) => ({
  status: 200,
  body: {
    ...{ operator: [], newest: slot.length },
    ...{ slot: slot.map(toBase64), next: next.map(toBase64) },
  },
});

const http: HttpClient = {
  async request({ method, path, body }) {
    const json = body === undefined ? null : JSON.parse(new TextDecoder().decode(body));
    asked.push({ method, path, body: json });
    const found = Object.keys(answers).find((beginning) => path.startsWith(beginning));
    const answer = found === undefined ? undefined : answers[found];
    if (answer === undefined) throw new GatewayError('CLOUD_UNREACHABLE', 'away');
    return { status: answer.status, body: utf8(JSON.stringify(answer.body)) };
  },
  close() {},
};

function start(client: HttpClient | null = http): Promise<number> {
  follower = followRecords({
    ...{ files, generation, register, http: client, timers },
    ...{ idleMs: 60_000, logKey: () => (isNext() ? log2 : log) },
    async logEnd() {
      ends += 1;
      return end;
    },
    tell: (event) => void events.push(event),
  });
  return timers.nextWait();
}

const isNext = () => register.current().slot.record.slot === 2;
const posts = (path: string) =>
  asked.filter(({ method, path: to }) => method === 'POST' && to === path);

async function look(ms: number): Promise<number> {
  timers.advance(ms);
  return timers.nextWait();
}

function askForNextLog(askedAt = timers.now()): Uint8Array {
  const request = signEnrolmentRequest(
    {
      ...{ kind: 'generation', name: 'house-17', ...keys, passwordHash: null },
      ...{ nonce: new Uint8Array(16).fill(askedAt % 251), clientTimeMs: 0, certificate: null },
    },
    own,
    log2,
  );
  generation.put({ request, askedAt, refused: null, end: null });
  return request;
}

describe('a next log that was asked for', () => {
  test('is brought to the cloud under the key of the log in force, and asked for often', async () => {
    const request = askForNextLog();
    expect(await start()).toBe(2_000);
    const [post] = posts('/enroll/v1/agents');
    expect(post?.body).toMatchObject({ origin: ORIGIN, request: toBase64(request) });
    const word = openEnrolmentForward(
      fromBase64(post?.body?.forward ?? ''),
      request,
      log.publicKey,
    );
    expect(word).toMatchObject({ origin: ORIGIN, address: 'the gateway itself' });
    await look(2_000);
    expect(posts('/enroll/v1/agents')).toHaveLength(1);
    expect(asked.at(-1)?.path).toBe(`/enroll/v1/agents/${toHex(boxHash(keys))}`);
  });

  test('and asked for while the gateway sleeps is brought as soon as it is woken', async () => {
    expect(await start()).toBe(60_000);
    askForNextLog();
    follower?.wake();
    expect(await timers.nextWait()).toBe(2_000);
    expect(posts('/enroll/v1/agents')).toHaveLength(1);
  });

  test('survives a cloud that is away, and one that refuses it is told once', async () => {
    askForNextLog();
    const all = answers;
    answers = {};
    await start();
    expect(events).toEqual([]);
    answers = { ...all, '/enroll/v1/agents': { status: 422, body: { detail: 'no such log' } } };
    await look(2_000);
    await look(2_000);
    expect(events).toMatchObject([{ what: 'CLOUD_REFUSED', level: 'warning' }]);
  });

  test('that the operator refuses is told with the reason, and asked no more until it is asked anew', async () => {
    askForNextLog();
    const body = { state: 'refused', reason: 'we look at the card first' };
    answers['/enroll/v1/agents'] = { status: 200, body };
    expect(await start()).toBe(60_000);
    expect(generation.read()?.refused).toBe('we look at the card first');
    expect(events).toMatchObject([
      { what: 'generation-refused', text: expect.stringContaining('we look at the card first') },
    ]);
    await look(60_000);
    expect(posts('/enroll/v1/agents')).toHaveLength(1);
    answers['/enroll/v1/agents'] = { status: 200, body: { state: 'waiting', reason: '' } };
    askForNextLog(timers.now() + 1);
    expect(await look(60_000)).toBe(2_000);
    expect(posts('/enroll/v1/agents')).toHaveLength(2);
  });

  test('that the operator approves is taken up, and its request is gone when it is in force', async () => {
    askForNextLog();
    await start();
    const closing = register.close();
    answers['/enroll/v1/records/1'] = told([closing], [register.continueFrom(closing, log2)]);
    expect(await look(2_000)).toBe(60_000);
    expect(register.next()?.record.origin).toBe(`${ORIGIN}/2`);
    expect(generation.read()).toBeDefined();
    register.advance();
    await timers.nextWait();
    expect(existsSync(join(data, 'enrolment/generation.json'))).toBe(false);
    expect(posts('/enroll/v1/agents')).toHaveLength(1);
    expect(events).toMatchObject([{ what: 'generation-in-force' }]);
  });

  test('is asked for on, between the record that closes and the one that continues', async () => {
    askForNextLog();
    await start();
    answers['/enroll/v1/records/1'] = told([register.close()]);
    expect(await look(2_000)).toBe(2_000);
    expect(register.current().slot.record.closed).not.toBe(null);
  });

  test('that runs on another box is asked for no more', async () => {
    askForNextLog();
    await start();
    const closing = register.close();
    const elsewhere = register.continueFrom(closing, newSigner());
    answers['/enroll/v1/records/1'] = told([closing], [elsewhere]);
    expect(await look(2_000)).toBe(60_000);
    expect(register.obstacle()).toContain('another box');
  });
});

describe('agents that wait meanwhile', () => {
  test('are brought again in the next log’s name, and not for a closed one', async () => {
    const request = signEnrolmentRequest(
      {
        ...{ kind: 'agent', name: 'barn', logKey: null, agentKey: barn.publicKey },
        ...{ passwordHash: new Uint8Array(32), nonce: new Uint8Array(16) },
        ...{ clientTimeMs: 0, certificate: null },
      },
      barn,
      null,
    );
    const box = new Uint8Array(32).fill(1);
    files.putAgent({
      ...{ box, name: 'barn', agentKey: barn.publicKey, passwordHash: box, request },
      ...{ invitation: '7K2M', address: '10.0.0.9', askedAt: 1, clockOff: 0, refused: null },
    });
    await start();
    const closing = register.close();
    await register.admit(closing);
    const before = asked.length;
    expect(await look(2_000)).toBe(60_000);
    expect(asked.slice(before).filter(({ path }) => path.includes('agents'))).toEqual([]);
    await register.admit(register.continueFrom(closing, log2));
    register.advance();
    expect(await timers.nextWait()).toBe(2_000);
    expect(posts('/enroll/v1/agents').map(({ body }) => body?.origin)).toEqual([
      ORIGIN,
      `${ORIGIN}/2`,
    ]);
  });
});

describe('what the operator signed on this box', () => {
  test('closes and continues, in that order, and is brought to a cloud', async () => {
    const closing = register.close();
    const second = register.continueFrom(closing, log2);
    files.putRecord(2, 0, second);
    files.putRecord(1, 1, closing);
    answers['/enroll/v1/records/1'] = { ...told([]), body: { ...told([]).body, newest: 0 } };
    await start();
    expect(register.next()?.cose).toEqual(second);
    expect(files.records()).toEqual([]);
    const brought = () => posts('/enroll/v1/records').map(({ body }) => body?.record);
    expect(brought()).toEqual([closing, second].map(toBase64));
    register.advance();
    await timers.nextWait();
    expect(brought().slice(2)).toEqual([closing, second].map(toBase64));
  });
});

describe('where the log ends', () => {
  test('is kept beside the request, and asked again each minute', async () => {
    askForNextLog();
    end = { size: 812, root: new Uint8Array(32).fill(8) };
    await start();
    expect(generation.read()?.end).toEqual(end);
    await look(2_000);
    expect(ends).toBe(1);
    end = { size: 900, root: new Uint8Array(32).fill(9) };
    await look(60_000);
    expect(generation.read()?.end).toEqual(end);
  });

  test('on this box is looked at each time, where there is no cloud', async () => {
    askForNextLog();
    end = { size: 812, root: new Uint8Array(32).fill(8) };
    await start(null);
    end = { size: 813, root: new Uint8Array(32).fill(9) };
    await look(2_000);
    expect(generation.read()?.end).toEqual(end);
  });

  test('that cannot be said yet is asked at each look, without a cloud too', async () => {
    askForNextLog();
    await start(null);
    await look(2_000);
    expect([ends, generation.read()?.end]).toEqual([2, null]);
  });

  test('is not asked where nothing is asked for', async () => {
    await start();
    expect(ends).toBe(0);
  });
});
