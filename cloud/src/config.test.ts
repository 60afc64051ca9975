import { expect, it } from 'vitest';
import { parseCloudConfig } from './config.ts';

const RECORDS = 'records: [operator.record, slot-1.record]\n';

it('fills in what is not said: loopback, its port, files beside it', () => {
  expect(parseCloudConfig(RECORDS, '/etc/sigill/cloud.yaml')).toEqual({
    listen: { host: '127.0.0.1', port: 7445, names: [], tls: null },
    data: '/etc/sigill/cloud-data',
    records: ['/etc/sigill/operator.record', '/etc/sigill/slot-1.record'],
    witness: null,
    policy: '/etc/sigill/policy.json',
    ledger: null,
    demonstration: false,
    public: null,
    origins: 'sigill.example',
    operator: null,
    tiles: null,
  });
});

it('reads everything that can be said', () => {
  const text = `${RECORDS}
listen: { host: 0.0.0.0, port: 0, names: [cloud.example], tls: { key: tls.pem, certificate: /etc/ssl/cloud.pem } }
data: /var/lib/sigill
witness: { name: witness.example/one, key: keys/witness.pem }
policy: other.json
ledger: { rpc: 'http://127.0.0.1:7446' }
demonstration: true
public: { url: https://cloud.example/, certificate: proxy.pem }
origins: example.org/nature
operator: { key: keys/operator.pem }
tiles: { token: keys/tiles-tokens }
`;
  expect(parseCloudConfig(text, '/etc/sigill/cloud.yaml')).toMatchObject({
    listen: {
      host: '0.0.0.0',
      port: 0,
      names: ['cloud.example'],
      tls: { key: '/etc/sigill/tls.pem', certificate: '/etc/ssl/cloud.pem' },
    },
    data: '/var/lib/sigill',
    witness: { name: 'witness.example/one', key: '/etc/sigill/keys/witness.pem' },
    ledger: { rpc: 'http://127.0.0.1:7446' },
    demonstration: true,
    public: { url: 'https://cloud.example', certificate: '/etc/sigill/proxy.pem' },
    origins: 'example.org/nature',
    operator: { key: '/etc/sigill/keys/operator.pem' },
    tiles: { token: '/etc/sigill/keys/tiles-tokens' },
  });
});

it('takes the pin of a proxy’s certificate as it stands', () => {
  const pin = `sha256/${Buffer.alloc(32, 7).toString('base64')}`;
  const text = `${RECORDS}public: { url: 'https://cloud.example', certificate: ${pin} }`;
  expect(parseCloudConfig(text, 'c').public?.certificate).toBe(pin);
});

it.each(['0.0.0.0', '::', '192.0.2.1', 'cloud.example', '127.example.org'])(
  'refuses to listen on %s without TLS, and says what to do',
  (host) => {
    expect(() => parseCloudConfig(`${RECORDS}listen: { host: '${host}' }`, 'cloud.yaml')).toThrow(
      expect.objectContaining({
        code: 'LISTEN_OPEN',
        message: expect.stringContaining('listen.tls'),
      }),
    );
  },
);

it.each(['127.0.0.1', '::1', 'localhost', '127.8.8.8'])('takes %s as this machine', (host) => {
  expect(parseCloudConfig(`${RECORDS}listen: { host: '${host}' }`, 'c').listen.host).toBe(host);
});

it.each([
  ['', 'c: found null; write keys out of'],
  ['listen: {}', 'c: records: found nothing; write record files'],
  [
    `${RECORDS}listen: { port: 70000 }`,
    'c: listen.port: found 70000; write a port from 0 to 65535',
  ],
  [`${RECORDS}lisen: {}`, 'c: lisen: found "lisen"; write one of listen, data'],
  [`${RECORDS}witness: { name: a }`, 'c: witness.key: found nothing; write a key file'],
  [`${RECORDS}witness: { name: 'a b', key: k }`, 'c: witness.name: found "a b"'],
  [
    `${RECORDS}demonstration: yes please`,
    'c: demonstration: found "yes please"; write true or false',
  ],
  [`${RECORDS}ledger: { rpc: ftp://x }`, 'c: ledger.rpc: found "ftp://x"; write an address'],
  [`${RECORDS}listen: []`, 'c: listen: found []; write keys out of host, port, names, tls'],
])('refuses %j with the key and the remedy', (text, message) => {
  expect(() => parseCloudConfig(text, 'c')).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(message) }),
  );
});

it('says where the YAML itself is broken', () => {
  expect(() => parseCloudConfig('listen: {', 'c')).toThrow(
    expect.objectContaining({ code: 'CONFIG_SYNTAX', message: expect.stringContaining('line 1') }),
  );
});
