/**
 * What an epoch says: one observation.
 * @module
 */
import { parseDecimal } from '@sigill/evidence';
import type { Observation, ObservedField } from '../../driver.ts';
import type { Epoch } from './epochs.ts';
import { timeOf } from './nmea-time.ts';
import { isMeasured, type Statement } from './statement.ts';

export const KIND = 'position';

// Sentences repeat each other. What several say is told once, from the first of these that says it; of two talkers GN,
// which has all constellations, comes first.
const ORDER = ['GGA', 'GNS', 'RMC', 'GLL', 'VTG', 'GSA', 'GST', 'ZDA'];
// Receivers without a fix send their last values, or zeros, in these.
const MEASURED = /^(position\.(latitude|longitude|altitude|geoid|error\..*)|speed|course(\..*)?)$/;

export interface ObserveOptions {
  /** Whether an epoch without a position is told. */
  readonly tellsNoFix: boolean;
  readonly since: number | null;
}

/** Null: nothing to tell. */
export function observeEpoch(epoch: Epoch, options: ObserveOptions): Observation | null {
  const statements = ordered(epoch.statements);
  const fix = statements.find((statement) => statement.fix !== null)?.fix ?? null;
  const isFixed = fix === null || isMeasured(fix.value);
  const fields: Record<string, ObservedField> = {};
  if (fix) fields['position.fix'] = { value: fix.value, unit: null, code: fix.code };
  for (const statement of statements)
    for (const [name, field] of Object.entries(statement.fields))
      if ((isFixed || !MEASURED.test(name)) && !isBeside(name, fields)) fields[name] ??= field;
  if (Object.keys(fields).length === 0) return null;
  if (!isFixed && !options.tellsNoFix) return null;
  Object.assign(fields, doubts(statements, isFixed), counts(epoch));
  const dates = statements.flatMap(({ date }) => date ?? []);
  const time = statements.find((statement) => statement.time !== null)?.time ?? null;
  const told = timeOf(time, dates, options.since);
  Object.assign(fields, told.fields);
  return { kind: KIND, device: '', time: told.time, fields };
}

function ordered(statements: readonly Statement[]): readonly Statement[] {
  const rank = ({ sentence: { address, type } }: Statement) =>
    2 * ORDER.indexOf(type) + (address.startsWith('GN') ? 0 : 1);
  return statements.toSorted((a, b) => rank(a) - rank(b));
}

// Latitude and longitude come from one sentence, never one half from each.
function isBeside(name: string, fields: Readonly<Record<string, ObservedField>>): boolean {
  if (name !== 'position.longitude') return false;
  const latitude = fields['position.latitude']?.code?.split('.')[0];
  const longitude = fields['position.longitude']?.code?.split('.')[0];
  return latitude === undefined || longitude !== undefined;
}

/** A sentence that warns of a position which another one vouches for. */
function doubts(statements: readonly Statement[], isFixed: boolean): Record<string, ObservedField> {
  const doubt = isFixed && statements.find(({ fix }) => fix !== null && !isMeasured(fix.value));
  if (!doubt || doubt.fix === null) return {};
  const { value, code } = doubt.fix;
  return { 'other.nmea0183.doubt': { value, unit: null, code } };
}

function counts({ unread, proprietary }: Epoch): Record<string, ObservedField> {
  const count = (n: number): ObservedField => ({
    value: parseDecimal(String(n)),
    unit: null,
    code: null,
  });
  return {
    ...(unread > 0 && { 'other.nmea0183.unread': count(unread) }),
    ...(proprietary > 0 && { 'other.nmea0183.proprietary': count(proprietary) }),
  };
}
