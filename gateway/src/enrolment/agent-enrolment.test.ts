import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  agentId,
  boxHash,
  compareBytes,
  createEnrolmentCode,
  decodeEnrolmentAnswer,
  enrolmentMac,
  fromBase64,
  isEnrolmentMac,
  signEnrolmentRequest,
  toBase64,
  toHex,
} from '@sigill/evidence';
import { type FastifyInstance, fastify } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newSigner } from '../agent-fixture.ts';
import { type KnownAgents, openKnownAgents } from '../agents/known-agents.ts';
import { createDisk } from '../disk/disk.ts';
import { nodeFileSystem } from '../disk/file-system.ts';
import type { GatewayEvent } from '../events.ts';
import { createFixtureHolder, type FixtureRegister } from '../register-fixture.ts';
import { type BrokerAddress, createAgentEnrolment } from './agent-enrolment.ts';
import { type EnrolmentFiles, openEnrolmentFiles } from './enrolment-files.ts';
import { mountEnrolment } from './enrolment-server.ts';
import { brokerFor } from './open-enrolment.ts';

const ORIGIN = 'sigill.example/demo/house-17';
const NOW = 1_790_000_000_000;
const [log, own, barn] = [newSigner(), newSigner(), newSigner()];
const code = createEnrolmentCode(Uint8Array.from({ length: 13 }, (_, index) => 17 * index));
const passwordHash = new Uint8Array(32).fill(7);

let data: string;
let files: EnrolmentFiles;
let register: FixtureRegister;
let known: KnownAgents;
let events: GatewayEvent[];
let broker: BrokerAddress | null;
let server: FastifyInstance;
let now: number;
let woken: number;

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'agents-'));
  files = openEnrolmentFiles(data);
  files.putInvitation({
    ...{ id: code.invitation, secret: code.secret, kind: 'agent', madeFor: 'barn', madeAt: NOW },
    ...{ expiresAt: NOW + 1000, wrong: 0, withdrawn: false, usedBy: null },
  });
  register = createFixtureHolder({ origin: ORIGIN, log, agents: [{ key: own.publicKey }] });
  const disk = createDisk(data, nodeFileSystem);
  await disk.settle('agents');
  known = openKnownAgents(createDisk(join(data, 'agents'), nodeFileSystem));
  broker = { url: 'mqtts://10.0.0.2:8883', certificate: new Uint8Array(32).fill(3) };
  [events, now, woken] = [[], NOW, 0];
  server = fastify();
  mountEnrolment(
    server,
    createAgentEnrolment({
      ...{ files, policy: '{}', certificate: null, register: register.current },
      knownAgents: () => known,
      broker: () => broker,
      now: () => now,
      tell: (event) => events.push(event),
      asked: () => {
        woken += 1;
      },
    }),
  );
});
afterEach(async () => {
  await server.close();
  rmSync(data, { recursive: true });
});

function post(secret = code.secret, agent = barn) {
  const nonce = new Uint8Array(16).fill(5);
  const said = { kind: 'agent', name: 'barn', logKey: null, agentKey: agent.publicKey } as const;
  const rest = { passwordHash, nonce, clientTimeMs: 0, certificate: null };
  const request = signEnrolmentRequest({ ...said, ...rest }, agent, null);
  const mac = toBase64(enrolmentMac(secret, request));
  const payload = { invitation: code.invitation, request: toBase64(request), mac };
  return server.inject({ method: 'POST', url: '/enroll/v1/requests', payload });
}

const box = boxHash({ logKey: null, agentKey: barn.publicKey });
const poll = (nonce = '00'.repeat(16)) =>
  server.inject({ url: `/enroll/v1/requests/${toHex(box)}?nonce=${nonce}` });

async function outcomeOf(answered: Promise<{ json(): { answer: string; mac: string } }>) {
  const { answer, mac } = (await answered).json();
  const bytes = fromBase64(answer);
  expect(isEnrolmentMac(code.secret, bytes, fromBase64(mac))).toBe(true);
  return decodeEnrolmentAnswer(bytes).outcome;
}

