/**
 * The subset of deterministic CBOR (RFC 8949 §4.2.1) that is signed here: integers, byte and text
 * strings, arrays, true, false, null. No maps, floats or tags; shortest heads; definite lengths;
 * valid UTF-8. The reader refuses every other encoding, so each value has one byte string.
 * @module
 */
import { CborReader } from './cbor-reader.ts';
import { CborWriter } from './cbor-writer.ts';

export { CborReader, CborWriter };

export type CborValue =
  | number
  | bigint
  | string
  | boolean
  | null
  | Uint8Array
  | readonly CborValue[];

/** @throws EvidenceError CBOR_TYPE for a number that is no integer or beyond 64 bits, or a lone surrogate */
export function encodeCbor(value: CborValue): Uint8Array {
  const writer = new CborWriter();
  writer.value(value);
  return writer.finish();
}

/** @throws EvidenceError CBOR_SYNTAX, CBOR_NOT_CANONICAL, CBOR_TYPE */
export function decodeCbor(bytes: Uint8Array): CborValue {
  const reader = new CborReader(bytes);
  const value = reader.value();
  reader.end();
  return value;
}
