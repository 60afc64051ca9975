import { createConfigSection } from '@sigill/edge';
import { describe, expect, it } from 'vitest';
import { DEFAULT_BROKER_LIMITS, readBroker } from './broker-config.ts';

const read = (broker: unknown) =>
  readBroker(createConfigSection('gateway.yaml', '', { broker }, null), (file) => `/etc/${file}`);
const plain = { host: '127.0.0.1', port: 1883 };

describe('the broker section', () => {
  it('absent, there is no broker', () => {
    expect(readBroker(createConfigSection('gateway.yaml', '', {}, null), String)).toBeNull();
  });

  it('says where to listen; all else has a default', () => {
    const tls = {
      key: '/etc/keys/broker-tls.pem',
      certificate: '/etc/broker-tls.crt',
      clients: 'none',
    };
    expect(read({ listen: [plain, { host: '0.0.0.0', tls: {} }] })).toEqual({
      listen: [
        { ...plain, tls: null },
        { host: '0.0.0.0', port: 8883, tls },
      ],
      clients: '/etc/keys/broker-clients.json',
      limits: DEFAULT_BROKER_LIMITS,
    });
  });

  it('listens without TLS on loopback alone', () => {
    for (const host of ['0.0.0.0', '192.168.1.5', '::', 'example.org']) {
      expect(() => read({ listen: [{ host, port: 1883 }] })).toThrow(
        /broker\.listen\[0\]\.host.*tls/,
      );
    }
    for (const host of ['localhost', '::1', '127.0.0.53']) {
      expect(read({ listen: [{ host, port: 1883 }] })?.listen[0]?.host).toBe(host);
    }
  });

  it.each([
    [{}, 'broker.listen'],
    [{ listen: [{ ...plain, port: 70_000 }] }, 'broker.listen[0].port'],
    [{ listen: [plain], limits: { packetBytes: 3 } }, 'broker.limits.packetBytes'],
    [{ listen: [plain], limits: { speed: 3 } }, 'broker.limits.speed'],
    [{ listen: [{ host: '::', tls: { clients: 'perhaps' } }] }, 'broker.listen[0].tls.clients'],
  ])('a wrong value is refused with its place (%#)', (broker, place) => {
    expect(() => read(broker)).toThrow(place);
  });
});
