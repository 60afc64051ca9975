/**
 * A payload codec: what the bytes of a LoRaWAN device mean. Pure, and of no network server.
 * @module
 */
import type { FieldValue, ObservedField } from '../../driver.ts';
import { DecodeError } from '../../errors.ts';

export interface PayloadMeaning {
  readonly kind: 'level' | 'position' | 'device';
  /** The device's own time for what it kept and sends later; undefined: it is of now. */
  readonly time?: number;
  readonly fields: Readonly<Record<string, ObservedField>>;
}

export interface Codec {
  readonly id: string;
  readonly title: string;
  readonly spec: string;
  /** Every name it may use, `other.…` apart. */
  readonly quantities: readonly string[];
  /** @throws DecodeError FRAME_SYNTAX */
  decode(payload: Uint8Array, port: number): readonly PayloadMeaning[];
}

export type Fields = Record<string, ObservedField>;

export const field = (value: FieldValue, unit: string | null, code: string): ObservedField => ({
  value,
  unit,
  code,
});

/** A whole number × 10^exponent, with a unit. */
export const scaled = (whole: number, exponent: number, unit: string | null, code: string) =>
  field({ mantissa: BigInt(whole), exponent }, unit, code);

export function unfit(codec: string, why: string): DecodeError {
  return new DecodeError('FRAME_SYNTAX', `the payload is not what ${codec} sends: ${why}`);
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
