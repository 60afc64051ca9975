import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeyFile, readKeyFile } from '@sigill/edge';
import {
  addAgent,
  assertContinues,
  assertRecordFollows,
  boxFingerprint,
  type Opened,
  readSlotRecord,
  type SlotRecord,
  signEnrolmentRequest,
} from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newSigner } from '../agent-fixture.ts';
import { parseGatewayConfig } from '../config.ts';
import { openGenerationFile } from '../enrolment/asked-generation.ts';
import { openEnrolmentFiles } from '../enrolment/enrolment-files.ts';
import { openConfiguredRegister } from '../register-files.ts';
import { gatewayApprove } from './approve.ts';
import { gatewayInit } from './init.ts';
import { runCommand } from './io-fixture.ts';
import { gatewayNewGeneration } from './new-generation.ts';

const ORIGIN = 'sigill.example/demo/house-17';
const END = { size: 812, root: new Uint8Array(32).fill(8) };
const barn = newSigner();
let directory: string;
let file: string;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'approve-'));
  file = join(directory, 'gateway.yaml');
  await runCommand(gatewayInit, directory, '--name', 'house-17', '--origin', ORIGIN);
});
afterEach(() => rmSync(directory, { recursive: true }));

const at = (...names: string[]) => join(directory, ...names);
const approve = (...args: string[]) => runCommand(gatewayApprove, file, ...args);
const approveJson = async (...args: string[]) => JSON.parse((await approve(...args, '--json')).out);
const key = (name: string) => readKeyFile(at('keys', name));
const files = () => openEnrolmentFiles(at('data'));
const asked = () => openGenerationFile(at('data')).read()!;
const digits = () => boxFingerprint(asked().keys);
const signedHere = () =>
  files()
    .records()
    .map(({ name }) => name);
const first = () => readSlotRecord(Uint8Array.from(readFileSync(at('slot-1.record'))));

async function askForNextLog(end: typeof END | null = END): Promise<void> {
  await runCommand(gatewayNewGeneration, file);
  openGenerationFile(at('data')).put({ ...asked(), end });
}

function askAsAgent(): string {
  const passwordHash = new Uint8Array(32);
  const keys = { logKey: null, agentKey: barn.publicKey };
  const request = signEnrolmentRequest(
    {
      ...{ kind: 'agent', name: 'barn', ...keys, passwordHash, nonce: new Uint8Array(16) },
      ...{ clientTimeMs: 0, certificate: null },
    },
    barn,
    null,
  );
  files().putAgent({
    ...{ box: new Uint8Array(32).fill(1), name: 'barn', agentKey: barn.publicKey, passwordHash },
    ...{ request, invitation: '7K2M', address: '10.0.0.9', askedAt: 0, clockOff: 0, refused: null },
  });
  return boxFingerprint(keys);
}

/** The two records as the running gateway takes them up. */
function records(): [closed: Opened<SlotRecord>, first: Opened<SlotRecord>] {
  const [closed, next] = files()
    .records()
    .map(({ cose }) => readSlotRecord(cose));
  return [closed!, next!];
}

