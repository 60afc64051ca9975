/**
 * What goes wrong when a box is let in, and what the person at it is told: one sentence with what to do. Whatever
 * stops in between, the same command goes on.
 */

import { generateKeyPairSync } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { connect, createServer as createTlsServer } from 'node:tls';
import { createExchange, type EnrolmentEvent, enrol, parseServerUrl } from '@sigill/edge';
import { createSigner, formatEnrolmentCode, parseEnrolmentCode } from '@sigill/evidence';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { done, type } from '../testing/commands-fixture.ts';
import {
  type EnrollingCloud,
  makeCertificate,
  makeEnrollingCloud,
  shown,
} from '../testing/enrolling-cloud.ts';

const DAY_MS = 86_400_000;

let cloud: EnrollingCloud;
beforeAll(async () => {
  // The cloud takes its clock when it starts, so it is this one that a test turns.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  cloud = await makeEnrollingCloud();
  await cloud.start();
});
afterAll(async () => {
  await cloud?.remove();
  vi.useRealTimers();
});

const enroll = (code: string, folder: string, url = cloud.url) =>
  type('gateway', 'enroll', url, code, folder);
const refusal = async (code: string, folder: string, url?: string) => {
  const { code: exit, err } = await enroll(code, folder, url).ended;
  return [exit, err] as const;
};
const told = (exit: number, code: string, sentence: string) =>
  [exit, expect.stringMatching(new RegExp(`${code}: .*${sentence}`))] as const;
/** As somebody mistypes it, so cleverly that the check digit fits again. */
const otherSecret = (code: string) => {
  const { invitation, secret } = parseEnrolmentCode(code);
  return formatEnrolmentCode({ invitation, secret: secret.with(0, secret[0]! ^ 1) });
};

describe('a code', () => {
  it('with a typing error is told at once, before anything is sent', async () => {
    const folder = await cloud.box('typed');
    const code = await cloud.code();
    const wrong = code.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    expect(await refusal(wrong, folder)).toEqual(told(2, 'CODE_MALFORMED', 'read it again'));
    expect(await refusal(code.slice(0, 9), folder)).toEqual(told(2, 'CODE_MALFORMED', '21 digits'));
  });

  it('that was never given out is told so, and not why', async () => {
    const folder = await cloud.box('stranger');
    const never = formatEnrolmentCode({ invitation: '0000', secret: new Uint8Array(10) });
    const first = await refusal(never, folder);
    expect(first).toEqual(told(1, 'CODE_WRONG', 'ask for a new one'));
    expect(await refusal(otherSecret(await cloud.code()), folder)).toEqual(first);
  });

  it('that another box used is told to both sides', async () => {
    const code = await cloud.code();
    const first = enroll(code, await cloud.box('first'));
    await shown(first);
    expect(await refusal(code, await cloud.box('second'))).toEqual(
      told(1, 'CODE_USED', 'tell the operator if it was not you'),
    );
    first.stop();
    expect(await first.ended).toMatchObject({
      code: 3,
      err: expect.stringContaining('same command'),
    });
  });

  it('is good for seven days', async () => {
    const [folder, code] = [await cloud.box('late'), await cloud.code()];
    vi.setSystemTime(Date.now() + 7 * DAY_MS);
    expect(await refusal(code, folder)).toEqual(told(1, 'CODE_EXPIRED', 'ask for a new one'));
  });

  it('is void after ten wrong tries', async () => {
    const [folder, code] = [await cloud.box('guessed'), await cloud.code()];
    for (let tries = 0; tries < 10; tries += 1) {
      vi.setSystemTime(Date.now() + 60_000); // an address has one try each half minute
      expect(await refusal(otherSecret(code), folder)).toEqual(told(1, 'CODE_WRONG', ''));
    }
    expect(await refusal(code, folder)).toEqual(told(1, 'CODE_VOID', 'ask for a new one'));
  });

  it('is not guessed from one address: it is told to wait', async () => {
    const [folder, code] = [await cloud.box('flood'), await cloud.code()];
    let last: readonly [number, string] = [0, ''];
    for (let tries = 0; tries < 25 && !last[1].includes('ENROLMENT_BUSY'); tries += 1)
      last = await refusal(otherSecret(code), folder);
    expect(last).toEqual(told(3, 'ENROLMENT_BUSY', 'wait some minutes'));
    vi.setSystemTime(Date.now() + 15 * 60_000);
    expect(await refusal(otherSecret(code), folder)).toEqual(told(1, 'CODE_WRONG', ''));
  });
});

