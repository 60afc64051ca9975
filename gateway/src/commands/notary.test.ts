import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeCbor, formatPolicy, newPolicy, parsePolicy } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Anvil, startAnvil } from '../ledger/anvil.ts';
import { createKeystore } from '../ledger/keystore.ts';
import { createFleet, type FixtureFleet } from '../notary-service/fleet-fixture.ts';
import { parseNotaryConfig } from '../notary-service/notary-config.ts';
import { runCommand } from './io-fixture.ts';
import { notaryDeploy } from './notary-deploy.ts';
import { notaryInit } from './notary-init.ts';
import { notaryRun } from './notary-run.ts';

const GUARDIAN = `0x${'07'.repeat(20)}`;
const VALIDATOR = `0x${'09'.repeat(20)}`;
const CHAIN_ID = 1337;

let directory: string;
let fleet: FixtureFleet;
let policy: string;
let server: Server;
let url: string;
const at = (...names: string[]) => join(directory, ...names);

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'notary-'));
  fleet = createFleet(2);
  const parts = { operatorKey: fleet.operator.publicKey, witnesses: [] };
  policy = newPolicy({ ...parts, development: null });
  server = createServer(async (request, response) => {
    if (request.url === '/api/v1/policy') return void response.end(policy);
    const { next, more, records } = await fleet.desk.changes(0, new AbortController().signal);
    response.end(encodeCbor([next, more, [...records], []]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.close();
  rmSync(directory, { recursive: true });
});

const init = (...more: string[]) => runCommand(notaryInit, at('notary'), '--cloud', url, ...more);
const chain = (rpc: string) => [
  ...['--rpc', rpc, '--chain', 'besu-qbft', '--chain-id', String(CHAIN_ID)],
  ...['--guardian', GUARDIAN, '--validator', VALIDATOR],
];

async function useDevelopment(): Promise<string> {
  const operator = await createKeystore(at('anchor.json'));
  const development = { operator, guardian: GUARDIAN, endpoint: 'http://127.0.0.1:7446' };
  policy = newPolicy({ operatorKey: fleet.operator.publicKey, witnesses: [], development });
  return operator;
}

describe('sigill notary init', () => {
  test('takes the account that the policy names, and every slot of the cloud', async () => {
    const account = await useDevelopment();
    const { code, out } = await init('--ledger', 'development', '--account', at('anchor.json'));
    expect(code).toBe(0);
    expect(out).toContain('Slots         2');
    expect(out).toContain(account);
    const file = at('notary', 'notary.yaml');
    expect(parseNotaryConfig(readFileSync(file, 'utf8'), file)).toMatchObject({
      ledger: { kind: 'development' },
      anchor: { intervalMs: 600_000 },
    });
  });

  test('on a new chain makes the account, and shows the policy to give on', async () => {
    const { code, out } = await init(...chain('http://127.0.0.1:9'), '--json');
    const made = JSON.parse(out);
    expect(code).toBe(0);
    const { ledger } = parsePolicy(made.newPolicy);
    expect(ledger).toMatchObject({ chainId: CHAIN_ID, profile: { id: 'besu-qbft' } });
    expect(readFileSync(at('notary', 'policy.json'), 'utf8')).toBe(`${made.newPolicy}\n`);
    expect(readFileSync(at('notary', 'notary.yaml'), 'utf8')).toContain(made.contract);
  });

  test.each<[string, () => Promise<string[]> | string[], string]>([
    ['no ledger', () => [], 'say where it anchors'],
    ['a node, and no word on whose chain', () => ['--rpc', 'http://127.0.0.1:9'], '--chain'],
    ['no guardian', () => chain('http://127.0.0.1:9').toSpliced(6, 2), '--guardian'],
    [
      'a development ledger that no policy names',
      () => ['--ledger', 'development'],
      'the policy names no ledger',
    ],
    [
      'another account than the policy names',
      async () => {
        await useDevelopment();
        await createKeystore(at('other.json'));
        return ['--ledger', 'development', '--account', at('other.json')];
      },
      'give its keystore with --account',
    ],
  ])('refuses %s with what to write', async (_, args, said) => {
    const { code, err } = await init(...(await args()));
    expect([code, err]).toEqual([2, expect.stringContaining(said)]);
  });

  test('refuses records that another operator signed, and overwrites nothing', async () => {
    const own = policy;
    policy = newPolicy({
      ...{ operatorKey: createFleet(0).operator.publicKey, witnesses: [], development: null },
    });
    expect(await init(...chain('http://127.0.0.1:9'))).toMatchObject({
      code: 3,
      err: expect.stringContaining('RECORD_CHAIN'),
    });
    expect(existsSync(at('notary', 'notary.yaml'))).toBe(false);
    policy = own;
    expect((await init(...chain('http://127.0.0.1:9'))).code).toBe(0);
    expect(await init(...chain('http://127.0.0.1:9'))).toMatchObject({
      code: 3,
      err: expect.stringContaining('FILE_EXISTS'),
    });
  });
});

describe('sigill notary deploy', () => {
  let anvil: Anvil;
  beforeEach(async () => {
    anvil = await startAnvil(['--chain-id', String(CHAIN_ID), '--hardfork', 'prague']);
  });
  afterEach(() => anvil.kill());

  test('puts the log where the policy says, and finds it there when it is done again', async () => {
    const {
      account,
      contract,
      newPolicy: shown,
    } = JSON.parse((await init(...chain(anvil.url), '--json')).out);
    await anvil.call('anvil_setBalance', account, '0xde0b6b3a7640000');
    const file = at('notary', 'notary.yaml');
    const first = await runCommand(notaryDeploy, file);
    expect(first).toMatchObject({ code: 0, out: expect.stringContaining(`${contract}, made now`) });
    expect(first.out).toContain(formatPolicy(parsePolicy(shown)));
    expect(await anvil.call('eth_getCode', contract, 'latest')).not.toBe('0x');
    const again = await runCommand(notaryDeploy, file);
    expect(again.out).toContain(`${contract}, was there already`);
  }, 60_000);

  test('says what is wrong of a file that is not there', async () => {
    expect(await runCommand(notaryDeploy, at('no.yaml'))).toMatchObject({ code: 3 });
    expect(await runCommand(notaryDeploy)).toMatchObject({ code: 2 });
    expect(await runCommand(notaryRun)).toMatchObject({ code: 2 });
    expect(await runCommand(notaryRun, at('no.yaml'))).toMatchObject({ code: 3 });
  });
});
