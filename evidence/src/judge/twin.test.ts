/** Openings of twins, and attacks on them, as a court sees them. */
import { describe, expect, it } from 'vitest';
import { decodeReading, encodeReading } from '../reading/reading.ts';
import { testBytes } from '../testing/key-fixture.ts';
import {
  collarWorld,
  fixFields,
  PERIOD_MS,
  twinOf,
  wholeDegrees,
} from '../testing/twin-fixture.ts';
import { failuresOf } from '../testing/verdict-fixture.ts';
import { type EvidenceFile, formatEvidence, parseEvidence } from './evidence-file.ts';
import { judge } from './judge.ts';
import { type CellOf, isOpened, judgeOpening, readTwin } from './twin.ts';
import { isProven } from './verdict.ts';

const collar = collarWorld();
const fix = collar.sealFix(collar.collar, '63.4181234', '12.0931234');
const beside = collar.sealFix(collar.collar, '63.777', '12.888');
const elsewhere = collar.sealFix(collar.collar, '64.5', '12.5');
const boar = collar.sealFix(collar.collar, '63.4', '12.1', 'boar');
const strange = collar.sealFix(collar.other, '63.4', '12.1');
const unplaced = collar.sealTwin(collar.collar, { source: 'wolf', device: 'w-1' });
const time = decodeReading(fix.bytes).time;
collar.periodOver();
const later = collar.sealFix(collar.collar, '63.4', '12.1');
const twinFor = (reading: Parameters<typeof twinOf>[0], cell = '63/12', side?: string) =>
  collar.sealTwin(collar.collar, twinOf(reading, time, cell, side));
const twin = twinFor(fix.bytes);
const wrongCell = twinFor(elsewhere.bytes);
const wrongSide = twinFor(fix.bytes, '63/12', '0.1');
const wrongPeriod = twinFor(later.bytes);
const ofBoar = twinFor(boar.bytes);
const ofStrange = twinFor(strange.bytes);
const ofNowhere = twinFor(unplaced.bytes);
const unaligned = collar.sealTwin(collar.collar, {
  ...twinOf(fix.bytes, time, '63/12'),
  time: time - 5,
});
const short = collar.sealTwin(collar.collar, {
  ...twinOf(fix.bytes, time, '63/12'),
  fields: fixFields('63', '12'),
});
collar.world.anchor();
const { policy, options } = collar.trust();

type Sealed = typeof fix;
function open(twinOne: Sealed, exactOne: Sealed, cellOf: CellOf = wholeDegrees) {
  const files = [collar.evidence(twinOne.batch), collar.evidence(exactOne.batch)] as const;
  return judgeOpening(...files, policy, options, cellOf);
}
const failures = (...parts: Parameters<typeof open>) =>
  Object.fromEntries(
    open(...parts)
      .claims.filter(({ holds }) => holds !== 'yes')
      .map(({ claim, holds, reason }) => [claim, `${holds} ${reason}`]),
  );

describe('a twin', () => {
  it('is proven as any reading is, with nothing to decode', () => {
    const verdict = judge(collar.evidence(twin.batch), policy, options);
    expect(failuresOf(verdict)).toEqual({});
    expect(isProven(verdict)).toBe(true);
    expect(verdict.claims.map(({ claim }) => claim)).not.toContain('decoded');
  });

  it('refuses a frame beside it', () => {
    const file = collar.evidence(twin.batch);
    const readings = [{ ...file.readings[0]!, frame: testBytes('a frame') }];
    expect(() => judge({ ...file, readings }, policy, options)).toThrow(/came from no device/);
  });

  it('tells cell, period and hash', () => {
    expect(readTwin(decodeReading(twin.bytes))).toMatchObject({
      ...{ grid: 'whole-degrees', cell: '63/12' },
      from: Math.floor(time / PERIOD_MS) * PERIOD_MS,
      to: Math.floor(time / PERIOD_MS) * PERIOD_MS + PERIOD_MS,
    });
    expect(readTwin(decodeReading(fix.bytes))).toBeNull();
  });
});

