/**
 * Decodes a device's frame once more and compares: the reading says what the device said. Pure;
 * runs in browsers.
 * @module
 */
import { formatValue, type Reading } from '@sigill/evidence';
import { drivers } from './catalogue.ts';
import type { DecodedObservation } from './driver.ts';
import { parseDriverName } from './driver-name.ts';

/** Null if no driver of that name is here. */
export function decodeAgain(
  reading: Reading,
  frame: Uint8Array,
): { readonly agrees: boolean; readonly detail: string } | null {
  const { id, options } = parseDriverName(reading.origin.driver);
  const driver = drivers.get(id);
  if (driver === undefined) return null;
  const session = driver.createSession(options);
  const steps = [session.receive({ bytes: frame }, reading.time), session.end(reading.time)];
  const observations = steps.flatMap((step) => step.observations);
  if (observations.length === 0) {
    const reason = steps.flatMap((step) => step.rejected)[0]?.message ?? 'it tells nothing';
    return { agrees: false, detail: `the frame does not decode: ${reason}` };
  }
  const differences = observations
    .filter(({ kind, device }) => kind === reading.kind && device === reading.device)
    .map((observation) => differenceOf(reading, observation));
  if (differences.includes(null)) return { agrees: true, detail: '' };
  const detail = differences[0] ?? `the frame tells nothing of ${reading.kind} ${reading.device}`;
  return { agrees: false, detail };
}

/** The first thing in which they differ; null if they agree. */
function differenceOf(reading: Reading, observation: DecodedObservation): string | null {
  const { fields } = observation;
  const names = new Set([...Object.keys(fields), ...reading.fields.map(({ name }) => name)]);
  for (const name of names) {
    const told = fields[name];
    const sealed = reading.fields.find((field) => field.name === name);
    if (told === undefined || sealed === undefined)
      return `${name} is ${told === undefined ? 'not in the frame' : 'not in the reading'}`;
    const same =
      formatValue(told.value) === formatValue(sealed.value) &&
      typeof told.value === typeof sealed.value &&
      told.unit === sealed.unit &&
      told.code === sealed.code;
    if (!same)
      return `${name}: the frame says ${formatValue(told.value)}, the reading ${formatValue(sealed.value)}`;
  }
  if (observation.time !== reading.clock.deviceTime)
    return `the device’s time: the frame says ${observation.time}, the reading ${reading.clock.deviceTime}`;
  return null;
}
