import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createBox } from '../doctor/box-fixture.ts';
import { collectSupport } from './collect.ts';
import { needlesOf, scanSecrets } from './scan-secrets.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const SEED = privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(-32);

describe('scanning for secrets', () => {
  it.each([
    ['a key in a log', PEM],
    ['a password in YAML', 'passwordFile: x\npassword: Hunter2-and-more\n'],
    ['a password in JSON', '{"mqttPassword":"Hunter2-and-more"}'],
    ['a password in an address', 'mqtt://anna:Hunter2-and-more@broker.example'],
    ['a bearer token', 'authorization: Bearer Hunter2-and-more'],
    ['a hash of a password', '$scrypt$ln=15,r=8$Hunter2-and-more-of-it'],
    ['an operator link', 'https://cloud.example/operator#Hunter2-and-more'],
    ['an invitation', 'enroll https://c.example 7K3F-9QXM-1234-ABCD-EFGH'],
  ])('takes out %s', (_, text) => {
    const { text: scanned, removed } = scanSecrets(text, []);
    expect(removed).toBeGreaterThan(0);
    expect(scanned).not.toMatch(/Hunter2-and-more|9QXM|MC4CAQ/);
  });

  it.each([
    ['as hex', SEED.toString('hex')],
    ['as base64', SEED.toString('base64')],
    ['as base64url', SEED.toString('base64url')],
    ['as the line of its file', PEM.split('\n')[1]!],
  ])('finds a key of this box %s', (_, spelt) => {
    const { text, removed } = scanSecrets(`x ${spelt} y`, needlesOf(Buffer.from(PEM)));
    expect(text).toBe('x [removed] y');
    expect(removed).toBe(1);
  });

  it('leaves what is no secret', () => {
    const text = 'sources:\n  - name: house-17\n    certificate: sha256/abcdefgh=\n#12 kWh 1.8.1\n';
    expect(scanSecrets(text, needlesOf(Buffer.from(PEM)))).toEqual({ text, removed: 0 });
  });
});

describe('a support file', () => {
  it('tells what the doctor finds, and holds no key wherever it stood', async () => {
    const box = createBox(({ machine }) => {
      machine.files['/proc/version'] = `Linux ${SEED.toString('hex')}`;
      machine.programs['journalctl --no-pager --lines=2000 --output=short-iso -u sigill'] = PEM;
    });
    const { text, removed } = await collectSupport({
      box,
      secrets: [Buffer.from(PEM)],
      status: { note: SEED.toString('base64') },
      configuration: `cloud:\n  url: https://c.example\n# ${PEM.split('\n')[1]}\n`,
      collecting: () => {},
    });
    for (const spelt of [SEED.toString('hex'), SEED.toString('base64'), PEM.split('\n')[1]!]) {
      expect(text).not.toContain(spelt);
    }
    expect(removed).toBeGreaterThanOrEqual(4);
    expect(text).toContain('✓ It runs: it answers');
    expect(text).toContain('===== configuration =====');
  });

  it('keeps the end of what is too long', async () => {
    const box = createBox(({ machine }) => {
      machine.programs['dmesg --level=err,warn'] = `${'x'.repeat(900_000)}the last line`;
    });
    const parts = { box, secrets: [], status: null, configuration: null, collecting: () => {} };
    const { text } = await collectSupport(parts);
    expect(text).toContain('the last line');
    expect(text.length).toBeLessThan(400_000);
  });
});
