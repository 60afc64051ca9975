/**
 * A cloud that lets boxes in, over TLS with a certificate nobody vouches for, and what its operator does.
 * @module
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningCloud, readCloudConfig, startCloud } from '@sigill/cloud';
import { pino } from 'pino';
import { done, type } from './commands-fixture.ts';
import { freePort } from './waiting.ts';

export interface EnrollingCloud {
  readonly directory: string;
  readonly url: string;
  readonly file: string;
  running(): RunningCloud;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** A code for one gateway. */
  code(madeFor?: string): Promise<string>;
  waiting(): Promise<{ name: string; fingerprint: string; clockOff: number }[]>;
  approve(fingerprint: string, ...more: string[]): Promise<string>;
  /** A box called `name` in a folder of its own, not let in yet. Gives the folder. */
  box(name: string): Promise<string>;
  /** Asks with a new code, approves, and waits until the files are there. Gives the fingerprint. */
  letIn(folder: string): Promise<string>;
  remove(): Promise<void>;
}

export async function makeEnrollingCloud(): Promise<EnrollingCloud> {
  const directory = await mkdtemp(join(tmpdir(), 'sigill-enrolling-'));
  const at = (...names: string[]) => join(directory, ...names);
  makeCertificate(directory, 'cloud');
  const port = await freePort();
  const tls = ['--tls-key', at('cloud.key'), '--tls-certificate', at('cloud.crt')];
  const listen = ['--listen', `127.0.0.1:${port}`];
  await done('cloud', 'init', at('cloud'), '--name', 'agency', ...listen, ...tls);
  const file = at('cloud', 'cloud.yaml');
  const url = `https://127.0.0.1:${port}`;
  let running: RunningCloud | null = null;
  const waiting = async () => JSON.parse(await done('cloud', 'approve', file, '--json')).waiting;
  const cloud: EnrollingCloud = {
    ...{ directory, url, file, waiting },
    running: () => running as RunningCloud,
    async start() {
      running = await startCloud(await readCloudConfig(file), {
        logger: pino({ level: 'silent' }),
      });
    },
    async stop() {
      await running?.stop();
      running = null;
    },
    async code(madeFor) {
      const note = madeFor === undefined ? [] : ['--for', madeFor];
      return JSON.parse(await done('cloud', 'invite', file, '--json', ...note)).code;
    },
    approve: (fingerprint, ...more) => done('cloud', 'approve', file, fingerprint, ...more),
    async box(name) {
      const folder = at(`${name}-${boxes++}`);
      await done('gateway', 'init', folder, '--name', name);
      return folder;
    },
    async letIn(folder) {
      const enroll = type('gateway', 'enroll', url, await cloud.code(), folder);
      const [fingerprint = ''] = await shown(enroll);
      await cloud.approve(fingerprint);
      const { code, err } = await enroll.ended;
      if (code !== 0) throw new Error(err);
      return fingerprint;
    },
    async remove() {
      await cloud.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
  let boxes = 0;
  return cloud;
}

/** The digits a box shows, once the operator is asked. */
export async function shown(enroll: { said(): string; ended: Promise<unknown> }) {
  let over = false;
  void enroll.ended.then(() => {
    over = true;
  });
  while (!enroll.said().includes('is asked')) {
    if (over) throw new Error(`it ended: ${enroll.said()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return /([0-9a-f]{4} ){3}[0-9a-f]{4}/.exec(enroll.said()) ?? [];
}

/** `name.key` and `name.crt`, for this machine, signed by itself. */
export function makeCertificate(directory: string, name: string): void {
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-keyout', join(directory, `${name}.key`), '-out', join(directory, `${name}.crt`)],
      ...['-days', '2', '-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'],
    ],
    { stdio: 'ignore' },
  );
  execFileSync('chmod', ['600', join(directory, `${name}.key`)]);
}

export async function replaceIn(file: string, from: string | RegExp, to: string): Promise<void> {
  await writeFile(file, (await readFile(file, 'utf8')).replace(from, to));
}
