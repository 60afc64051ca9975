import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  decodeBatch,
  decodeCall,
  decodeReading,
  decodeSeal,
  equalBytes,
  fromBase64,
  leafHash,
  originHash,
  readSlotRecord,
  treeRoot,
} from '@sigill/evidence';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newSigner } from '../agent-fixture.ts';
import { nodeFileSystem } from '../disk/file-system.ts';
import type { GatewayEvent } from '../events.ts';
import type { Gateway } from '../gateway.ts';
import { startFixtureGateway, turnUntil } from '../gateway-fixture.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { createMemoryLedger } from '../ledger/memory-ledger.ts';
import { createFixtureHolder, type FixtureRegister } from '../register-fixture.ts';
import { createFakeTimers, type FakeTimers } from '../timers-fake.ts';
import { type FakeCloud, startFakeCloud } from '../uplink/cloud-fake.ts';
import { advanceGenerations } from './open-generation.ts';

const FIRST = 'sigill.example/demo/house-17';
const SECOND = `${FIRST}/2`;
const agentKey = newSigner();
const logKeys = [newSigner(), newSigner()] as const;
const witness = { name: 'witness.sigill.example/demo', signer: newSigner() };

let directory: string;
let cloud: FakeCloud;
let timers: FakeTimers;
let events: GatewayEvent[];
let register: FixtureRegister;
let running: Gateway | null;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'generations-'));
  cloud = await startFakeCloud({ origin: FIRST, logKey: logKeys[0].publicKey, witness });
  timers = createFakeTimers();
  events = [];
  running = null;
  register = createFixtureHolder({
    ...{ origin: FIRST, log: logKeys[0], agents: [{ key: agentKey.publicKey }] },
    witnesses: [{ name: witness.name, type: 4, publicKey: witness.signer.publicKey }],
  });
});

afterEach(async () => {
  await running?.stop();
  await cloud.close();
});

/** As a process does at its start. */
async function start(ledger: Ledger | null = null): Promise<Gateway> {
  advanceGenerations({ config: { data: directory }, register, fileSystem: nodeFileSystem });
  running = await startFixtureGateway({
    ...{ directory, origin: FIRST, agentKey, logKeys, register, timers, ledger, change: {} },
    cloud: cloud.url,
    tell: (event) => void events.push(event),
    startAnew: () => void events.push({ level: 'info', what: 'start-anew', text: '' }),
  });
  return running;
}

async function stop(): Promise<void> {
  await running?.stop();
  running = null;
}

const until = (condition: () => boolean) => turnUntil(timers, condition);
const told = (what: string) => events.filter((event) => event.what === what);

async function sealed(count: number): Promise<void> {
  const size = cloud.seals.length;
  await until(
    () => cloud.seals.length >= size + count && cloud.checkpointSize === cloud.seals.length,
  );
}

/** The operator closes the log where the cloud has it, and opens the next one. */
async function beginNext(): Promise<void> {
  const root = treeRoot(cloud.seals.map(leafHash));
  const closed = register.close({ size: cloud.seals.length, root });
  register.logKeys.push(logKeys[1].publicKey);
  cloud.goOn(SECOND, logKeys[1].publicKey);
  await register.admit(closed);
  await register.admit(register.continueFrom(closed, logKeys[1]));
}

/** A disk that was restored from an older copy and went on before the cloud could be reached. */
async function fork(): Promise<Gateway> {
  await start();
  await sealed(2);
  await stop();
  const backup = mkdtempSync(join(tmpdir(), 'backup-'));
  cpSync(directory, backup, { recursive: true });
  await start();
  await sealed(3);
  await stop();
  rmSync(directory, { recursive: true });
  directory = backup;
  let away = true;
  const refuse = (request: IncomingMessage) => {
    request.socket.destroy();
    if (away) cloud.fault('/ingest/v1/state', refuse);
  };
  cloud.fault('/ingest/v1/state', refuse);
  const gateway = await start();
  const before = gateway.status().logSize;
  await until(() => gateway.status().logSize > before + 1);
  away = false;
  await until(() => told('SITE_LOG_FORKED').length > 0);
  return gateway;
}

/** The causes of the gaps that these batches tell. */
function gapsIn(batches: readonly Uint8Array[]): (string | null)[] {
  return batches
    .flatMap((bytes) => decodeBatch(bytes).readings.map(decodeReading))
    .filter(({ kind }) => kind === 'gap')
    .flatMap(({ fields }) => fields.map(({ value }) => String(value)));
}

const batchesOf = (origin: string) =>
  cloud.logs
    .filter((log) => log.origin === origin)
    .flatMap(({ seals }) => seals.map((seal) => decodeSeal(seal).header));

