import { mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readKeyFile } from '@sigill/edge';
import { boxFingerprint, formatNoteKey, parsePolicy, sha256 } from '@sigill/evidence';
import { beforeEach, describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { newSigner } from '../agent-fixture.ts';
import { parseGatewayConfig } from '../config.ts';
import { fingerprintOf } from '../init/init-gateway.ts';
import { createKeystore, openKeystore } from '../ledger/keystore.ts';
import { openRegister } from '../register.ts';
import { gatewayInit } from './init.ts';
import { runCommand } from './io-fixture.ts';
import { gatewayRun } from './run.ts';

const NAMED = ['--name', 'house-17-gateway', '--origin', 'sigill.example/demo/house-17'];
const PIN = `sha256/${Buffer.alloc(32, 7).toString('base64')}`;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'init-'));
});

const init = (...args: string[]) => runCommand(gatewayInit, directory, ...args);
const read = (file: string) => readFileSync(join(directory, file));
const key = (file: string) => readKeyFile(join(directory, 'keys', file));

function registerMade() {
  return openRegister(
    [Uint8Array.from(read('operator.record')), Uint8Array.from(read('slot-1.record'))],
    {
      operatorKeyHash: parsePolicy(read('policy.json').toString()).operator,
      origin: 'sigill.example/demo/house-17',
      logKeys: () => [key('log.pem').publicKey],
      agentKey: key('agent.pem').publicKey,
    },
    async () => {},
  ).current();
}

test('makes keys, records, policy and configuration that belong together', async () => {
  const { code, out } = await init(...NAMED);
  expect(code).toBe(0);
  const { operator, slot } = registerMade();
  expect(operator.record.nextKeyHash).toEqual(sha256(key('operator-next.pem').publicKey));
  expect(slot.record).toMatchObject({ slot: 1, rev: 0, closed: null });
  expect(parsePolicy(read('policy.json').toString())).toMatchObject({
    ledger: null,
    witnessLines: ['quorum none'],
  });
  expect(
    parseGatewayConfig(read('gateway.yaml').toString(), join(directory, 'gateway.yaml')),
  ).toMatchObject({
    name: 'house-17-gateway',
    cloud: null,
    ledger: { kind: 'none' },
    sources: [],
  });
  expect(out).toContain(`Operator key  ${fingerprintOf(key('operator.pem').publicKey)}`);
  expect(out).toContain(`npx sigill gateway run ${join(directory, 'gateway.yaml')}`);
});

test('without an origin: the keys of a box to be let in, its fingerprint, and how to ask', async () => {
  const { code, out } = await init('--name', 'house-17');
  expect(code).toBe(0);
  const [logKey, agentKey] = [key('log.pem').publicKey, key('agent.pem').publicKey];
  expect(out).toContain(`  ${boxFingerprint({ logKey, agentKey })}\n`);
  expect(out).toContain(`npx sigill gateway enroll URL CODE ${directory}`);
  expect(out).toMatch(/█▀▀|██▄/);
  expect(() => read('operator.record')).toThrow();
  expect(() => key('operator.pem')).toThrow();
  expect(statSync(join(directory, 'keys', 'log.pem')).mode & 0o777).toBe(0o600);
  expect(parseDocument(read('gateway.yaml').toString()).toJS()).toMatchObject({
    name: 'house-17',
    ledger: 'none',
    sources: [],
  });
});

test('a box that nobody has let in does not run, and says what to do', async () => {
  await init('--name', 'house-17');
  const { code, err } = await runCommand(gatewayRun, join(directory, 'gateway.yaml'));
  expect([code, err]).toEqual([3, expect.stringContaining('sigill gateway enroll URL CODE')]);
});

test('a box that anchors is given the account that the policy names', async () => {
  const account = join(mkdtempSync(join(tmpdir(), 'account-')), 'anchor.json');
  const address = await createKeystore(account);
  const args = ['--name', 'house-17', '--ledger', 'development', '--account', account];
  expect((await init(...args)).code).toBe(0);
  const opened = await openKeystore(join(directory, 'keys/anchor.json'));
  expect(opened.address.toLowerCase()).toBe(address);
});

