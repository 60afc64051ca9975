import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { parseEvidence } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandIo } from './command.ts';
import { commands } from './commands.ts';
import { type CloudFixture, createCloudFixture, postBatches } from './testing/cloud-fixture.ts';

function run(name: string, args: readonly string[]) {
  const command = commands.find((one) => one.name === name);
  const stop = new AbortController();
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const io: CommandIo = { stdin: new PassThrough(), stdout, stderr, env: {}, signal: stop.signal };
  const done = (command?.run(args, io) ?? Promise.reject(new Error(name))).then((code) => ({
    code,
    stdout: String(stdout.read() ?? ''),
    stderr: String(stderr.read() ?? ''),
  }));
  return { done, stop, stdout };
}

let fixture: CloudFixture;
beforeEach(async () => {
  fixture = await createCloudFixture();
});
afterEach(() => fixture.dispose());

describe('cloud run', () => {
  it('says where it answers, and stops when told', async () => {
    const { done, stop, stdout } = run('cloud run', [fixture.configFile]);
    const [first] = await new Promise<[string]>((resolve) =>
      stdout.once('readable', () => resolve([String(stdout.read())])),
    );
    expect((await fetch(`${first.trim()}/health`)).status).toBe(200);
    stop.abort();
    expect(await done).toMatchObject({ code: 0 });
  });

  it('asks for one file', async () => {
    expect(await run('cloud run', []).done).toMatchObject({ code: 2 });
    expect(await run('cloud run', ['a', 'b']).done).toMatchObject({ code: 2 });
  });

  it('names the file that is missing', async () => {
    await expect(run('cloud run', ['/nowhere.yaml']).done).rejects.toMatchObject({
      code: 'FILE_MISSING',
      message: expect.stringContaining('/nowhere.yaml'),
    });
    await rm(join(fixture.directory, 'witness.pem'));
    await expect(run('cloud run', [fixture.configFile]).done).rejects.toMatchObject({
      code: 'FILE_MISSING',
      message: expect.stringContaining('openssl genpkey'),
    });
  });

  it('refuses a port that is taken, and leaves its stores to the one who has them', async () => {
    const { url } = await fixture.start();
    await writeFile(
      join(fixture.directory, 'second.yaml'),
      (await readFile(fixture.configFile, 'utf8'))
        .replace('port: 0', `port: ${new URL(url).port}`)
        .replace('data: data', 'data: data-2'),
    );
    const second = run('cloud run', [join(fixture.directory, 'second.yaml')]).done;
    await expect(second).rejects.toMatchObject({ code: 'LISTEN_FAILED' });
    await expect(run('cloud run', [fixture.configFile]).done).rejects.toMatchObject({
      code: 'ARCHIVE_IN_USE',
    });
  });
});

describe('prove', () => {
  let directory: string;
  let url: string;
  let name: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sigill-prove-'));
    const { site } = fixture;
    name = site.agent.name;
    ({ url } = await fixture.start());
    const batch = site.agent.seal([{}, {}]);
    site.enter(batch);
    await postBatches(url, site.origin, 0, [batch]);
    const body = site.checkpoint();
    await fetch(`${url}/ingest/v1/receipt`, { method: 'POST', body });
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('writes the evidence file of a reading', async () => {
    const file = join(directory, 'one.sigill');
    const { code } = await run('prove', [`${name}/1`, '--cloud', url, '-o', file]).done;
    expect(code).toBe(0);
    expect(parseEvidence(await readFile(file, 'utf8')).readings[0]?.index).toBe(1);
    const { stdout } = await run('prove', [`${name}/1`, '--cloud', url, '-o', '-']).done;
    expect(stdout).toBe(await readFile(file, 'utf8'));
  });

  it('writes a file for each of several readings', async () => {
    const file = join(directory, 'some.sigill');
    await run('prove', [`${name}/0`, `${name}/1`, '--cloud', url, '-o', file]).done;
    const second = await readFile(join(directory, `some-${name}-1.sigill`), 'utf8');
    expect(parseEvidence(second).readings[0]?.index).toBe(1);
  });

  it('tells why there is no evidence', async () => {
    expect(await run('prove', [`${name}/9`, '--cloud', url, '-o', '-']).done).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('[READING_UNKNOWN]'),
    });
  });

  it.each([
    [['--cloud', 'http://127.0.0.1:1', '-o', '-'], 'AGENT/SEQ is expected'],
    [['x/1', '--cloud', 'http://127.0.0.1:1', '-o', '-'], 'x/1: AGENT/SEQ is expected'],
    [['x/1', '-o', '-'], '--cloud URL is expected'],
    [['x/1', '--cloud', 'http://127.0.0.1:1'], '-o FILE is expected'],
    [['x/1', '--cloud', 'house', '-o', '-'], 'an address such as'],
    [['--what'], 'what'],
  ])('tells how it is used: %j', async (args, message) => {
    const { code, stderr } = await run('prove', args).done;
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('tells when the cloud does not answer', async () => {
    const nobody = ['--cloud', 'http://127.0.0.1:1', '-o', '-'];
    expect(await run('prove', [`${name}/0`, ...nobody]).done).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('does not answer'),
    });
  });
});

describe('a cloud that is killed while it takes batches in', () => {
  const RUN = `
    import { commands } from ${JSON.stringify(join(import.meta.dirname, 'commands.ts'))};
    const { stdout, stderr, stdin, env } = process;
    const command = commands.find(({ name }) => name === 'cloud run');
    await command.run([process.argv.at(-1)], { stdin, stdout, stderr, env, signal: new AbortController().signal });
  `;

  async function startChild(): Promise<{ child: ChildProcess; url: string }> {
    const args = ['--input-type=module', '-e', RUN, fixture.configFile];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout?.once('data', (bytes) => resolve(String(bytes).trim()));
      child.once('exit', (code) => reject(new Error(`the cloud ended with ${code}`)));
    });
    return { child, url };
  }

  async function kill(child: ChildProcess): Promise<void> {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  it('has everything it answered for, once, and goes on', async () => {
    const { site } = fixture;
    const count = 60;
    const batches = Array.from({ length: count }, () => site.agent.seal(Array(20).fill({})));
    site.enter(...batches);
    let acknowledged = 0;
    for (let round = 0; acknowledged < count; round++) {
      const { child, url } = await startChild();
      const state = await (
        await fetch(`${url}/ingest/v1/state?origin=${encodeURIComponent(site.origin)}`)
      ).json();
      const { next } = state as { next: number };
      expect(next).toBeGreaterThanOrEqual(acknowledged);
      acknowledged = next;
      const posting = (async () => {
        while (acknowledged < count) {
          const answer = await postBatches(
            url,
            site.origin,
            acknowledged,
            batches.slice(acknowledged, acknowledged + 3),
          );
          acknowledged = ((await answer.json()) as { next: number }).next;
        }
      })().catch(() => {}); // the line breaks when it is killed
      if (round < 3) {
        const enough = 12 * (round + 1) + 1;
        while (acknowledged < enough) await new Promise((resolve) => setImmediate(resolve));
      } else await posting;
      await kill(child);
      await posting;
    }
    const cloud = await fixture.start();
    await cloud.core.idle();
    await cloud.core.ingest.receipt(site.checkpoint());
    const name = { agent: site.agent.name, source: 'house-17', device: 'meter' };
    const all = { from: 0, to: 1e15, points: 10_000 };
    const range = await cloud.core.store.range({ ...name, field: 'energy.import' }, all);
    expect(range?.values).toEqual(Array.from({ length: count * 20 }, (_, i) => i + 0.5));
  });
});