describe('a box', () => {
  it('with its clock at 1970 is told by how much, and let in', async () => {
    const events: EnrolmentEvent[] = [];
    const keys = () => {
      const { privateKey } = generateKeyPairSync('ed25519');
      return createSigner(Uint8Array.from(privateKey.export({ type: 'pkcs8', format: 'der' })));
    };
    const stop = new AbortController();
    const asking = enrol({
      code: await cloud.code(),
      identity: { kind: 'gateway', name: 'fresh', agent: keys(), log: keys(), passwordHash: null },
      exchange: createExchange(parseServerUrl(cloud.url)),
      now: () => 12_345,
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
      wait: () => new Promise((resolve) => setTimeout(resolve, 20)),
      tell: (event) => events.push(event),
      signal: stop.signal,
    });
    await vi.waitFor(() => expect(events.at(-1)?.what).toBe('waiting'));
    const box = (await cloud.waiting()).find(({ name }) => name === 'fresh');
    expect(box?.clockOff).toBeLessThan(-50 * 365 * DAY_MS);
    await cloud.approve(box?.fingerprint ?? '');
    expect((await asking).origin).toBe('agency/fresh');
    expect(events[0]).toMatchObject({ what: 'clock', offMs: expect.any(Number) });
  });

  it('that was let in is believed at once, without a restart of the cloud', async () => {
    const folder = await cloud.box('at-once');
    await cloud.letIn(folder);
    const answer = cloud.running().core.register.slotOf('agency/at-once');
    expect(answer.record).toMatchObject({ closed: null, rev: 0 });
    expect(existsSync(join(folder, 'gateway.yaml'))).toBe(true);
  });

  it('whose card was copied is known by its keys', async () => {
    const folder = await cloud.box('original');
    const copy = join(cloud.directory, 'copy');
    cpSync(folder, copy, { recursive: true });
    await cloud.letIn(folder);
    expect(await refusal(await cloud.code(), copy)).toEqual(told(1, 'KEY_KNOWN', 'make new keys'));
  });

  it('that was revoked stays out, with any code', async () => {
    const folder = await cloud.box('stolen');
    const copy = join(cloud.directory, 'stolen-copy');
    cpSync(folder, copy, { recursive: true });
    const fingerprint = await cloud.letIn(folder);
    expect(await done('cloud', 'revoke', cloud.file, fingerprint)).toContain('for ever');
    expect(await refusal(await cloud.code(), copy)).toEqual(
      told(1, 'BOX_REVOKED', 'make new keys'),
    );
    const again = await type('cloud', 'revoke', cloud.file, fingerprint).ended;
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('revoked already')]);
  });

  it('that the operator does not know is told why', async () => {
    const asking = enroll(await cloud.code(), await cloud.box('unknown'));
    const [fingerprint = ''] = await shown(asking);
    await cloud.approve(fingerprint, '--refuse', 'nobody is at that site today');
    const { code, err } = await asking.ended;
    expect([code, err]).toEqual(told(1, 'ENROLMENT_REFUSED', 'nobody is at that site today'));
  });

  it('is let in under the fingerprint it shows, and no other', async () => {
    const asking = enroll(await cloud.code('Väst 12'), await cloud.box('compared'));
    const [fingerprint = ''] = await shown(asking);
    const listed = await done('cloud', 'approve', cloud.file);
    expect(listed).toContain(fingerprint);
    expect(listed).toContain('“Väst 12”');
    const wrong = fingerprint.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    const { code, err } = await type('cloud', 'approve', cloud.file, wrong).ended;
    expect([code, err]).toEqual([1, expect.stringContaining(`there waits: `)]);
    const short = await type('cloud', 'approve', cloud.file, fingerprint.slice(0, 9)).ended;
    expect([short.code, short.err]).toEqual([2, expect.stringContaining('all 16 digits')]);
    asking.stop();
    await asking.ended;
  });

  it('keeps its origin to itself: a second one of the same name needs another', async () => {
    await cloud.letIn(await cloud.box('twice'));
    const asking = enroll(await cloud.code(), await cloud.box('twice'));
    const [fingerprint = ''] = await shown(asking);
    const { code, err } = await type('cloud', 'approve', cloud.file, fingerprint).ended;
    expect([code, err]).toEqual([1, expect.stringContaining('agency/twice-2')]);
    await cloud.approve(fingerprint, '--origin', 'agency/twice-2');
    expect((await asking.ended).out).toContain('Let in as agency/twice-2');
  });

  it('that is let in already says so, and is not given to another operator', async () => {
    const folder = await cloud.box('done');
    await cloud.letIn(folder);
    const again = await enroll(await cloud.code(), folder).ended;
    expect([again.code, again.out]).toEqual([0, expect.stringContaining('enrolled already')]);
    expect(await refusal(await cloud.code(), folder, 'https://elsewhere.example')).toEqual(
      told(1, 'ENROLLED_ELSEWHERE', 'one operator for ever'),
    );
  });
});

