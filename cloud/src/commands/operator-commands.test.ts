import { execFileSync } from 'node:child_process';
import { readFile, rm, stat } from 'node:fs/promises';
import { parsePolicy } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askToBeLetIn } from '../../web/testing/asking-box.ts';
import { createOperatorFixture, NAMED, type OperatorFixture } from '../testing/operator-fixture.ts';
import { writeCertificate } from '../testing/tls-fixture.ts';

let fixture: OperatorFixture;
beforeEach(async () => {
  fixture = await createOperatorFixture();
});
afterEach(() => fixture.dispose());

const { at, run, json, start, file } = {
  at: (...names: string[]) => fixture.at(...names),
  run: (...args: Parameters<OperatorFixture['run']>) => fixture.run(...args),
  json: (...args: Parameters<OperatorFixture['json']>) => fixture.json(...args),
  start: (...args: Parameters<OperatorFixture['start']>) => fixture.start(...args),
  file: () => fixture.file,
};

describe('cloud init', () => {
  it('makes an operator, a witness, a policy and a configuration that belong together', async () => {
    const { code, out } = await run(
      'cloud init',
      fixture.directory,
      ...NAMED,
      '--ledger',
      'development',
    );
    expect([code, out]).toEqual([0, expect.stringMatching(/Operator key {2}([0-9a-f]{4} ?){4}/)]);
    const policy = parsePolicy(await readFile(at('policy.json'), 'utf8'));
    expect(policy.ledger?.profile.id).toBe('development');
    const { core } = await start();
    expect(core.register.operatorChain()).toHaveLength(1);
    expect([...policy.witnesses.witnesses.keys()]).toEqual(['witness.agency.example']);
    for (const name of ['operator.pem', 'operator-next.pem', 'witness.pem', 'anchor.json.password'])
      expect((await stat(at('keys', name))).mode & 0o777).toBe(0o600);
    expect((await stat(at('keys'))).mode & 0o777).toBe(0o700);
  });

  it('overwrites nothing', async () => {
    await run('cloud init', fixture.directory, ...NAMED);
    const before = await readFile(at('keys/operator.pem'));
    const again = await run('cloud init', fixture.directory, ...NAMED);
    expect([again.code, again.err]).toEqual([3, expect.stringContaining('nothing is overwritten')]);
    expect(await readFile(at('keys/operator.pem'))).toEqual(before);
  });

  it.each([
    [[], '--name is missing'],
    [['--name', 'My Agency'], 'lower-case'],
    [[...NAMED, '--ledger', 'ethereum'], 'write none or development'],
    [['--name', 'a', '--listen', '0.0.0.0:7445'], 'listen.tls'],
    [['--name', 'a', '--listen', '7445'], 'HOST:PORT'],
    [['--name', 'a', '--tls-key', 'x'], 'come together'],
    [['--name', 'a', '--origins', 'https://x'], 'origins'],
    [[...NAMED, 'another'], 'one directory'],
  ])('explains a mistake, and makes nothing: %j', async (args, message) => {
    const { code, err } = await run('cloud init', fixture.directory, ...args);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
    await expect(stat(at('keys'))).rejects.toThrow();
  });
});

