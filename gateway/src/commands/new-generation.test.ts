import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Control, createKeyFile, readKeyFile, startControl } from '@sigill/edge';
import {
  boxFingerprint,
  closeSlot,
  continueSlot,
  openEnrolmentRequest,
  readSlotRecord,
  signSlotRecord,
} from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openGenerationFile } from '../enrolment/asked-generation.ts';
import { gatewayInit } from './init.ts';
import { runCommand } from './io-fixture.ts';
import { gatewayNewGeneration } from './new-generation.ts';

const ORIGIN = 'sigill.example/demo/house-17';
let directory: string;
let file: string;
let control: Control | null;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'next-log-'));
  file = join(directory, 'gateway.yaml');
  control = null;
  const { code } = await runCommand(
    gatewayInit,
    directory,
    '--name',
    'house-17',
    '--origin',
    ORIGIN,
  );
  expect(code).toBe(0);
});
afterEach(async () => {
  await control?.stop();
  rmSync(directory, { recursive: true });
});

const at = (...names: string[]) => join(directory, ...names);
const ask = (...args: string[]) => runCommand(gatewayNewGeneration, file, ...args);
const asked = () => openGenerationFile(at('data')).read();
const key = (name: string) => readKeyFile(at('keys', name));
const digits = () =>
  boxFingerprint({ logKey: key('log-2.pem').publicKey, agentKey: key('agent.pem').publicKey });

/** A gateway that runs beside the command. */
async function runs(closedFor: string | null): Promise<void> {
  mkdirSync(at('data'), { recursive: true, mode: 0o700 });
  control = await startControl({
    ...{ directory: at('data'), status: () => ({ origin: ORIGIN, closedFor }) },
    subscribe: () => () => {},
  });
}

function sign(name: string, record: Parameters<typeof signSlotRecord>[0]): Uint8Array {
  const cose = signSlotRecord(record, key('operator.pem'));
  mkdirSync(at('data/register'), { recursive: true });
  writeFileSync(at('data/register', name), cose);
  return cose;
}

function continueWith(logKey: Uint8Array): void {
  const first = readSlotRecord(Uint8Array.from(readFileSync(at('slot-1.record'))));
  const end = { size: 3, root: new Uint8Array(32), cause: 'a test' };
  const closed = readSlotRecord(sign('slot-1-rev-1.record', closeSlot(first, end)));
  sign('slot-2-rev-0.record', continueSlot(closed, 2, logKey));
}

describe('asking for the next log', () => {
  test('makes its key and the request, and shows the digits with what will happen', async () => {
    await runs('its disk is an older copy');
    const { code, out } = await ask();
    expect(code).toBe(0);
    expect(statSync(at('keys/log-2.pem')).mode & 0o777).toBe(0o600);
    expect(statSync(at('data/enrolment/generation.json')).mode & 0o777).toBe(0o600);
    const { name, kind, ...request } = openEnrolmentRequest(asked()?.request ?? new Uint8Array());
    expect([kind, name]).toEqual(['generation', 'house-17']);
    expect(boxFingerprint(request)).toBe(digits());
    expect(out).toContain(digits());
    expect(out).toContain(`closed, for ever   ${ORIGIN}\n`);
    expect(out).toContain(`begins             ${ORIGIN}/2\n`);
    expect(out).toContain(`npx sigill gateway approve ${file} ${digits()}`);
    expect(out).toContain('Leave the gateway running');
    expect(out).toContain('so do all its agents');
  });

  test('without the operator’s key on this box names who approves', async () => {
    rmSync(at('keys/operator.pem'));
    expect((await ask()).out).toContain('with their key on this box');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('cloud: null', 'cloud: { url: "http://127.0.0.1:7445" }'));
    expect((await ask()).out).toContain('Read the 16 digits to the operator');
  });

  test('says that the gateway must run, where it does not', async () => {
    expect((await ask()).out).toContain('No gateway runs here: sudo systemctl start sigill');
  });

  test('again shows the same digits and asks nothing anew', async () => {
    await ask();
    const before = asked()?.request;
    const { out } = await ask();
    expect(out).toContain('was asked for already');
    expect(out).toContain(digits());
    expect(asked()?.request).toEqual(before);
  });

  test('killed between key and request goes on with the same key', async () => {
    const { publicKey } = createKeyFile(at('keys/log-2.pem'));
    await ask();
    expect(asked()?.keys.logKey).toEqual(publicKey);
    rmSync(at('data/enrolment/generation.json'));
    await ask();
    expect(asked()?.keys.logKey).toEqual(publicKey);
  });

  test('after the operator refused asks anew, and tells why it was refused', async () => {
    await ask();
    const file = openGenerationFile(at('data'));
    file.put({ ...file.read()!, refused: 'we look at the card first' });
    const { out } = await ask();
    expect(out).toContain('The operator had refused: we look at the card first');
    expect(asked()).toMatchObject({ refused: null });
  });

  test('tells a program the same', async () => {
    const { out } = await ask('--json');
    expect(JSON.parse(out)).toMatchObject({
      ...{ state: 'new', closes: ORIGIN, begins: `${ORIGIN}/2`, fingerprint: digits() },
      ...{ keyFile: at('keys/log-2.pem'), runs: false },
    });
  });
});

describe('a next log that is approved', () => {
  test('is told to be under way until the gateway has gone on', async () => {
    await ask();
    continueWith(key('log-2.pem').publicKey);
    expect((await ask()).out).toContain('has approved this site’s next log');
    expect(JSON.parse((await ask('--json')).out)).toMatchObject({ state: 'approved' });
    expect(existsSync(at('keys/log-3.pem'))).toBe(false);
    openGenerationFile(at('data')).drop();
    await runs(null);
    const { code, err } = await ask();
    expect([code, err]).toEqual([1, expect.stringContaining(`SITE_LOG_GROWS: ${ORIGIN}/2 grows`)]);
  });

  test('for another box is told, and nothing is made', async () => {
    continueWith(new Uint8Array(key('log.pem').publicKey.map((byte, at) => (at > 40 ? 9 : byte))));
    const { code, err } = await ask();
    expect([code, err]).toEqual([1, expect.stringContaining('runs on another box')]);
    expect(existsSync(at('keys/log-2.pem'))).toBe(false);
  });
});

describe('refused', () => {
  test('where the log grows as it should', async () => {
    await runs(null);
    const { code, err } = await ask();
    expect([code, err]).toEqual([1, expect.stringContaining('SITE_LOG_GROWS')]);
    expect(existsSync(at('keys/log-2.pem'))).toBe(false);
  });

  test('before anybody has let the gateway in', async () => {
    const other = mkdtempSync(join(directory, 'other-'));
    await runCommand(gatewayInit, other, '--name', 'house-18');
    const { code, err } = await runCommand(gatewayNewGeneration, join(other, 'gateway.yaml'));
    expect([code, err]).toEqual([3, expect.stringContaining('NOT_ENROLLED')]);
  });

  test.each([[[]], [['a.yaml', 'b.yaml']], [['a.yaml', '--anyway']]])('with %j', async (args) => {
    expect((await runCommand(gatewayNewGeneration, ...args)).code).toBe(2);
  });
});