describe('somebody in between', () => {
  let proxy: Server;
  afterEach(() => new Promise((resolve) => proxy.close(resolve)));

  /** Ends TLS with a certificate of its own, looks at everything, and passes it on. */
  async function listenBetween(): Promise<{ url: string; seen: () => string }> {
    makeCertificate(cloud.directory, 'between');
    const read = (name: string) => readFileSync(join(cloud.directory, name));
    let seen = '';
    const server = createTlsServer(
      { key: read('between.key'), cert: read('between.crt') },
      (near) => {
        const { hostname: host, port } = new URL(cloud.url);
        const far = connect({ host, port: Number(port), rejectUnauthorized: false });
        near.on('data', (bytes) => {
          seen += bytes.toString('latin1');
        });
        near.pipe(far).pipe(near);
        for (const socket of [near, far]) socket.on('error', () => near.destroy());
      },
    );
    proxy = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    return { url: `https://127.0.0.1:${port}`, seen: () => seen };
  }

  it('is found out by the cloud, which lets nothing through and raises an alarm', async () => {
    const between = await listenBetween();
    const [folder, code] = [await cloud.box('watched'), await cloud.code()];
    expect(await refusal(code, folder, between.url)).toEqual(
      told(1, 'CERTIFICATE_MISMATCH', 'use another network, and tell the operator'),
    );
    expect((await cloud.waiting()).map(({ name }) => name)).not.toContain('watched');
    const alarms = await cloud
      .running()
      .core.database.read((sql) => sql.all('SELECT * FROM alarms'));
    expect(alarms).toMatchObject([{ code: 'CERTIFICATE_MISMATCH', about: code.slice(0, 4) }]);
    // The code itself never went over the line, so it is as good as before.
    expect(between.seen()).toContain(code.slice(0, 4));
    expect(between.seen()).not.toContain(code.slice(5, 9));
    const direct = enroll(code, folder);
    await shown(direct);
    direct.stop();
    await direct.ended;
  });

  it('who answers instead of the cloud is found out by the box', async () => {
    const between = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        const body = JSON.stringify({ box: '', answer: 'gA==', mac: 'AAAA' });
        socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
      });
    });
    proxy = between;
    await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
    const { port } = between.address() as { port: number };
    const folder = await cloud.box('fooled');
    expect(await refusal(await cloud.code(), folder, `http://127.0.0.1:${port}`)).toEqual(
      told(1, 'ENROLMENT_FORGED', 'use another network'),
    );
  });
});

describe('run again', () => {
  it('after the cloud was away in the middle: it goes on by itself', async () => {
    const asking = enroll(await cloud.code(), await cloud.box('patient'));
    const [fingerprint = ''] = await shown(asking);
    await cloud.stop();
    await vi.waitFor(() => expect(asking.said()).toContain('Trying again by itself'), 10_000);
    await cloud.start();
    await cloud.approve(fingerprint);
    const { code, out } = await asking.ended;
    expect([code, out]).toEqual([0, expect.stringContaining('Let in as agency/patient')]);
  });

  it('after a power cut while it waited: the same command is the same box', async () => {
    const [folder, code] = [await cloud.box('cut'), await cloud.code()];
    const first = enroll(code, folder);
    const [fingerprint = ''] = await shown(first);
    first.stop();
    await first.ended;
    await cloud.approve(fingerprint);
    expect(await enroll(code, folder).ended).toMatchObject({ code: 0 });
  });

  it.each(['operator.record', 'slot-.*', 'policy.json', 'gateway.yaml'])(
    'after a power cut before %s was written: nothing is half there',
    async (pattern) => {
      const [folder, code] = [await cloud.box('halfway'), await cloud.code()];
      const asking = enroll(code, folder);
      const [fingerprint = ''] = await shown(asking);
      const name = `halfway-${fingerprint.replaceAll(' ', '')}`;
      // A folder in its place: this file cannot be written, and all before it are.
      const slots = cloud
        .running()
        .core.register.slots()
        .map(({ record }) => record.slot);
      const file = pattern.replace('slot-.*', `slot-${Math.max(0, ...slots) + 1}.record`);
      mkdirSync(join(folder, `${file}.new`));
      await cloud.approve(fingerprint, '--origin', `agency/${name}`);
      expect(await asking.ended).toMatchObject({ code: 3 });
      expect(readFileSync(join(folder, 'gateway.yaml'), 'utf8')).not.toContain('origin: ');
      rmdirSync(join(folder, `${file}.new`));
      expect(await enroll(code, folder).ended).toMatchObject({ code: 0 });
      expect(readFileSync(join(folder, 'gateway.yaml'), 'utf8')).toContain(
        `origin: agency/${name}`,
      );
    },
  );

  it('where nobody answers: it says so after some tries, and what to look at', async () => {
    const folder = await cloud.box('alone');
    const { code, err, out } = await enroll(await cloud.code(), folder, 'https://127.0.0.1:1')
      .ended;
    expect([code, err]).toEqual([3, expect.stringContaining('does not answer (ECONNREFUSED)')]);
    expect(out).toContain('check cable, network and address');
  });

  it('refuses plain HTTP to another machine, and what is no address', async () => {
    const folder = await cloud.box('careful');
    expect(await refusal(await cloud.code(), folder, 'http://cloud.example')).toEqual(
      told(2, 'ENROLMENT_URL', 'https address'),
    );
    expect(await refusal(await cloud.code(), folder, 'cloud')).toEqual(
      told(2, 'ENROLMENT_URL', ''),
    );
  });
});
