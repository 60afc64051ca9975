import { expect, test } from 'vitest';
import { parseGatewayConfig } from './config.ts';

const MINIMAL = `
name: house-17-gateway
origin: sigill.example/demo/house-17
records: [operator.record, slot-1.record]
`;

test('what is not written gets its default, and files lie beside the configuration', () => {
  expect(parseGatewayConfig(MINIMAL, '/etc/sigill/gateway.yaml')).toEqual({
    name: 'house-17-gateway',
    origin: 'sigill.example/demo/house-17',
    data: '/etc/sigill/data',
    keys: '/etc/sigill/keys',
    records: ['/etc/sigill/operator.record', '/etc/sigill/slot-1.record'],
    policy: '/etc/sigill/policy.json',
    cloud: null,
    witnesses: [],
    ledger: { kind: 'none' },
    checkpoint: { intervalMs: 10_000 },
    anchor: { intervalMs: 600_000 },
    batch: { count: 500, bytes: 262_144, ageMs: 10_000 },
    broker: null,
    status: null,
    enrol: null,
    sources: [],
  });
});

const WITNESS = 'witness.example/w1+d7744454+BPck7Ua4dLPhmJVWe2MJG+7FPf0ffZ5EmxoPjVCX221W';

test('reads witnesses besides the operator’s, by key and address', () => {
  const { witnesses } = parseGatewayConfig(
    `${MINIMAL}witnesses: [{ url: https://w.example/sub, key: ${WITNESS} }]\n`,
    'g',
  );
  expect(witnesses).toMatchObject([
    {
      url: new URL('https://w.example/sub'),
      key: { name: 'witness.example/w1' },
      certificate: null,
    },
  ]);
});

test.each([
  ['{ url: http://w.example, key: K }', 'witnesses[0].url'],
  ['{ url: http://127.0.0.1.w.example, key: K }', 'witnesses[0].url'],
  ['{ url: https://w.example, key: hello }', 'sigill witness init'],
  ['{ url: https://w.example, key: K, certificate: sha256/x }', 'witnesses[0].certificate'],
  ['{ url: https://w.example, key: K }, { url: https://v.example, key: K }', 'each witness once'],
])('refuses a witness %s', (written, told) => {
  const text = `${MINIMAL}witnesses: [${written.replaceAll('K', WITNESS)}]\n`;
  expect(() => parseGatewayConfig(text, 'g')).toThrow(told);
});

test('reads a cloud, a ledger and sources', () => {
  const config = parseGatewayConfig(
    `${MINIMAL}
cloud: { url: https://cloud.example:7445, certificate: sha256/${Buffer.alloc(32, 7).toString('base64')}, keepMs: 60000 }
ledger: { rpc: http://127.0.0.1:8545, contract: "0x${'ab'.repeat(20)}", keystore: keys/anchor.json }
checkpoint: { intervalMs: 1000 }
sources:
  - name: house-17
    driver: dsmr-p1
    transport: { serial: /dev/serial/by-id/usb-FTDI, baudRate: 115200 }
    cadenceMs: 1000
    options: { zone: Europe/Amsterdam }
  - { name: gate, driver: dsmr-p1, transport: { tcp: "10.0.0.7:5084" }, frames: hash, heartbeats: source }
`,
    '/g/gateway.yaml',
  );
  expect(config.cloud).toEqual({
    url: new URL('https://cloud.example:7445'),
    certificate: new Uint8Array(32).fill(7),
    keepMs: 60_000,
    startWaitMs: 60_000,
    recordsMs: 60_000,
  });
  expect(config.ledger).toEqual({
    kind: 'evm',
    rpc: ['http://127.0.0.1:8545'],
    contract: `0x${'ab'.repeat(20)}`,
    account: { kind: 'keystore', path: '/g/keys/anchor.json' },
    ...{ finality: null, agree: null, maxFeeGwei: 300, bumpAfterMs: 120_000 },
  });
  expect(config.sources).toEqual([
    {
      name: 'house-17',
      driver: 'dsmr-p1',
      transport: {
        ...{ kind: 'serial', path: '/dev/serial/by-id/usb-FTDI' },
        ...{ baudRate: 115_200, dataBits: 8, parity: 'none', stopBits: 1 },
      },
      heartbeatMs: 300_000,
      cadenceMs: 1_000,
      heartbeats: 'device',
      frames: 'keep',
      options: { zone: 'Europe/Amsterdam' },
      commitWindowMs: 200,
      maxPerSecond: null,
    },
    {
      name: 'gate',
      driver: 'dsmr-p1',
      transport: { kind: 'tcp', host: '10.0.0.7', port: 5084 },
      heartbeatMs: 300_000,
      cadenceMs: null,
      heartbeats: 'source',
      frames: 'hash',
      options: {},
      commitWindowMs: 200,
      maxPerSecond: null,
    },
  ]);
});

