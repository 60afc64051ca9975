import { utf8 } from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import { recordedFile, recordedPolicy } from '../../testing/recorded-fixture.ts';
import { type Given, NOTHING, takeGiven } from './take-given.ts';

const evidence: Given = { name: 'a.sigill', bytes: recordedFile };
const policy: Given = { name: 'policy.json', bytes: recordedPolicy };
const asText = new TextDecoder().decode(recordedPolicy);

describe('what was given', () => {
  it('is put where it belongs, together or one after the other, in any order', () => {
    const together = takeGiven(NOTHING, [policy, evidence]);
    expect(together.evidence).toEqual(evidence);
    expect(together.policy?.name).toBe('policy.json');
    expect(together.trouble).toBeNull();
    expect(takeGiven(takeGiven(NOTHING, [evidence]), [policy])).toEqual(together);
  });

  it('leaves what was there when something else comes, and says what is wrong with that', () => {
    const held = takeGiven(NOTHING, [evidence, policy]);
    const after = takeGiven(held, [{ name: 'a.zip', bytes: Uint8Array.of(0x50, 0x4b, 3, 4) }]);
    expect(after).toEqual({ ...held, trouble: { what: 'archive', detail: 'a.zip' } });
    expect(takeGiven(after, [policy]).trouble).toBeNull();
  });

  it('is judged one at a time: of several files of evidence the last', () => {
    const held = takeGiven(NOTHING, [evidence, { ...evidence, name: 'b.sigill' }]);
    expect(held.evidence?.name).toBe('b.sigill');
    expect(held.trouble?.what).toBe('several');
  });

  it('is not read where it is too large', () => {
    const large = takeGiven(NOTHING, [{ name: 'large', bytes: null }]);
    expect(large.trouble).toEqual({ what: 'tooLarge', detail: 'large' });
  });
});

describe('a policy', () => {
  const hashOf = (text: string) =>
    takeGiven(NOTHING, [{ name: null, bytes: utf8(text) }]).policy?.hash;

  it('is taken with the line breaks of a letter, and has the name of its one form then', () => {
    const wrapped = asText.replaceAll(',', ',\n  ').replaceAll(':{', ': {');
    const held = takeGiven(NOTHING, [{ name: null, bytes: utf8(wrapped) }]);
    expect(held.trouble).toBeNull();
    expect(held.policy?.text).toBe(asText);
    expect(held.policy?.hash).toBe(hashOf(asText));
  });

  it('has the hash of its file as it is, with the line’s end that a shell adds', () => {
    expect(hashOf(`${asText}\n`)).not.toBe(hashOf(asText));
  });

  it('is refused where it says another contract, or one thing twice', () => {
    const other = asText.replace('0x2082', '0x2083');
    const twice = asText.replace('{"format"', '{"format":"sigill-policy@v1","format"');
    for (const text of [other, twice]) {
      const { policy: taken, trouble } = takeGiven(NOTHING, [{ name: null, bytes: utf8(text) }]);
      expect(taken).toBeNull();
      expect(trouble?.what).toBe('policyForm');
    }
  });
});
