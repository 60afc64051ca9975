import { describe, expect, it } from 'vitest';
import { tagOf } from './tag.ts';

const field = (name: string, value: string) => ({ name, value, unit: null, code: null });
const tag = (id: string, ...more: ReturnType<typeof field>[]) =>
  tagOf({ fields: [field('tag.id', id), ...more] });

describe('a tag', () => {
  it.each([
    ['999000001752027', 'test', '999'],
    ['982000123456789', 'maker', '982'],
    ['752098100000123', 'country', '752'],
  ])('of fifteen digits is an animal’s: %s is of a %s', (id, kind, code) => {
    expect(tag(id)).toMatchObject({ look: 'animal', issuer: { kind, code } });
  });

  it('of an animal is grouped as it stands on ear tags', () => {
    expect(tag('999000001752027')?.text).toBe('999 000 001 752 027');
  });

  // GS1 EPC Tag Data Standard 1.13, Annex E: SGTIN-96 and SSCC-96 of the examples.
  it('of a pallet is its SSCC, of a case its GTIN and serial', () => {
    expect(tag('3114257BF4499602D2000000')).toMatchObject({
      ...{ look: 'load', text: '(00)106141412345678908' },
    });
    expect(tag('3074257BF7194E4000001A85')).toMatchObject({
      ...{ look: 'case', text: '(01)80614141123458(21)6789' },
    });
  });

  it('that says nothing more is shown as it came, whatever it carries', () => {
    for (const id of ['E2003411', 'not hex', '<b>', 'FFFFFFFFFFFFFFFFFFFFFFFF'])
      expect(tag(id)).toMatchObject({ look: 'thing', text: id });
  });

  it('that an animal’s reader told stays an animal’s, also where its number is of an older kind', () => {
    expect(tag('0A1B2C3D4E', field('tag.pit', '0A1B2C3D4E'))?.look).toBe('animal');
  });

  it('knows its antenna, also where the reader names it with letters', () => {
    expect(tag('982000123456789', field('tag.antenna', '3'))?.antenna).toBe('3');
    expect(tag('982000123456789', field('other.iso11784.antenna', 'A2'))?.antenna).toBe('A2');
    expect(tag('982000123456789')?.antenna).toBeNull();
  });

  it('is not there where no tag is told', () => {
    expect(tagOf({ fields: [field('device.status', 'connected')] })).toBeNull();
  });
});