const letIn = () =>
  register.admit(
    register.revise({
      agents: [own, barn]
        .map(({ publicKey }) => ({ key: publicKey, state: 'active' as const, succeeds: null }))
        .sort((one, other) => compareBytes(one.key, other.key)),
    }),
  );

describe('an agent that asks', () => {
  test('waits for the operator, who is asked at once', async () => {
    expect(await outcomeOf(post())).toEqual({ state: 'waiting' });
    expect(woken).toBe(1);
    expect(files.agents()).toMatchObject([{ name: 'barn', clockOff: -NOW, refused: null }]);
    expect(events).toMatchObject([{ what: 'agent-asks' }]);
    expect(await outcomeOf(poll())).toEqual({ state: 'waiting' });
  });

  test('is known at the broker before it learns that it is in', async () => {
    await outcomeOf(post());
    await letIn();
    const outcome = await outcomeOf(poll());
    expect(outcome).toMatchObject({ state: 'approved', approval: { origin: ORIGIN, broker } });
    const id = toHex(agentId(barn.publicKey));
    expect(known.find(id)).toEqual({ name: 'barn', passwordHash });
    await outcomeOf(poll());
    expect(events.filter(({ what }) => what === 'agent-enrolled')).toHaveLength(1);
  });

  test('learns when it was refused, or revoked', async () => {
    await outcomeOf(post());
    files.putAgent({ ...files.agents()[0]!, refused: 'not today' });
    expect(await outcomeOf(poll())).toEqual({ state: 'refused', reason: 'not today' });
    expect(await outcomeOf(post())).toEqual({ state: 'refused', reason: 'not today' });
    await letIn();
    const { record } = register.current().slot;
    const agents = record.agents.map((one) =>
      toHex(one.key) === toHex(barn.publicKey) ? { ...one, state: 'revoked' as const } : one,
    );
    await register.admit(register.revise({ agents }));
    expect(await outcomeOf(poll())).toMatchObject({ state: 'refused' });
    expect((await post()).json()).toMatchObject({ code: 'BOX_REVOKED' });
  });

  test('is told where this gateway has no broker, before anybody is asked', async () => {
    broker = null;
    const answer = await post();
    expect([answer.statusCode, answer.json().code]).toEqual([409, 'BROKER_ABSENT']);
    expect(files.agents()).toEqual([]);
  });
});

describe('where the log was closed', () => {
  const next = newSigner();
  const closing = () => register.close();

  async function goOn(agents?: readonly (typeof own)[]): Promise<void> {
    const closed = closing();
    await register.admit(closed);
    register.logKeys.push(next.publicKey);
    const change = agents && {
      agents: agents.map(({ publicKey }) => ({
        ...{ key: publicKey, state: 'active' as const, succeeds: null },
      })),
    };
    await register.admit(register.continueFrom(closed, next, change));
    register.advance();
  }

  test('an agent that is in waits for the next log, and asks on', async () => {
    await outcomeOf(post());
    await letIn();
    await register.admit(closing());
    expect(await outcomeOf(poll())).toEqual({ state: 'waiting' });
    expect(await outcomeOf(post())).toEqual({ state: 'waiting' });
  });

  test('an agent is let into the log that goes on, by that one’s record', async () => {
    await outcomeOf(post());
    await letIn();
    await goOn();
    const outcome = await outcomeOf(poll());
    expect(outcome).toMatchObject({ state: 'approved', approval: { origin: `${ORIGIN}/2` } });
    const records = outcome.state === 'approved' ? outcome.approval.records : [];
    expect(records.at(-1)).toEqual(register.current().cose[1]);
  });

  test('an agent that asks afterwards waits for the operator as ever', async () => {
    await goOn();
    expect(await outcomeOf(post())).toEqual({ state: 'waiting' });
    const agents = [own, barn].map(({ publicKey }) => ({
      ...{ key: publicKey, state: 'active' as const, succeeds: null },
    }));
    agents.sort((one, other) => compareBytes(one.key, other.key));
    await register.admit(register.revise({ agents }));
    expect(await outcomeOf(poll())).toMatchObject({ state: 'approved' });
  });

  test('an agent that was not taken over is out', async () => {
    await outcomeOf(post());
    await letIn();
    await goOn([own]);
    expect(await outcomeOf(poll())).toMatchObject({ state: 'refused' });
    expect((await post()).json()).toMatchObject({ code: 'BOX_REVOKED' });
  });
});