describe('the next log of this gateway', () => {
  test('is listed with what would be closed, where, and what would begin', async () => {
    await askForNextLog();
    const { out } = await approve();
    expect(out).toContain(
      `${ORIGIN} would be closed, for ever, at 812 entries, and ${ORIGIN}/2 opened`,
    );
    expect(out).toContain(`npx sigill gateway approve ${file} ${digits()}`);
    expect(await approveJson()).toMatchObject({
      waiting: [{ kind: 'generation', fingerprint: digits(), closedAt: 812 }],
    });
  });

  test('is approved by two records, which the gateway takes up', async () => {
    await askForNextLog();
    const { code, out } = await approve(digits(), '--cause', 'the card died');
    expect(code).toBe(0);
    expect(out).toContain(`${ORIGIN} is closed, for ever, at 812 entries (the card died)`);
    expect(signedHere()).toEqual(['slot-1-rev-1.record', 'slot-2-rev-0.record']);
    const [closed, next] = records();
    assertRecordFollows(first(), closed.record);
    assertContinues(closed, next.record);
    expect(closed.record.closed).toEqual({ ...END, cause: 'the card died' });
    expect(next.record).toMatchObject({ slot: 2, origin: `${ORIGIN}/2` });
    expect(next.record.logKey).toEqual(key('log-2.pem').publicKey);
    const config = parseGatewayConfig(readFileSync(file, 'utf8'), file);
    const register = openConfiguredRegister(
      config,
      files()
        .records()
        .map(({ cose }) => cose),
    );
    expect(register.next()?.hash).toEqual(next.hash);
  });

  test('approved is listed no more, and approving it again says so', async () => {
    await askForNextLog();
    await approve(digits());
    const before = signedHere();
    expect((await approve()).out).toContain('No agent waits');
    expect((await approve(digits())).out).toContain('This is approved already');
    expect(signedHere()).toEqual(before);
  });

  test.each([
    ['between the two records', ['slot-2-rev-0.record']],
    ['before the gateway has any of them', ['slot-1-rev-1.record', 'slot-2-rev-0.record']],
  ])('killed %s goes on with the same, though the log is known further now', async (_, lost) => {
    await askForNextLog();
    await approve(digits(), '--cause', 'the card died');
    const before = records();
    for (const name of lost) files().dropRecord(name);
    openGenerationFile(at('data')).put({ ...asked(), end: { ...END, size: 900 } });
    expect((await approve()).out).toContain(`${ORIGIN}/2 opened`);
    expect((await approve(digits())).code).toBe(0);
    expect(records()).toEqual(before);
  });

  test('killed before the second was signed says that half of it is done', async () => {
    await askForNextLog();
    await approve(digits());
    files().dropRecord('slot-2-rev-0.record');
    rmSync(at('keys/signed/slot-2-0.record'));
    expect((await approve()).out).toContain(`${ORIGIN} is closed at 812 entries`);
    await approve(digits());
    expect(signedHere()).toHaveLength(2);
  });

  test('gets a slot that this key never signed for', async () => {
    await askForNextLog();
    await approve(digits());
    files().dropRecord('slot-2-rev-0.record');
    rmSync(at('keys/signed/slot-2-0.record'));
    // Of another gateway.
    copyFileSync(at('slot-1.record'), at('keys/signed/slot-7-0.record'));
    expect(await approveJson(digits())).toMatchObject({ slot: 8, origin: `${ORIGIN}/2` });
  });

  test('is not closed where nobody knows how far it goes', async () => {
    await askForNextLog(null);
    expect((await approve()).out).toContain('for ever, where its cloud holds it');
    const { code, err } = await approve(digits());
    expect([code, err]).toEqual([1, expect.stringContaining('LOG_END_UNKNOWN')]);
    expect(signedHere()).toEqual([]);
  });

  test('is refused with a reason', async () => {
    await askForNextLog();
    const { out } = await approve(digits(), '--refuse', 'we look at the card first');
    expect(out).toContain('is refused');
    expect(asked().refused).toBe('we look at the card first');
    expect((await approve()).out).toContain('No agent waits');
    expect(signedHere()).toEqual([]);
  });

  test('is approved with the operator’s key alone', async () => {
    await askForNextLog();
    createKeyFile(at('keys/other.pem'));
    const { code, err } = await approve(digits(), '--key', at('keys/other.pem'));
    expect([code, err]).toEqual([3, expect.stringContaining('RECORD_MISMATCH')]);
  });
});

describe('an agent that waits', () => {
  test('is listed, let in, and listed no more', async () => {
    const fingerprint = askAsAgent();
    expect((await approve()).out).toContain(`${fingerprint}   barn, asked 1970-01-01 00:00 UTC`);
    expect(await approveJson(fingerprint)).toMatchObject({ slot: 1, rev: 1, origin: ORIGIN });
    expect((await approve()).out).toContain('No agent waits');
    expect((await approve(fingerprint)).out).toContain('stays in');
  });

  test('is listed beside the next log', async () => {
    askAsAgent();
    await askForNextLog();
    const { waiting } = await approveJson();
    expect(waiting.map(({ kind }: { kind: string }) => kind)).toEqual(['generation', 'agent']);
  });

  test('goes into the log in force', async () => {
    await askForNextLog();
    await approve(digits());
    const fingerprint = askAsAgent();
    expect(await approveJson(fingerprint)).toMatchObject({
      slot: 2,
      rev: 1,
      origin: `${ORIGIN}/2`,
    });
    const newest = readSlotRecord(files().records().at(-1)!.cose);
    expect(newest.record.agents).toEqual(addAgent(records()[1], barn.publicKey).agents);
  });

  test('is sent away with a reason', async () => {
    expect(await approveJson(askAsAgent(), '--refuse', 'no')).toHaveProperty('refused');
    expect(files().agents()).toMatchObject([{ refused: 'no' }]);
  });
});

test('nobody of these digits waits', async () => {
  const { code, err } = await approve('0123456789abcdef');
  expect([code, err]).toEqual([1, expect.stringContaining('BOX_UNKNOWN')]);
  expect(readdirSync(directory)).not.toContain('signed');
});

test.each([[['0123']], [['0123456789abcdef', '--cause', '']], [['--sign']]])(
  'with %j says how it is used',
  async (args) => {
    expect((await approve(...args)).code).toBe(2);
  },
);