test.each([
  ['ledger: development', { kind: 'development', port: 7446 }],
  ['ledger: { development: { port: 0 } }', { kind: 'development', port: 0 }],
])('%s', (line, ledger) => {
  expect(parseGatewayConfig(`${MINIMAL}${line}\n`, 'g.yaml').ledger).toEqual(ledger);
});

const REFUSED: [title: string, yaml: string, message: string][] = [
  ['a misspelt key', 'anker: 5', 'g.yaml: anker: no such key; write one of name, origin,'],
  [
    'a misspelt key within a section',
    'batch: { counts: 5 }',
    'g.yaml: batch.counts: no such key; write one of count, bytes, ageMs',
  ],
  [
    'a number written as text',
    'checkpoint: { intervalMs: 10 s }',
    'g.yaml: checkpoint.intervalMs: found 10 s; write a whole number of at least 100, such as 10000',
  ],
  ['a number too small', 'batch: { count: 0 }', 'g.yaml: batch.count: found 0; write a whole'],
  [
    'https without the fingerprint of its certificate',
    'cloud: { url: https://cloud.example }',
    'g.yaml: cloud.certificate: found nothing; write sha256/… of the certificate of cloud.example',
  ],
  [
    'a fingerprint of another form',
    'cloud: { url: https://cloud.example, certificate: "AB:CD" }',
    'g.yaml: cloud.certificate: found AB:CD; write sha256/ and the 44 base64 characters',
  ],
  [
    'an address of another kind',
    'cloud: { url: "mqtt://x" }',
    'g.yaml: cloud.url: found mqtt://x;',
  ],
  [
    'an unknown ledger',
    'ledger: bitcoin',
    'g.yaml: ledger: found bitcoin; write none, development',
  ],
  [
    'a contract address cut short',
    'ledger: { rpc: "http://a:1", contract: "0x12", keystore: k }',
    'g.yaml: ledger.contract: found 0x12; write the 0x… address',
  ],
  [
    'a source name with a capital',
    'sources: [{ name: House }]',
    'g.yaml: sources[0].name: found House',
  ],
];

test.each(REFUSED)('refuses %s', (_title, yaml, message) => {
  expect(() => parseGatewayConfig(`${MINIMAL}${yaml}\n`, 'g.yaml')).toThrow(message);
});

test.each([
  ['no name', 'origin: a.example', 'g.yaml: name: found nothing; write lower-case letters'],
  ['an origin with a scheme', 'name: a\norigin: https://a.example', 'g.yaml: origin: found https:'],
  ['an empty file', '', 'g.yaml: found null; write keys out of name, origin'],
  ['broken YAML, with its place', 'name: [', 'at line 1, column 8'],
  ['one key twice', 'name: a\nname: b', 'Map keys must be unique'],
])('refuses %s', (_title, yaml, message) => {
  expect(() => parseGatewayConfig(yaml, 'g.yaml')).toThrow(message);
});