test('a cloud on this machine gets its configuration and a witness key', async () => {
  await init(...NAMED, '--cloud', 'http://127.0.0.1:8445');
  const { witnesses } = registerMade().operator.record;
  const name = 'witness.sigill.example/demo';
  const vkey = formatNoteKey({ name, type: 4, publicKey: key('witness.pem').publicKey });
  expect(witnesses).toEqual([vkey]);
  const policy = parsePolicy(read('policy.json').toString());
  expect(policy.witnesses.quorum).toBe('every');
  expect([...policy.witnesses.witnesses.keys()]).toEqual([name]);
  expect(parseDocument(read('cloud.yaml').toString()).toJS()).toEqual({
    listen: { host: '127.0.0.1', port: 8445 },
    data: './cloud-data',
    records: ['operator.record', 'slot-1.record'],
    witness: { name, key: 'keys/witness.pem' },
    policy: 'policy.json',
    ledger: null,
    demonstration: false,
  });
});

test('a cloud elsewhere is pinned, and its witness named', async () => {
  const vkey = formatNoteKey({ name: 'w.example', type: 4, publicKey: newSigner().publicKey });
  const { code, out } = await init(
    ...NAMED,
    ...['--cloud', 'https://cloud.example', '--certificate', PIN, '--witness', vkey],
  );
  expect(code).toBe(0);
  const { cloud } = parseGatewayConfig(read('gateway.yaml').toString(), 'g');
  expect(cloud).toMatchObject({
    url: new URL('https://cloud.example'),
    certificate: new Uint8Array(32).fill(7),
  });
  expect(registerMade().operator.record.witnesses).toEqual([vkey]);
  expect(out).toContain(`pinned to ${PIN}`);
  expect(out).not.toContain('cloud.yaml:');
});

test('a development ledger gets an account, a guardian, and a policy that recomputes the contract', async () => {
  await init(...NAMED, '--ledger', 'development', '--cloud', 'http://127.0.0.1:7445');
  const { ledger } = parsePolicy(read('policy.json').toString());
  expect(ledger).toMatchObject({
    profile: { id: 'development' },
    endpoints: ['http://127.0.0.1:7446'],
  });
  const account = await openKeystore(join(directory, 'keys/anchor.json'));
  expect(account.address.toLowerCase()).toBe(`0x${Buffer.from(ledger!.operator).toString('hex')}`);
  expect(parseDocument(read('cloud.yaml').toString()).getIn(['ledger', 'rpc'])).toBe(
    'http://127.0.0.1:7446',
  );
});

test('sources go into the configuration', async () => {
  await init(
    ...NAMED,
    ...[
      '--source',
      'house-17=dsmr-p1:/dev/serial/by-id/usb-FTDI',
      '--source',
      'shed=dsmr-p1:10.0.0.7:2001',
    ],
  );
  const { sources } = parseGatewayConfig(read('gateway.yaml').toString(), 'g');
  expect(sources).toMatchObject([
    {
      name: 'house-17',
      driver: 'dsmr-p1',
      transport: { kind: 'serial', path: '/dev/serial/by-id/usb-FTDI', baudRate: 115_200 },
    },
    { name: 'shed', driver: 'dsmr-p1', transport: { kind: 'tcp', host: '10.0.0.7', port: 2001 } },
  ]);
});

test('--json tells what was made', async () => {
  const { out } = await init(...NAMED, '--json');
  expect(JSON.parse(out)).toEqual({
    directory,
    files: [
      ...['keys/agent.pem', 'keys/log.pem', 'keys/operator.pem', 'keys/operator-next.pem'],
      ...['operator.record', 'slot-1.record', 'policy.json', 'gateway.yaml'],
    ],
    fingerprint: fingerprintOf(key('operator.pem').publicKey),
    hasCloudFile: false,
  });
});

