/**
 * Frames of the WL-134A family of 134.2 kHz modules:
 *
 *     STX  identification: 10  country: 4  data block: 1  animal: 1  reserved: 10  checksum  its inverse  ETX
 *
 * The numbers are hexadecimal digits, the lowest first. The checksum is the exclusive or of the 26 digits as characters;
 * it does not see two of them change places, so the ranges of ISO 11784 are held to as well.
 * Spec: WL-134A product manual, data format.
 * @module
 */
import { DecodeError } from '../../errors.ts';
import { dataBlockExtra } from './allflex.ts';
import { bareTag, type ReaderRecord, transponderOf } from './record.ts';
import { FRAME_LENGTH } from './tag-framer.ts';

const CHECKSUM_AT = FRAME_LENGTH - 3;

/** @throws DecodeError CHECKSUM_MISMATCH, FRAME_SYNTAX */
export function readWl134(frame: Uint8Array): ReaderRecord {
  const body = frame.subarray(1, CHECKSUM_AT);
  const computed = body.reduce((sum, byte) => sum ^ byte, 0);
  const [sum = 0, inverse = 0] = frame.subarray(CHECKSUM_AT);
  if (sum !== computed || (inverse ^ 0xff) !== computed)
    throw new DecodeError(
      'CHECKSUM_MISMATCH',
      `checksum ${hex(sum)} and ${hex(inverse)} expected, computed ${hex(computed)}`,
    );
  const text = String.fromCharCode(...body);
  const id = reversed(text.slice(0, 10));
  const country = reversed(text.slice(10, 14));
  if (!country.startsWith('0'))
    throw new DecodeError('FRAME_SYNTAX', `a country of at most 999 expected, got 0x${country}`);
  const tag = transponderOf(`${country.slice(1)}.${id}`, 'dotHex');
  const [dataBlock, animal] = [text[14] === '1', text[15] === '1'];
  const flags = { animal, retagging: 0, userInfo: 0, dataBlock };
  const reserved = text.slice(16);
  const extras = /^0+$/.test(reserved)
    ? [dataBlockExtra(dataBlock)]
    : [dataBlockExtra(dataBlock), { name: 'other.iso11784.reserved', value: reserved, unit: null }];
  return bareTag({ ...tag, flags }, { code: 'WL134', extras });
}

function reversed(digits: string): string {
  return Array.from(digits).reverse().join('');
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
