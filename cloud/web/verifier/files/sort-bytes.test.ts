import { utf8 } from '@sigill/evidence';
import { expect, it } from 'vitest';
import { recordedFile, recordedPolicy } from '../../testing/recorded-fixture.ts';
import { MAX_FILE_BYTES, sortBytes } from './sort-bytes.ts';

it('knows evidence and a policy by what they say, whatever the file is called', () => {
  expect(sortBytes(recordedFile)).toBe('evidence');
  expect(sortBytes(recordedPolicy)).toBe('policy');
});

it.each([
  ['empty', utf8('')],
  ['empty', utf8(' \n')],
  ['archive', Uint8Array.of(0x50, 0x4b, 3, 4, 20)],
  ['archive', Uint8Array.of(0x1f, 0x8b, 8)],
  ['document', utf8('%PDF-1.7')],
  ['document', Uint8Array.of(0x89, 0x50, 0x4e, 0x47)],
  ['key', utf8('-----BEGIN PRIVATE KEY-----\nMC4C')],
  ['webPage', utf8('\n<!DOCTYPE html>')],
  ['rewritten', Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b)],
  ['rewritten', Uint8Array.of(0xff, 0xfe, 0x7b, 0)],
  ['newer', utf8('{"format":"sigill-evidence@v2","kind":"reading"}')],
  ['otherJson', utf8('{"format":"other"}')],
  ['otherJson', utf8('[1]')],
  ['unknown', utf8('The meter says 0.520 kW.')],
  ['unknown', Uint8Array.of(0, 1, 2)],
] as const)('tells what else was dropped: %s', (trouble, bytes) => {
  expect(sortBytes(bytes)).toBe(trouble);
});

it('takes a file of exactly the largest size for what it says, and none above', () => {
  const large = new Uint8Array(MAX_FILE_BYTES + 1).fill(0x20);
  large.set(recordedFile.subarray(0, 200));
  expect(sortBytes(large.subarray(0, MAX_FILE_BYTES))).toBe('evidence');
  expect(sortBytes(large)).toBe('tooLarge');
});
