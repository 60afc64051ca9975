import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boxFingerprint, signEnrolmentRequest } from '@sigill/evidence';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newSigner } from '../agent-fixture.ts';
import type { GatewayEvent } from '../events.ts';
import { createFixtureHolder, type FixtureRegister } from '../register-fixture.ts';
import { type GenerationFile, openGenerationFile } from './asked-generation.ts';
import { nextLogOf, tellNextLog } from './next-log.ts';

const ORIGIN = 'sigill.example/demo/house-17';
const [log, log2, own] = [newSigner(), newSigner(), newSigner()];
const keys = { logKey: log2.publicKey, agentKey: own.publicKey };
let data: string;
let file: GenerationFile;
let register: FixtureRegister;
let events: GatewayEvent[];

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'next-log-'));
  file = openGenerationFile(data);
  register = createFixtureHolder({ origin: ORIGIN, log, agents: [{ key: own.publicKey }] });
  events = [];
});
afterEach(() => rmSync(data, { recursive: true }));

function ask(refused: string | null): void {
  const request = signEnrolmentRequest(
    {
      ...{ kind: 'generation', name: 'house-17', ...keys, passwordHash: null },
      ...{ nonce: new Uint8Array(16), clientTimeMs: 0, certificate: null },
    },
    own,
    log2,
  );
  file.put({ request, askedAt: Date.UTC(2027, 2, 4, 12), refused, end: null });
}

async function sign(): Promise<void> {
  const closing = register.close();
  await register.admit(closing);
  await register.admit(register.continueFrom(closing, log2));
}

const status = () => nextLogOf(register, file);

test('nobody has asked for a next log', () => {
  expect(status()).toBe(null);
});

test('one that waits says since when, with the digits that the operator compares', () => {
  ask(null);
  const fingerprint = boxFingerprint(keys);
  expect(status()).toMatchObject({ state: 'waiting', origin: `${ORIGIN}/2`, fingerprint });
  expect(status()?.text).toContain(
    `waits for the operator since 2027-03-04 12:00 UTC, digits ${fingerprint}`,
  );
});

test('one that was refused says why, and what to do', () => {
  ask('we look at the card first');
  expect(status()).toMatchObject({ state: 'refused' });
  expect(status()?.text).toContain('(we look at the card first); talk to them');
});

test('one that is signed begins by itself, and is told once', async () => {
  const stop = tellNextLog(register, (event) => void events.push(event));
  register.logKeys.push(log2.publicKey);
  ask(null);
  await sign();
  expect(status()).toMatchObject({ state: 'signed', origin: `${ORIGIN}/2`, fingerprint: null });
  await register.admit(register.revise({ slot: 2 })).catch(() => null);
  expect(events).toMatchObject([{ level: 'info', what: 'next-log' }]);
  register.advance();
  expect(status()).toBe(null);
  stop();
});

test('one that runs on another box is an alarm, at a start too', async () => {
  await sign();
  expect(status()).toMatchObject({ state: 'elsewhere' });
  const stop = tellNextLog(register, (event) => void events.push(event));
  expect(events).toMatchObject([{ level: 'alarm', what: 'NEXT_LOG_ELSEWHERE' }]);
  expect(events[0]?.text).toContain('runs on another box');
  stop();
});
