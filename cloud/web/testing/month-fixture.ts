/** For tests: January of a meter in a real archive, with a stated gap and a hole, all of it anchored. */
import {
  type Field,
  parseDecimal,
  parsePolicy,
  parseRange,
  utf8,
  verifyLedgerState,
} from '@sigill/evidence';
import { computeNumber, findProjection } from '../../src/projections/registry.ts';
import { type CoreFixture, openCoreFixture } from '../../src/testing/core-fixture.ts';
import type { FixtureReading } from '../../src/testing/site-fixture.ts';
import type { SeenBlock } from '../src/verify/examination.ts';

export const RPC = 'http://127.0.0.1:7446';
export const JANUARY = Date.UTC(2026, 0);
const DAY_MS = 86_400_000;
const GAP_DAY = 9;
const HOLE_DAY = 14;

export interface MonthFixture {
  readonly fixture: CoreFixture;
  readonly agent: string;
  readonly block: SeenBlock;
  completeness(query: URLSearchParams): Promise<unknown>;
  range(query: URLSearchParams): Promise<Uint8Array>;
}

export async function createMonth(): Promise<MonthFixture> {
  const fixture = await openCoreFixture();
  const { site, core, ledger } = fixture;
  let wh = 1_000_000;
  for (let day = 0; day < 25; day++) {
    // One batch of the hole's day is spoilt on its way: its numbers never come.
    const isSpoilt = (part: number) => day === HOLE_DAY && part === 1;
    for (const part of [0, 1]) {
      const readings = Array.from({ length: 6 }, (_, i): FixtureReading[] => {
        wh += 37;
        const time = JANUARY + DAY_MS * day + (12 * part + 2 * i) * 3_600_000 + 60_000;
        const isGap = day === GAP_DAY && part === 1 && i === 3;
        return [
          isGap ? gap(time) : { device: 'meter', time, fields: [register(wh)] },
          { device: 'gas', time, fields: [volume(wh)] },
        ];
      }).flat();
      const change = isSpoilt(part) ? { root: new Uint8Array(32) } : {};
      const batch = site.agent.seal(readings, change);
      site.enter(batch);
      await core.ingest.batches(site.origin, site.seals.length - 1, [batch.bytes]);
    }
  }
  const note = site.checkpoint();
  await core.ingest.receipt(note);
  await core.witness?.addCheckpoint(site.addCheckpoint(0, note));
  await core.ingest.anchor(ledger.anchor(note));
  await core.ingest.anchor(ledger.final(0));
  await core.idle();

  async function range(query: URLSearchParams): Promise<Uint8Array> {
    const { projection, assumptions = '{}', from, to, ...name } = Object.fromEntries(query);
    const found = projection === undefined ? null : findProjection(projection);
    const text = await core.rangeEvidence(
      { agent: '', source: '', ...name, from: Number(from), to: Number(to) },
      found && ((streams, period) => computeNumber(found, assumptions, streams, period)),
    );
    return utf8(text);
  }
  const agent = site.agent.name;
  const query = { agent, source: 'house-17', from: String(JANUARY), to: String(JANUARY + DAY_MS) };
  const file = parseRange(new TextDecoder().decode(await range(new URLSearchParams(query))));
  const { contract } = parsePolicy(ledger.policy).ledger ?? {};
  if (file.ledger === null || contract === undefined) throw new Error('all of it is anchored');
  const state = verifyLedgerState(file.ledger, contract);
  return {
    ...{ fixture, agent, range },
    block: {
      number: state.blockNumber,
      hash: `0x${Buffer.from(state.blockHash).toString('hex')}`,
      source: RPC,
    },
    completeness: async (asked) => {
      const { from, to, ...name } = Object.fromEntries(asked);
      return {
        streams: await core.completeness({
          ...name,
          ...{ from: Number(from), to: Number(to), step: 'day' },
        }),
      };
    },
  };
}

const register = (wh: number): Field => ({
  name: 'energy.import',
  value: parseDecimal((wh / 1000).toFixed(3)),
  unit: 'kWh',
  code: '1-0:1.8.0',
});
const volume = (wh: number): Field => ({
  name: 'gas.volume',
  value: parseDecimal((wh / 3000).toFixed(2)),
  unit: 'm3',
  code: '0-1:24.2.1',
});

const gap = (time: number): FixtureReading => {
  const field = (name: string, text: string, unit: string | null): Field => ({
    ...{ name, unit, code: null },
    value: unit === 'ms' || name === 'gap.count' ? parseDecimal(text) : text,
  });
  return {
    ...{ device: 'meter', time, kind: 'gap', origin: { driver: 'sigill', frameHash: null } },
    fields: [
      field('gap.cause', 'power', null),
      field('gap.count', '12', null),
      field('gap.from', String(time - 5_400_000), 'ms'),
      field('gap.to', String(time), 'ms'),
    ],
  };
};
