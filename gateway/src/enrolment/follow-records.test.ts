import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  compareBytes,
  fromBase64,
  openEnrolmentForward,
  openEnrolmentRequest,
  signEnrolmentRequest,
  toBase64,
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
import { type AskingAgent, type EnrolmentFiles, openEnrolmentFiles } from './enrolment-files.ts';
import { followRecords, type RecordFollower } from './follow-records.ts';

const ORIGIN = 'sigill.example/demo/house-17';
const [log, own, barn] = [newSigner(), newSigner(), newSigner()];

let data: string;
let files: EnrolmentFiles;
let register: FixtureRegister;
let timers: FakeTimers;
let events: GatewayEvent[];
let asked: { method: string; path: string; body: Record<string, string> | null }[];
/** By the beginning of the path. */
let answers: Record<string, { status: number; body: object }>;
let follower: RecordFollower | null;
let generation: GenerationFile;
let logEnd: () => Promise<LogEnd | null>;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'follow-'));
  files = openEnrolmentFiles(data);
  generation = openGenerationFile(data);
  logEnd = async () => null;
  register = createFixtureHolder({ origin: ORIGIN, log, agents: [{ key: own.publicKey }] });
  timers = createFakeTimers();
  [events, asked, follower] = [[], [], null];
  answers = {
    '/enroll/v1/records/1': { status: 200, body: { operator: [], slot: [], newest: 0 } },
    '/enroll/v1/agents': { status: 200, body: { state: 'waiting', reason: '' } },
    '/enroll/v1/records': { status: 200, body: { newest: 1 } },
  };
});
afterEach(async () => {
  await follower?.stop();
  rmSync(data, { recursive: true });
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

async function start(client: HttpClient | null = http): Promise<number> {
  const tell = (event: GatewayEvent) => void events.push(event);
  follower = followRecords({
    ...{ files, register, generation, logKey: () => log, logEnd, http: client, timers, tell },
    idleMs: 60_000,
  });
  return timers.nextWait();
}

/** The next look, and how long it waits after it. */
async function look(ms: number): Promise<number> {
  timers.advance(ms);
  return timers.nextWait();
}

const withBarn = () =>
  register.revise({
    agents: [own, barn]
      .map(({ publicKey }) => ({ key: publicKey, state: 'active' as const, succeeds: null }))
      .sort((one, other) => compareBytes(one.key, other.key)),
  });

function ask(): AskingAgent {
  const nonce = new Uint8Array(16);
  const passwordHash = new Uint8Array(32).fill(7);
  const keys = { logKey: null, agentKey: barn.publicKey };
  const said = { kind: 'agent', name: 'barn', ...keys, passwordHash, nonce } as const;
  const request = signEnrolmentRequest({ ...said, clientTimeMs: 0, certificate: null }, barn, null);
  const agent = {
    ...{ box: new Uint8Array(32).fill(1), name: 'barn', agentKey: barn.publicKey, passwordHash },
    ...{ request, invitation: '7K2M', address: '10.0.0.9', askedAt: timers.now() },
    ...{ clockOff: 0, refused: null },
  };
  files.putAgent(agent);
  return agent;
}

describe('news of the record', () => {
  test('is asked for each minute, from the revision that is not known yet', async () => {
    expect(await start()).toBe(60_000);
    expect(asked.map(({ path }) => path)).toEqual(['/enroll/v1/records/1?from=1']);
    const body = { operator: [], slot: [toBase64(withBarn())], newest: 1 };
    answers['/enroll/v1/records/1'] = { status: 200, body };
    await look(60_000);
    expect(register.current().slot.record.rev).toBe(1);
    await look(60_000);
    expect(asked.at(-1)?.path).toBe('/enroll/v1/records/1?from=2');
  });

  test('is brought to a cloud that knows less: the operator’s key may lie on this box', async () => {
    await register.admit(withBarn());
    await start();
    expect(asked.at(-1)).toMatchObject({ method: 'POST', path: '/enroll/v1/records' });
    expect(fromBase64(asked.at(-1)?.body?.record ?? '')).toEqual(register.current().cose[1]);
  });

  test('is no news to a cloud that does not know this slot, and none from one that is away', async () => {
    answers['/enroll/v1/records/1'] = { status: 404, body: { code: 'ORIGIN_UNKNOWN' } };
    await start();
    answers = {};
    await look(60_000);
    expect(events).toEqual([]);
  });

  test('that nobody signed is told once, and changes nothing', async () => {
    const forged = createFixtureHolder({ origin: ORIGIN, log, agents: [{ key: own.publicKey }] });
    const body = { operator: [], slot: [toBase64(forged.revise({}))], newest: 1 };
    answers['/enroll/v1/records/1'] = { status: 200, body };
    await start();
    await look(60_000);
    expect(events).toMatchObject([{ level: 'warning' }]);
    expect(register.current().slot.record.rev).toBe(0);
  });
});

describe('an agent that waits', () => {
  test('is brought to the cloud with the gateway’s word, and asked for each few seconds', async () => {
    const agent = ask();
    expect(await start()).toBe(2_000);
    const { body } = asked.find(({ path }) => path === '/enroll/v1/agents') ?? {};
    const request = fromBase64(body?.request ?? '');
    expect(openEnrolmentRequest(request).name).toBe('barn');
    const word = openEnrolmentForward(fromBase64(body?.forward ?? ''), request, log.publicKey);
    expect(word).toMatchObject({ origin: ORIGIN, address: '10.0.0.9', askedAtMs: agent.askedAt });
    await look(2_000);
    expect(asked.filter(({ method }) => method === 'POST')).toHaveLength(1);
    expect(asked.at(-1)?.path).toBe(`/enroll/v1/agents/${'01'.repeat(32)}`);
  });

  test('waits no more when its record is here', async () => {
    ask();
    await start();
    const body = { operator: [], slot: [toBase64(withBarn())], newest: 1 };
    answers['/enroll/v1/records/1'] = { status: 200, body };
    expect(await look(2_000)).toBe(60_000);
  });

  test('is sent away when the operator refused it', async () => {
    const { box } = ask();
    await start();
    const body = { state: 'refused', reason: 'we have one barn' };
    answers['/enroll/v1/agents'] = { status: 200, body };
    expect(await look(2_000)).toBe(60_000);
    expect(files.agent(box)?.refused).toBe('we have one barn');
    expect(events).toMatchObject([{ what: 'agent-refused' }]);
  });

  test('is brought again to a cloud that has forgotten it', async () => {
    ask();
    await start();
    answers['/enroll/v1/agents'] = { status: 404, body: { code: 'BOX_UNKNOWN' } };
    await look(2_000);
    answers['/enroll/v1/agents'] = { status: 200, body: { state: 'waiting', reason: '' } };
    await look(2_000);
    expect(asked.filter(({ method }) => method === 'POST')).toHaveLength(2);
  });

  test('that comes while the follower sleeps is brought at once', async () => {
    await start();
    ask();
    follower?.wake();
    expect(await timers.nextWait()).toBe(2_000);
    expect(asked.at(-1)?.path).toBe('/enroll/v1/agents');
  });
});

describe('what the operator signed on this box', () => {
  test('is taken up without a cloud, and then gone', async () => {
    files.putRecord(1, 1, withBarn());
    await start(null);
    expect(register.current().slot.record.rev).toBe(1);
    expect(readdirSync(join(data, 'enrolment/records'))).toEqual([]);
  });

  test('that does not hold is told, and changes nothing', async () => {
    files.putRecord(1, 1, Uint8Array.of(1, 2, 3));
    await start(null);
    expect(register.current().slot.record.rev).toBe(0);
    expect(events).toMatchObject([{ text: expect.stringContaining('slot-1-rev-1.record') }]);
  });
});
