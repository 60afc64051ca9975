import { expect, it } from 'vitest';
import { parseAgentConfig } from './agent-config.ts';

const PIN = `sha256/${Buffer.alloc(32, 7).toString('base64')}`;

it('before enrolment has a name and sources, and no standing', () => {
  const config = parseAgentConfig('name: shed-3', '/box/agent.yaml');
  expect(config).toMatchObject({
    ...{ name: 'shed-3', standing: null, directory: '/box', sources: [] },
    ...{ data: '/box/data', keys: '/box/keys' },
    batch: { count: 500, bytes: 131_072, ageMs: 10_000 },
  });
});

it('after enrolment names origin and gateway', () => {
  const text = `
name: shed-3
origin: sigill.example/site
gateway: { url: "mqtts://gateway.example:8883", certificate: ${PIN} }
data: /var/lib/sigill
batch: { count: 10, bytes: 9999999, ageMs: 1000 }
sources:
  - { name: scale, driver: scale, transport: { tcp: "127.0.0.1:4001" } }
`;
  const config = parseAgentConfig(text, '/box/agent.yaml');
  expect(config.standing).toEqual({
    origin: 'sigill.example/site',
    gateway: { url: 'mqtts://gateway.example:8883', certificate: PIN },
  });
  expect(config.data).toBe('/var/lib/sigill');
  // More does not go into one packet.
  expect(config.batch.bytes).toBeLessThan(261_120);
  expect(config.sources.map(({ name }) => name)).toEqual(['scale']);
});

it.each([
  ['name: Shed 3', /name: found Shed 3; write lower-case/],
  ['name: a\ngateway: { url: "mqtt://10.0.0.7:1883" }', /write mqtts:/],
  ['name: a\ngateway: { url: "https://10.0.0.7" }', /gateway\.url: found https/],
  [
    'name: a\ngateway: { url: "mqtts://h", certificate: abc }\norigin: a.b/c',
    /certificate: found abc/,
  ],
  ['name: a\norigin: sigill.example/site', /gateway\.url: found nothing/],
  [
    'name: a\nsources: [{ name: b, driver: mqtt-json, transport: { broker: x } }]',
    /an agent has no broker/,
  ],
  ['name: a\ncloud: {}', /cloud: no such key/],
  ['name: [', /agent\.yaml: /],
])('refuses %j', (text, message) => {
  expect(() => parseAgentConfig(text, '/box/agent.yaml')).toThrow(message);
});
