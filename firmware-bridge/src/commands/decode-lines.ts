/**
 * The lines `sigill decode` prints. People and scripts rely on their form.
 * @module
 */
import { formatDecimal, isDecimal, toHex } from '@sigill/evidence';
import type { DecodedObservation, FieldValue, Rejection } from '../driver.ts';

/** Values are strings with the device's own digits, so that nothing is lost to floating point. */
export function formatObservation(observation: DecodedObservation, file: string | null): object {
  const { kind, device, time, fields, offset, frame } = observation;
  const printed = Object.entries(fields).map(
    ([name, { value, unit, code }]) => [name, { value: formatValue(value), unit, code }] as const,
  );
  return {
    kind,
    device,
    time: time === null ? null : new Date(time).toISOString(),
    fields: Object.fromEntries(printed),
    offset,
    length: frame.length,
    ...(file === null ? {} : { file }),
  };
}

export function formatRejection(rejection: Rejection, file: string | null): object {
  const { code, message, offset, length, bytes } = rejection;
  return { code, message, offset, length, bytes: toHex(bytes), ...(file === null ? {} : { file }) };
}

function formatValue(value: FieldValue): string | boolean {
  if (isDecimal(value)) return formatDecimal(value);
  return value instanceof Uint8Array ? toHex(value) : value;
}