describe('commands to a cloud', () => {
  beforeEach(async () => {
    await run('cloud init', fixture.directory, ...NAMED);
  });

  it('that has never run, or does not run now, say what to start', async () => {
    const never = await run('cloud invite', file());
    expect([never.code, never.err]).toEqual([3, expect.stringContaining('sigill cloud run')]);
    await start();
    await fixture.stop();
    const stopped = await run('cloud approve', file());
    expect([stopped.code, stopped.err]).toEqual([3, expect.stringContaining('does not answer')]);
  });

  it('refuse without a file, and one that is none', async () => {
    for (const name of ['cloud invite', 'cloud approve', 'cloud revoke', 'cloud operator-link'])
      expect((await run(name)).code, name).toBe(2);
    expect((await run('cloud invite', at('nowhere.yaml'))).err).toContain('FILE_MISSING');
  });

  it('show a code with its QR code once, and keep only what is needed to know it again', async () => {
    await start();
    const { out } = await run('cloud invite', file(), '--for', 'Väst 12');
    expect(out).toMatch(/^ {2}([0-9A-Z]{4}-){4}[0-9A-Z]{5}$/m);
    expect(out).toContain('▀');
    expect((await run('cloud approve', file())).out).toContain('No box waits');
  });

  it('let an operator sign far from the cloud, with a link that opens once', async () => {
    const { url } = await start();
    const { code } = await json('cloud invite', file(), '--json');
    const fingerprint = await askToBeLetIn(url, code, 'house-17');
    const { link } = await json('cloud operator-link', file(), '--json');
    const there = ['--cloud', url, '--link', link, '--key', at('keys/operator.pem')];
    const first = await run('cloud approve', ...there, ...fingerprint.split(' '));
    expect([first.code, first.out]).toEqual([
      0,
      expect.stringContaining('agency.example/house-17'),
    ]);
    expect(fixture.cloud.core.register.slotOf('agency.example/house-17').record.slot).toBe(1);
    const again = await run('cloud approve', ...there);
    expect([again.code, again.err]).toEqual([3, expect.stringContaining('used already')]);
    const without = await run('cloud approve', ...there.slice(0, 2));
    expect([without.code, without.err]).toEqual([2, expect.stringContaining('operator-link')]);
  });

  it('send a link’s token to nobody but the cloud whose certificate it names', async () => {
    await writeCertificate(fixture.directory);
    execFileSync('chmod', ['600', at('tls.pem')]);
    const tls = 'port: 0, tls: { key: tls.pem, certificate: certificate.pem }';
    const { url } = await start((text) => text.replace('port: 0', tls));
    const { link, certificate } = await json('cloud operator-link', file(), '--json');
    const other = `sha256/${Buffer.alloc(32).toString('base64')}`;
    const to = ['--cloud', url, '--link', link, '--json'];
    const wrong = await run('cloud approve', ...to, '--certificate', other);
    expect([wrong.code, wrong.err]).toEqual([3, expect.stringContaining('nothing was sent')]);
    const unnamed = await run('cloud approve', ...to);
    expect([unnamed.code, unnamed.err]).toEqual([3, expect.stringContaining('does not answer')]);
    const right = await run('cloud approve', ...to, '--certificate', certificate);
    expect([right.code, JSON.parse(right.out)]).toEqual([0, { waiting: [] }]);
    const plain = await run('cloud approve', '--cloud', 'http://cloud.example', '--link', link);
    expect([plain.code, plain.err]).toEqual([2, expect.stringContaining('https://')]);
  });

  it('sign nothing with a key that is not the operator’s', async () => {
    const { url } = await start();
    const { code } = await json('cloud invite', file(), '--json');
    const fingerprint = await askToBeLetIn(url, code, 'house-17');
    const wrong = ['--key', at('keys/witness.pem')];
    const { code: exit, err } = await run('cloud approve', file(), fingerprint, ...wrong);
    expect([exit, err]).toEqual([3, expect.stringContaining('OPERATOR_KEY_WRONG')]);
    await rm(at('keys/operator.pem'));
    const none = await run('cloud approve', file(), fingerprint);
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('give it with --key')]);
  });

  it('say who waits as JSON too, with the request as the box signed it', async () => {
    const { url } = await start();
    const { code } = await json('cloud invite', file(), '--json', '--for', 'Väst 12');
    const fingerprint = await askToBeLetIn(url, code, 'house-17');
    expect((await json('cloud approve', file(), '--json')).waiting).toMatchObject([
      { name: 'house-17', fingerprint, madeFor: 'Väst 12', request: expect.any(String) },
    ]);
  });
});
