import { describe, expect, it } from 'vitest';
import {
  asJudged,
  recorded,
  recordedBlock,
  recordedFile,
  recordedPolicy,
} from '../../testing/recorded-fixture.ts';
import { leavesOf, PARTS, stretchesOf } from './evidence-map.ts';
import { examine } from './examine.ts';
import { spoilAt, spoilPart, spoilValue } from './spoil.ts';
import { caughtBy } from './summary.ts';
import { sweep } from './sweep.ts';

const judgeAgain = (file: Uint8Array) => examine(file, recordedPolicy, [recordedBlock]);
const differing = (file: Uint8Array) => file.filter((byte, i) => byte !== recordedFile[i]).length;

describe('the map of an evidence file', () => {
  it('names every text value in file order, by its path', () => {
    const leaves = leavesOf(recordedFile);
    const paths = leaves.map(({ path }) => path);
    for (const path of [
      'format',
      'readings[0].bytes',
      'readings[0].path[0]',
      'seal.bytes',
      'log.checkpoint',
      'records.slot[0]',
      'rollCalls[0].slot.call',
      'anchors.leaves[0].path[0]',
      'ledger.header',
      'ledger.storage[1][0]',
    ])
      expect(paths).toContain(path);
    expect(leaves.every(({ from, to }, i) => from <= to && from > (leaves[i - 1]?.to ?? 0))).toBe(
      true,
    );
  });

  it('cuts the whole file into stretches without holes', () => {
    const stretches = stretchesOf(leavesOf(recordedFile), recordedFile.length);
    expect(stretches[0]?.from).toBe(0);
    expect(stretches.at(-1)?.to).toBe(recordedFile.length);
    expect(stretches.slice(1).map(({ from }) => from)).toEqual(
      stretches.slice(0, -1).map(({ to }) => to),
    );
    expect(new Set(stretches.map(({ part }) => part))).toEqual(new Set(PARTS));
  });

  it('maps a file that is no JSON as one stretch', () => {
    expect(stretchesOf(leavesOf(Uint8Array.of(1, 2)), 2)).toEqual([
      { part: 'shell', from: 0, to: 2 },
    ]);
  });
});

describe('spoiling one byte', () => {
  it('changes the last digit of a value, and the seal catches it', () => {
    const power = recorded.reading?.fields.find(({ name }) => name === 'power.import');
    const spoiled = spoilValue(recordedFile, power!);
    const after = asJudged(judgeAgain(spoiled!.file));
    const changed = after.reading?.fields.find(({ name }) => name === 'power.import');
    expect(Math.abs(Number(changed?.value) - Number(power?.value))).toBeCloseTo(0.001, 6);
    expect(caughtBy(recorded, after).map(({ claim }) => claim)).toContain('sealed');
  });

  it('changes every kind of number a reading holds', () => {
    const numbers =
      recorded.reading?.fields.filter(({ value, unit }) => unit !== null && /^\d/.test(value)) ??
      [];
    expect(numbers.length).toBeGreaterThan(5);
    for (const field of numbers) {
      const after = asJudged(judgeAgain(spoilValue(recordedFile, field)!.file));
      expect(after.reading?.fields.find(({ name }) => name === field.name)?.value).not.toBe(
        field.value,
      );
    }
  });

  it('knows no way to change a text value by one digit', () => {
    expect(spoilValue(recordedFile, { name: 'tariff.active', value: 'two' })).toBeNull();
  });

  it.each(PARTS.filter((part) => part !== 'shell'))('in the %s is caught', (part) => {
    const spoiled = spoilPart(recordedFile, part, () => 0.6);
    expect(spoiled?.part).toBe(part);
    const after = judgeAgain(spoiled!.file);
    expect(after.outcome === 'refused' || caughtBy(recorded, after).length > 0).toBe(true);
  });

  it('tells which byte it was: one bit differs, and where it says', () => {
    for (let position = 0; position < recordedFile.length; position += 97) {
      const spoiled = spoilAt(recordedFile, position, 3);
      const { before, after, at } = spoiled;
      expect(before.filter((byte, i) => byte !== after[i])).toHaveLength(1);
      expect(((before[at] as number) ^ (after[at] as number)).toString(2)).toMatch(/^10*$/);
      expect(spoiled.file).toHaveLength(recordedFile.length);
      expect(differing(spoiled.file)).toBeGreaterThanOrEqual(1);
      expect(differing(spoiled.file)).toBeLessThanOrEqual(2);
    }
  });

  it('leaves the file it was given as it was', () => {
    const copy = recordedFile.slice();
    spoilAt(recordedFile, 500, 1);
    expect(recordedFile).toEqual(copy);
  });
});

describe('a sweep', () => {
  it('is caught in every place', () => {
    const marks = [...sweep(recordedFile, 200, recorded, judgeAgain)];
    expect(marks).toHaveLength(200);
    expect(marks.filter(({ result }) => result === 'missed')).toEqual([]);
  });

  it('reports a place that nothing caught', () => {
    const marks = [...sweep(recordedFile, 3, recorded, () => recorded)];
    expect(marks.map(({ result }) => result)).toEqual(['missed', 'missed', 'missed']);
  });
});
