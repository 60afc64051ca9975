import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { parseRange } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandIo } from '../command.ts';
import { commands } from '../commands.ts';
import type { Core } from '../core.ts';
import { type CloudFixture, createCloudFixture, postBatches } from '../testing/cloud-fixture.ts';
import { energy, type FixtureReading } from '../testing/site-fixture.ts';
import { parseProveWords, parseTime } from './prove-words.ts';

let fixture: CloudFixture;
let directory: string;
let url: string;
let core: Core;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sigill-range-'));
  fixture = await createCloudFixture();
  const running = await fixture.start();
  ({ url } = running);
  ({ core } = running);
});
afterEach(async () => {
  await fixture.dispose();
  await rm(directory, { recursive: true });
});

// The fixture's agent closes its batches on the last day of January, and what was read before that fits its clock.
const DAY = Date.UTC(2026, 0, 30);
const at = (hours: number, part: FixtureReading = {}): FixtureReading => ({
  device: 'meter',
  time: DAY + 3_600_000 * hours,
  fields: [energy((100 + hours / 10).toFixed(1))],
  ...part,
});

async function send(...batches: { readings: FixtureReading[]; spoilt?: boolean }[]): Promise<void> {
  const { site } = fixture;
  for (const { readings, spoilt = false } of batches) {
    const batch = site.agent.seal(readings, spoilt ? { root: new Uint8Array(32) } : {});
    site.enter(batch);
    await postBatches(url, site.origin, site.seals.length - 1, [batch]);
  }
  const note = site.checkpoint();
  await core.ingest.receipt(note);
  await core.witness?.addCheckpoint(site.addCheckpoint(0, note));
  await core.idle();
}

async function run(name: string, ...args: string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const signal = new AbortController().signal;
  const io: CommandIo = { stdin: new PassThrough(), stdout, stderr, env: {}, signal };
  const code = await commands.find((one) => one.name === name)?.run(args, io);
  return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}
const file = () => join(directory, 'day.sigill');
const prove = (...more: string[]) =>
  run(
    'prove',
    '--source',
    'house-17',
    '--from',
    '2026-01-30',
    '--to',
    '2026-01-31',
    '--cloud',
    url,
    '-o',
    file(),
    ...more,
  );
async function verify(...more: string[]) {
  const policy = join(directory, 'policy.json');
  await writeFile(policy, fixture.ledger.policy);
  const waived = [
    'unrevoked',
    'history',
    'called',
    'anchored',
    'block',
    'bracket',
    'clock',
    'decoded',
  ];
  return run(
    'verify',
    '--policy',
    policy,
    ...waived.flatMap((one) => ['--waive', one]),
    file(),
    ...more,
  );
}

const honest = {
  readings: [at(-1), at(1), at(2, { device: 'gas' }), at(23), at(25), at(25, { device: 'gas' })],
};