test('a log with two histories goes on in the next one, and so does its agent, without a gap in its chain', async () => {
  await fork();
  const settled = cloud.seals.length;
  await beginNext();
  await until(() => told('start-anew').length > 0);
  await stop();
  const gateway = await start();
  await sealed(2);
  expect(gateway.status()).toMatchObject({ origin: SECOND, closedFor: null });
  const [first, second] = [batchesOf(FIRST), batchesOf(SECOND)];
  expect(first).toHaveLength(settled);
  expect(second[0]?.batch).toBe(settled);
  expect([...first, ...second].map(({ batch }) => batch)).toEqual(
    [...first, ...second].map((_, index) => index),
  );
  expect(equalBytes(second.at(-1)!.log, originHash(SECOND))).toBe(true);
  expect(gapsIn(cloud.batches)).toContain('rollback');
});

test('a log that is closed where this disk has it goes on at once, and nothing is lost', async () => {
  await start();
  await sealed(3);
  await beginNext();
  await until(() => told('start-anew').length > 0);
  await stop();
  await start();
  await sealed(2);
  const headers = [...batchesOf(FIRST), ...batchesOf(SECOND)];
  expect(headers.map(({ batch }) => batch)).toEqual(headers.map((_, index) => index));
  const readings = cloud.logs
    .flatMap(({ batches }) => batches)
    .flatMap((bytes) => decodeBatch(bytes).readings.map(decodeReading));
  expect(readings.map(({ seq }) => seq)).toEqual(readings.map((_, index) => index));
  expect(gapsIn(cloud.batches)).not.toContain('rollback');
});

test('a log that is closed before what this disk has goes on with it: its agent sends it again', async () => {
  await start();
  await sealed(5);
  const [log] = cloud.logs;
  for (const kept of [log!.seals, log!.batches]) kept.splice(-2);
  const { length } = log!.seals;
  await beginNext();
  await until(() => told('start-anew').length > 0);
  await stop();
  await start();
  await sealed(3);
  const headers = [...batchesOf(FIRST), ...batchesOf(SECOND)];
  expect(batchesOf(FIRST)).toHaveLength(length);
  expect(headers.map(({ batch }) => batch)).toEqual(headers.map((_, index) => index));
  expect(equalBytes(headers[length]!.log, originHash(FIRST))).toBe(true);
});

test('the closed log ends with a checkpoint over all of it, once', async () => {
  await start();
  await sealed(2);
  await beginNext();
  await until(() => told('start-anew').length > 0);
  const [closed] = cloud.logs;
  const { length } = closed!.seals;
  // As if its last entries had come without one.
  closed!.checkpointSize = 0;
  closed!.checkpoint = null;
  closed!.witnessed = { size: 0, root: treeRoot([]) };
  await stop();
  await start();
  await until(() => told('last-checkpoint').length > 0);
  expect(closed).toMatchObject({ checkpointSize: length, witnessed: { size: length } });
  await stop();
  await start();
  await sealed(1);
  expect(told('last-checkpoint')).toHaveLength(1);
});

test('a gateway that anchors itself calls the closed log at its end, and the next one after it', async () => {
  const chain = createMemoryLedger();
  const mined = async (count: number) => {
    await until(() => {
      chain.mine();
      return cloud.anchors.mined.length >= count;
    });
  };
  await start(chain.ledger);
  await sealed(2);
  await mined(1);
  await sealed(2);
  await beginNext();
  await until(() => told('start-anew').length > 0);
  await stop();
  await start(chain.ledger);
  await sealed(2);
  const before = cloud.anchors.mined.length;
  await mined(before + 1);
  const bundle = cloud.anchors.mined.at(-1) as { calls: string[]; records: string[] };
  const calls = bundle.calls.map((call) => decodeCall(fromBase64(call)));
  const [first, second] = cloud.logs;
  expect(calls[1]).toMatchObject({ slot: 1, size: first!.seals.length });
  expect(calls[1]!.originHash).toEqual(originHash(FIRST));
  expect(calls[2]!.originHash).toEqual(originHash(SECOND));
  expect(calls[2]!.size).toBeLessThanOrEqual(second!.seals.length);
  expect(calls[2]!.root).toEqual(treeRoot(second!.seals.slice(0, calls[2]!.size).map(leafHash)));
  const slots = bundle.records.slice(1).map((cose) => readSlotRecord(fromBase64(cose)));
  expect(slots.map(({ hash }) => hash)).toEqual([calls[1]!.recordHash, calls[2]!.recordHash]);
  expect(slots[0]!.record.closed?.size).toBe(calls[1]!.size);
});

test('started again while the log is closed and the next one is not signed, it takes nothing and reads on', async () => {
  await start();
  await sealed(2);
  await register.admit(
    register.close({ size: cloud.seals.length, root: treeRoot(cloud.seals.map(leafHash)) }),
  );
  await stop();
  const gateway = await start();
  expect(gateway.status().closedFor).toContain('for ever');
  const { logSize } = gateway.status();
  const before = timers.now();
  await until(() => timers.now() - before > 120_000);
  expect(gateway.status().logSize).toBe(logSize);
  expect(gateway.status().agent.state).toBe('running');
});
