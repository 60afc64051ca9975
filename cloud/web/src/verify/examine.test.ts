import { describe, expect, it } from 'vitest';
import {
  asJudged,
  earlierFile,
  recorded,
  recordedBlock,
  recordedFile,
  recordedPolicy,
} from '../../testing/recorded-fixture.ts';
import { bracketOf } from './bracket.ts';
import { examine } from './examine.ts';
import { summarise } from './summary.ts';

describe('examining the recorded reading', () => {
  it('proves every claim, the device’s own bytes among them', () => {
    expect(recorded.claims.filter(({ holds }) => holds !== 'yes')).toEqual([]);
    expect(summarise(recorded).outcome).toBe('proven');
  });

  it('shows the reading and its frame as the evidence tells them', () => {
    const power = recorded.reading?.fields.find(({ name }) => name === 'power.import');
    expect(power).toMatchObject({ value: expect.stringMatching(/^\d+\.\d{3}$/), unit: 'kW' });
    expect(recorded.frame?.text).toContain('1-0:1.7.0(');
  });

  it('draws the time between the beacon’s block and the anchor’s', () => {
    const line = bracketOf(recorded);
    expect(line?.points.map(({ name }) => name)).toEqual(['beacon', 'read', 'closed', 'anchor']);
    const places = line?.points.map(({ place }) => place) ?? [];
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect([places[0], places.at(-1)]).toEqual([0, 1]);
  });

  it('leaves the block open when the ledger was not asked, and refutes it when the ledger answers otherwise', () => {
    const alone = asJudged(examine(recordedFile, recordedPolicy, []));
    expect(summarise(alone)).toMatchObject({ outcome: 'unchecked', open: 1 });
    const other = { ...recordedBlock, hash: `0x${'00'.repeat(32)}` };
    const answered = asJudged(examine(recordedFile, recordedPolicy, [other]));
    expect(answered.claims.find(({ claim }) => claim === 'block')).toMatchObject({
      holds: 'no',
      reason: 'OTHER_BLOCK',
    });
  });

  it('waits, and says nothing is wrong, while the reading is not anchored', () => {
    const early = asJudged(examine(earlierFile(), recordedPolicy, []));
    expect(summarise(early).outcome).toBe('waits');
    expect(early.claims.find(({ claim }) => claim === 'logged')?.holds).toBe('yes');
    expect(bracketOf(early)).toMatchObject({ anchor: null, beacon: null, waiting: true });
  });

  it.each([
    ['no JSON', 'hello', 'JSON_SCHEMA'],
    ['white space', `${new TextDecoder().decode(recordedFile)} `, 'JSON_NOT_CANONICAL'],
    ['no evidence', '{}', 'JSON_SCHEMA'],
  ])('refuses a file that is %s', (_, text, code) => {
    expect(examine(new TextEncoder().encode(text), recordedPolicy, [])).toMatchObject({
      outcome: 'refused',
      code,
    });
  });

  it('refuses bytes that are no text', () => {
    expect(examine(Uint8Array.of(0xff, 0xfe), recordedPolicy, [])).toMatchObject({
      outcome: 'refused',
    });
  });
});