describe('an opening', () => {
  it('holds for the exact reading that the twin was sealed of', () => {
    const verdict = open(twin, fix);
    expect(failures(twin, fix)).toEqual({});
    expect(isOpened(verdict)).toBe(true);
    expect(verdict.claims.map(({ claim }) => claim)).toEqual(['names', 'stream', 'cell', 'period']);
  });

  it('asks that both files are proven', () => {
    const [one, other] = [collar.evidence(twin.batch), collar.evidence(fix.batch)];
    const spoilt = { ...other, readings: [{ ...other.readings[0]!, frame: null }] };
    const verdict = judgeOpening(one, spoilt, policy, options, wholeDegrees);
    expect(verdict.claims.every(({ holds }) => holds === 'yes')).toBe(true);
    expect(isOpened(verdict)).toBe(false);
    expect(isOpened(verdict, ['decoded'])).toBe(true);
    expect(isOpened(judgeOpening(one, other, null, options, wholeDegrees))).toBe(false);
  });

  it('leaves the cell unchecked where the grid is not at hand', () => {
    expect(failures(twin, fix, () => null)).toEqual({ cell: 'not checked NO_GRID' });
    expect(isOpened(open(twin, fix, () => null))).toBe(false);
  });
});

describe('attacks on twins', () => {
  it('a twin for another fix, though in the same cell and period', () => {
    expect(failures(twin, beside)).toEqual({ names: 'no OTHER_READING' });
  });

  it('a twin that names another cell than the fix lies in', () => {
    expect(failures(wrongCell, elsewhere)).toEqual({ cell: 'no OTHER_CELL' });
  });

  it('a twin that names another period than the fix was in', () => {
    expect(failures(wrongPeriod, later)).toEqual({ period: 'no OTHER_PERIOD' });
    expect(failures(unaligned, fix)).toEqual({ period: 'no OTHER_PERIOD' });
  });

  it('a claim coarser than was sealed: another side in the sealed bytes', () => {
    const file = collar.evidence(twin.batch);
    const reading = decodeReading(twin.bytes);
    const fields = reading.fields.map((field) =>
      field.name === 'cell.id' ? { ...field, value: '60/10' } : field,
    );
    const bytes = encodeReading({ ...reading, fields });
    const changed: EvidenceFile = { ...file, readings: [{ ...file.readings[0]!, bytes }] };
    const exact = collar.evidence(fix.batch);
    const verdict = judgeOpening(changed, exact, policy, options, wholeDegrees);
    expect(failuresOf(verdict.twin).sealed).toBe('no INCLUSION_PROOF');
    expect(isOpened(verdict)).toBe(false);
  });

  it('a cell of another side than the twin says', () => {
    expect(failures(wrongSide, fix)).toEqual({ cell: 'not checked NO_GRID' });
  });

  it('a twin replayed for another source, and one of another agent’s reading', () => {
    expect(failures(twin, boar)).toEqual({ names: 'no OTHER_READING', stream: 'no OTHER_STREAM' });
    expect(failures(ofBoar, boar)).toEqual({ stream: 'no OTHER_STREAM' });
    expect(failures(ofStrange, strange)).toEqual({ stream: 'no OTHER_STREAM' });
  });

  it('an exact reading shown as a twin, a twin without its parts, a reading that says not where', () => {
    const every = (failure: string) =>
      Object.fromEntries(['names', 'stream', 'cell', 'period'].map((claim) => [claim, failure]));
    expect(failures(fix, fix)).toEqual(every('no NOT_A_TWIN'));
    expect(failures(short, fix)).toEqual(every('no NOT_A_TWIN'));
    expect(failures(ofNowhere, unplaced)).toEqual({ cell: 'no NO_POSITION' });
  });

  it('the exact place or time read out of a twin’s evidence', () => {
    const text = formatEvidence(collar.evidence(twin.batch));
    const exact = decodeReading(fix.bytes);
    const shown = JSON.stringify(parseEvidence(text), (_key, value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    );
    for (const secret of [exact.time, 634_181_234, 120_931_234].map(encodeInteger))
      expect(shown).not.toContain(JSON.stringify(secret).slice(1, -1));
    // Without the salt each guess gives another leaf hash: of 16 unknown bytes nobody tries all.
    const guess = encodeReading({ ...exact, salt: testBytes('a guess', 16) });
    expect(readTwin(decodeReading(twin.bytes))!.exact).not.toEqual(guess);
  });

  /** The digits as CBOR has them: eight bytes, or four. */
  function encodeInteger(value: number): string {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(BigInt(value));
    return bytes.subarray(value > 0xffff_ffff ? 0 : 4).toString('latin1');
  }
});