test('secrets are readable by their owner alone', async () => {
  await init(...NAMED, '--ledger', 'development', '--cloud', 'http://localhost:1');
  for (const file of [
    ...['agent.pem', 'log.pem', 'operator.pem', 'operator-next.pem', 'witness.pem'],
    ...['anchor.json', 'anchor.json.password', 'guardian.json', 'guardian.json.password'],
  ]) {
    expect([file, statSync(join(directory, 'keys', file)).mode & 0o777]).toEqual([file, 0o600]);
  }
  expect(statSync(join(directory, 'keys')).mode & 0o777).toBe(0o700);
});

describe('overwrites nothing', () => {
  test('a second init is refused and changes nothing', async () => {
    await init(...NAMED);
    const before = read('gateway.yaml');
    const { code, err } = await init(...NAMED);
    expect([code, err]).toEqual([
      3,
      expect.stringContaining('is there already and nothing is overwritten'),
    ]);
    expect(read('gateway.yaml')).toEqual(before);
  });

  test.each(['policy.json', 'slot-1.record', 'cloud.yaml'])('%s in the way', async (file) => {
    writeFileSync(join(directory, file), 'mine');
    const { code } = await init(...NAMED, '--cloud', 'http://127.0.0.1:1');
    expect(code).toBe(3);
    expect(() => statSync(join(directory, 'keys'))).toThrow();
    expect(read(file).toString()).toBe('mine');
  });

  test('other files in the directory are in nobody’s way', async () => {
    mkdirSync(join(directory, 'logs'));
    expect((await init(...NAMED)).code).toBe(0);
  });
});

test.each([
  [['--name', 'g', '--cloud', 'http://127.0.0.1:1'], '--cloud belongs to a gateway alone'],
  [['--name', 'g', '--ledger', 'development'], '--account is missing'],
  [[...NAMED, '--account', 'anchor.json'], '--account belongs to a gateway that is let in'],
  [['--name', 'My Gateway'], 'name: found My Gateway; write lower-case'],
  [['--origin', 'a.example'], '--name is missing'],
  [[...NAMED, '--nonsense'], "Unknown option '--nonsense'"],
  [[...NAMED, 'a-second-directory'], 'one directory, not'],
  [[...NAMED, '--ledger', 'ethereum'], '--ledger ethereum: write none or development'],
  [[...NAMED, '--cloud', 'cloud.example'], '--cloud cloud.example: write an address'],
  [[...NAMED, '--cloud', 'http://cloud.example'], 'plain HTTP to another machine'],
  [[...NAMED, '--source', 'house-17'], 'write NAME=DRIVER:/dev/… or NAME=DRIVER:host:port'],
  [[...NAMED, '--source', 'house-17=dsmr-p1:ttyUSB0'], 'write NAME=DRIVER:/dev/…'],
  [[...NAMED, '--source', 'house-17=dsmr:/dev/x'], 'there is no driver dsmr; there is: dsmr-p1'],
  [[...NAMED, '--source', 'House=dsmr-p1:/dev/x'], 'sources[0].name: found House'],
  [[...NAMED, '--witness', 'abc'], '--witness abc: write a cosigner'],
  [['--name', 'My Gateway', '--origin', 'a.example'], 'name: found My Gateway; write lower-case'],
  [
    [...NAMED, '--cloud', 'https://a.example', '--certificate', 'AB:CD'],
    'certificate: found AB:CD',
  ],
])('%j is a mistake that is explained, and nothing is made', async (args, message) => {
  const { code, err } = await init(...args);
  expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  expect(() => statSync(join(directory, 'keys'))).toThrow();
});

test('an https cloud that cannot be reached cannot be pinned', async () => {
  const { code, err } = await init(...NAMED, '--cloud', 'https://127.0.0.1:1');
  expect([code, err]).toEqual([3, expect.stringContaining('no certificate to pin')]);
});
