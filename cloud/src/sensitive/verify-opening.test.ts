/** What a court does: two files, one policy, no server. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { decodeBatch, type Field, leafHash, parseDecimal } from '@sigill/evidence';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyCommand } from '../proofs/verify-command.ts';
import { type CoreFixture, openCoreFixture } from '../testing/core-fixture.ts';
import type { FixtureReading } from '../testing/site-fixture.ts';
import { START } from '../testing/site-fixture.ts';
import type { Witness } from '../witness/witness.ts';

const HOUR_MS = 3_600_000;
// No anchor is final here, and no frame was kept: what a twin says is not about those.
const WAIVED = [
  'unrevoked',
  'history',
  'called',
  'anchored',
  'block',
  'bracket',
  'clock',
  'decoded',
];
let fixture: CoreFixture;

const field = (name: string, value: Field['value'], unit: string | null = null): Field => ({
  ...{ name, value, unit, code: null },
});
const fix = (latitude: string, longitude: string): FixtureReading => ({
  ...{ source: 'wolf', device: 'w-1', kind: 'position' },
  fields: [
    field('position.latitude', parseDecimal(latitude), 'lat'),
    field('position.longitude', parseDecimal(longitude), 'lon'),
  ],
});
const twin = (exact: Uint8Array, cell: string): FixtureReading => ({
  ...{ source: 'wolf~cell', device: 'w-1', kind: 'position' },
  time: Math.floor(START / HOUR_MS) * HOUR_MS,
  clock: { quality: 1, maxErrorMs: 2 * HOUR_MS, deviceTime: null, uptimeMs: 0 },
  origin: { driver: 'sigill', frameHash: null },
  fields: [
    field('cell.exact', leafHash(exact)),
    field('cell.grid', 'c-squares'),
    field('cell.id', cell),
    field('cell.period', parseDecimal(String(HOUR_MS)), 'ms'),
    field('cell.resolution', parseDecimal('0.1'), 'deg'),
  ],
});

beforeAll(async () => {
  fixture = await openCoreFixture();
  const { site, core, ledger, directory } = fixture;
  const exact = site.agent.seal([fix('63.4181', '12.0934'), fix('63.4999', '12.0001')]);
  const [first] = decodeBatch(exact.bytes).readings as [Uint8Array];
  const twins = site.agent.seal([twin(first, '1601:132:140'), twin(first, '1601:132:141')]);
  site.enter(exact, twins);
  await core.ingest.batches(site.origin, 0, [exact.bytes, twins.bytes]);
  const note = site.checkpoint();
  await core.ingest.receipt(note);
  await (core.witness as Witness).addCheckpoint(site.addCheckpoint(0, note));
  await core.ingest.anchor(ledger.anchor(note));
  for (const [seq, name] of ['exact', 'other', 'twin', 'elsewhere'].entries())
    await writeFile(join(directory, `${name}.sigill`), await core.evidence(site.agent.id, seq));
  await writeFile(join(directory, 'policy.json'), ledger.policy);
});
afterAll(() => fixture.dispose());

async function open(twinName: string, exactName: string, ...more: string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const io = { stdin: new PassThrough(), stdout, stderr, env: {} };
  const path = (name: string) => join(fixture.directory, name);
  const waived = ['--offline', ...WAIVED.flatMap((claim) => ['--waive', claim])];
  const args = ['--policy', path('policy.json'), ...waived, '--opens', path(`${twinName}.sigill`)];
  const signal = new AbortController().signal;
  const code = await verifyCommand.run([...args, path(`${exactName}.sigill`), ...more], {
    ...io,
    signal,
  });
  return { code, stdout: String(stdout.read() ?? '') };
}

describe('sigill verify --opens', () => {
  it('says that the exact reading is the one the twin was sealed of', async () => {
    const { code, stdout } = await open('twin', 'exact');
    expect(stdout).toContain('✓ names      The twin was sealed of this very reading');
    expect(stdout).toContain('the fix lies in cell 1601:132:140 of c-squares');
    expect(stdout).toContain('OPENED');
    expect(code).toBe(0);
  });

  it('says what does not agree', async () => {
    const other = await open('twin', 'other');
    expect(other.stdout).toContain('another reading [OTHER_READING]');
    expect(other.stdout).toContain('NOT OPENED');
    expect(other.code).toBe(1);
    const elsewhere = await open('elsewhere', 'exact');
    expect(elsewhere.stdout).toContain('the twin names 1601:132:141 [OTHER_CELL]');
    expect(elsewhere.code).toBe(1);
    expect((await open('exact', 'twin')).stdout).toContain('[NOT_A_TWIN]');
  });

  it('tells programs the same', async () => {
    const { stdout } = await open('twin', 'exact', '--json');
    const verdict = JSON.parse(stdout);
    expect(verdict).toMatchObject({ kind: 'opening', twin: { kind: 'reading' } });
    expect(verdict.claims.map(({ claim, holds }: never) => `${claim} ${holds}`)).toEqual([
      ...['names yes', 'stream yes', 'cell yes', 'period yes'],
    ]);
  });

  it('judges a twin by itself as any reading', async () => {
    const { code, stdout } = await open('twin', 'twin');
    expect(code).toBe(1);
    expect(stdout.split('THE EXACT READING')[0]).not.toContain('NOT HOLDING');
  });
});