describe('a code', () => {
  test('that is wrong is counted, and void after ten', async () => {
    for (let tries = 0; tries < 10; tries += 1) {
      const answer = await post(new Uint8Array(10));
      expect([answer.statusCode, answer.json().code]).toEqual([403, 'CODE_WRONG']);
    }
    expect(files.invitation(code.invitation)?.wrong).toBe(10);
    expect((await post()).json().code).toBe('CODE_VOID');
  });

  test('is not guessed from one address', async () => {
    for (let tries = 0; tries < 20; tries += 1) await post(new Uint8Array(10));
    const answer = await post(new Uint8Array(10));
    expect([answer.statusCode, answer.json().code]).toEqual([429, 'ENROLMENT_BUSY']);
    now += 30_000;
    expect((await post(new Uint8Array(10))).statusCode).toBe(403);
  });

  test('is for one agent, and for seven days', async () => {
    await post();
    expect((await post(code.secret, newSigner())).json().code).toBe('CODE_USED');
    now += 1000;
    expect((await post()).statusCode).toBe(200);
    files.putInvitation({ ...files.invitation(code.invitation)!, usedBy: null });
    expect((await post()).json().code).toBe('CODE_EXPIRED');
  });

  test('stands in a file that its owner alone can read', () => {
    const file = join(data, 'enrolment/invitations', `${code.invitation}.json`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(data, 'enrolment/invitations')).mode & 0o777).toBe(0o700);
  });
});

test.each([
  ['POST', '/enroll/v1/requests', {}, 400, 'REQUEST_FORM'],
  ['POST', '/enroll/v1/requests', { invitation: 'A', request: '!', mac: '' }, 400, 'BASE64_SYNTAX'],
  ['POST', '/enroll/v1/requests', { invitation: '../x', request: '', mac: '' }, 403, 'CODE_WRONG'],
  [
    'GET',
    `/enroll/v1/requests/${'00'.repeat(32)}?nonce=${'00'.repeat(16)}`,
    undefined,
    404,
    'BOX_UNKNOWN',
  ],
  ['GET', `/enroll/v1/requests/00?nonce=${'00'.repeat(16)}`, undefined, 400, 'REQUEST_FORM'],
  ['GET', `/enroll/v1/requests/${'00'.repeat(32)}`, undefined, 400, 'REQUEST_FORM'],
] as const)('%s %s with %j is refused with %i %s', async (method, url, payload, status, name) => {
  const answer = await server.inject({
    method,
    url,
    ...(payload === undefined ? {} : { payload }),
  });
  expect([answer.statusCode, answer.json().code]).toEqual([status, name]);
});

describe('the broker an agent is sent to', () => {
  const plain = { host: '127.0.0.1', port: 1883, tls: null };
  const paths = () => ({ key: join(data, 'tls.pem'), certificate: join(data, 'tls.crt') });
  const secure = () => ({
    host: '0.0.0.0',
    port: 8883,
    tls: { ...paths(), clients: 'none' as const },
  });

  test('is called as the agent called the gateway, with the certificate it will show', () => {
    const found = brokerFor('10.0.0.2', [plain, secure()], ['gateway']);
    expect(found).toMatchObject({ url: 'mqtts://10.0.0.2:8883' });
    expect(found?.certificate).toHaveLength(32);
    expect(brokerFor('10.0.0.2', [secure()], ['gateway'])).toEqual(found);
  });

  test('on the same box is the plain one, where there is one', () => {
    const near = { url: 'mqtt://127.0.0.1:1883', certificate: null };
    expect(brokerFor('127.0.0.1', [secure(), plain], [])).toEqual(near);
    expect(brokerFor('localhost', [secure()], [])?.url).toBe('mqtts://localhost:8883');
  });

  test('is none where an agent elsewhere could not reach it', () => {
    expect(brokerFor('10.0.0.2', [plain], [])).toBe(null);
    expect(brokerFor('10.0.0.2', [], [])).toBe(null);
  });
});