describe('proving a day', () => {
  it('writes the file, says what came, and verify says n of n', async () => {
    await send(honest);
    const { code, stdout } = await prove();
    expect([code, stdout]).toEqual([0, `${file()}: 2 streams, 3 readings, complete\n`]);
    const { code: judged, stdout: verdict } = await verify();
    expect(verdict).toContain('device meter: 2 readings, numbers 1 to 2');
    expect(verdict).toContain('✓ complete');
    expect(judged).toBe(0);
  });

  it('names the holes, and the gaps that the agent states; verify does not let them pass', async () => {
    const gap: FixtureReading = {
      kind: 'gap',
      origin: { driver: 'sigill', frameHash: null },
      fields: [
        { name: 'gap.cause', value: 'power', unit: null, code: null },
        { name: 'gap.count', value: '7', unit: null, code: null },
        { name: 'gap.to', value: String(DAY + 3_600_000 * 5), unit: 'ms', code: null },
      ],
    };
    await send(
      { readings: [at(-1), at(1)] },
      { readings: [at(2), at(3)], spoilt: true },
      { readings: [at(5, gap), at(25)] },
    );
    expect((await prove()).stdout).toContain('2 readings, 2 MISSING, 1 gap stated by the agent');
    const { code, stdout } = await verify();
    expect(code).toBe(1);
    expect(stdout).toContain('MISSING, nobody says why: 2 to 3');
    expect(stdout).toContain(
      'the agent states: up to 2026-01-30T05:00:00.000Z: the box was without power, 7 readings lost',
    );
    expect(stdout).toContain('✗ complete');
  });

  it('tells of readings whose times lie elsewhere: the clock jumped', async () => {
    await send({ readings: [at(-1), at(1), at(-20), at(2), at(25)] });
    await prove();
    expect((await verify()).stdout).toContain(
      '1 reading of another time between them: the clock jumped',
    );
  });

  it('computes a number, which verify computes again; a changed one does not pass', async () => {
    await send(honest);
    const assumptions = '{"device":"meter","register":"energy.import"}';
    const asked = [
      '--device',
      'meter',
      '--projection',
      'consumption@v1',
      '--assumptions',
      assumptions,
    ];
    expect((await prove(...asked)).stdout).toContain('2.4 kWh from 1 stream, 2 readings, complete');
    const { code, stdout } = await verify();
    expect(stdout).toContain('What the file says was computed: 2.4 kWh');
    expect(stdout).toContain('✓ recomputed');
    expect(code).toBe(0);
    const text = await readFile(file(), 'utf8');
    await writeFile(file(), text.replace('"value":"2.4"', '"value":"2.3"'));
    const changed = await verify();
    expect(changed.code).toBe(1);
    expect(changed.stdout).toContain('OTHER_NUMBER');
  });

  it('writes to standard output alone what is the file’s', async () => {
    await send(honest);
    const { stdout, stderr } = await prove('-o', '-');
    expect(parseRange(stdout).streams).toHaveLength(2);
    expect(stderr).toContain('2 streams');
  });

  it('tells the verdict as JSON', async () => {
    await send(honest);
    await prove();
    const { stdout } = await verify('--json');
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'range', streams: [{ device: 'gas' }, {}] });
  });

  it('says that nobody read the source, that a cloud is away, or has nothing of that day', async () => {
    await send(honest);
    const other = await prove('--source', 'nowhere');
    expect([other.code, other.stderr]).toEqual([
      1,
      expect.stringContaining('no agent has read nowhere'),
    ]);
    const empty = await prove('--from', '2020-01-01', '--to', '2020-01-02');
    expect([empty.code, empty.stderr]).toEqual([1, expect.stringContaining('RANGE_EMPTY')]);
    const away = await prove('--cloud', 'http://127.0.0.1:1');
    expect([away.code, away.stderr]).toEqual([3, expect.stringContaining('does not answer')]);
    expect(await readdir(directory)).toEqual([]);
  });
});

describe('the words of prove', () => {
  const words = (...args: string[]) => parseProveWords(['--cloud', 'http://c', '-o', 'f', ...args]);

  it('takes days in UTC and times with their offset', () => {
    expect(parseTime('2026-11-01')).toBe(Date.UTC(2026, 10, 1));
    expect(parseTime('2026-11-01T06:30:00+02:00')).toBe(Date.UTC(2026, 10, 1, 4, 30));
    for (const wrong of ['2026-11-31', '2026-11', 'today', '2026-11-01T06:00', '1969-12-31'])
      expect(parseTime(wrong), wrong).toBeNull();
  });

  it.each([
    [['--source', 's'], '--from and --to are expected'],
    [['--source', 's', '--from', 'x', '--to', '2026-01-02'], 'a day as 2026-11-01'],
    [['--source', 's', '--from', '2026-01-02', '--to', '2026-01-02'], 'a later time'],
    [['--source', 's', 'a/1', '--from', '2026-01-01', '--to', '2026-01-02'], 'not both'],
    [
      ['--source', 's', '--from', '2026-01-01', '--to', '2026-01-02', '--agent', 'x'],
      '32 hexadecimal',
    ],
    [
      ['--source', 's', '--from', '2026-01-01', '--to', '2026-01-02', '--assumptions', '{}'],
      'goes with --projection',
    ],
    [['--from', '2026-01-01', `${'0'.repeat(32)}/1`], '--from goes with --source'],
  ])('%j: %s', (args, message) => {
    expect(words(...args)).toContain(message);
  });
});
