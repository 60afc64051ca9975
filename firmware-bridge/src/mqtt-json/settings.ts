/**
 * The driver's options, understood.
 * @module
 */
import { type Decimal, parseDecimal } from '@sigill/evidence';
import { DriverError } from '../errors.ts';
import { parsePointer } from '../json/json.ts';
import { isKnownName, isUnitOf, quantities, unitsOf } from '../quantities.ts';
import { profiles } from './profiles.ts';
import { createTimeReader, type TimeReader } from './time.ts';

export interface Pointer {
  readonly path: readonly string[];
  /** As RFC 6901 writes it. */
  readonly text: string;
}

/** Where something stands: in the payload, in the topic, or here and now. */
export type Place =
  | { readonly kind: 'pointer'; readonly pointer: Pointer }
  | { readonly kind: 'topic'; readonly level: number }
  | { readonly kind: 'fixed'; readonly text: string };

export interface FieldSetting {
  readonly name: string;
  readonly pointers: readonly Pointer[];
  readonly unit: string | null;
  readonly scale: Decimal | null;
}

export interface Settings {
  readonly kind: string;
  readonly device: readonly Place[];
  readonly time: { readonly pointer: Pointer; readonly read: TimeReader } | null;
  readonly fields: readonly FieldSetting[];
  readonly keepsRest: boolean;
}

export const KINDS = ['meter', 'level', 'position', 'climate', 'weight', 'device'];
const PREFIX = 'field.';
const PATTERN = /^(?:\/|$)/;

/** @throws DriverError OPTION_INVALID */
export function readSettings(options: Readonly<Record<string, string>>): Settings {
  const { profile = '', kind = '', device = '', time = '', zone = '', rest = '' } = options;
  const known = profile === '' ? null : profiles[profile];
  if (known === undefined || (profile !== '' && !Object.hasOwn(profiles, profile)))
    throw invalid(`profile is one of ${Object.keys(profiles).join(', ')}, not ${profile}`);
  const chosenKind = kind || (known?.kind ?? 'device');
  if (!KINDS.includes(chosenKind))
    throw invalid(`kind is one of ${KINDS.join(', ')}, not ${chosenKind}`);
  if (rest !== 'keep' && rest !== 'drop') throw invalid(`rest is keep or drop, not ${rest}`);
  const own = Object.entries(options)
    .filter(([name]) => name.startsWith(PREFIX))
    .map(([name, text]) => readField(name.slice(PREFIX.length), text));
  const names = new Set(own.map(({ name }) => name));
  const fromProfile = (known?.fields ?? [])
    .filter(({ name }) => !names.has(name))
    .map(({ name, pointers, unit }) => ({
      name,
      unit,
      scale: null,
      pointers: pointers.map((text) => ({ path: parsePointer(text) ?? [], text })),
    }));
  return {
    kind: chosenKind,
    device: (device === '' ? (known?.device ?? ['topic:2']) : [device]).map(readPlace),
    time: readTime(time === '' ? (known?.time ?? '') : time, zone),
    fields: [...own, ...fromProfile],
    keepsRest: rest === 'keep',
  };
}

function readPlace(text: string): Place {
  const level = /^topic:([1-9]\d?)$/.exec(text)?.[1];
  if (level) return { kind: 'topic', level: Number(level) };
  if (text.startsWith('topic:'))
    throw invalid(`device topic:N counts the levels of the topic from 1, not ${text}`);
  if (!text.startsWith('/')) return { kind: 'fixed', text };
  return { kind: 'pointer', pointer: pointerOf('device', text) };
}

function readField(name: string, text: string): FieldSetting {
  if (!isKnownName(name))
    throw invalid(
      `field.${name}: there is no quantity ${name}; sigill drivers --json lists them, other.mqtt-json.… is free`,
    );
  const [pointer = '', unit = '-', scale = '1', ...more] = text.trim().split(/\s+/);
  if (more.length > 0 || !PATTERN.test(pointer))
    throw invalid(`field.${name} is a pointer, a unit and a scale, such as /ENERGY/Power W 0.1`);
  const symbol = unit === '-' ? null : unit;
  const dimension = quantities.get(name)?.dimension;
  if (dimension === 'time')
    throw invalid(`field.${name} is a time; the device's own time is the option time`);
  if (dimension && !isUnitOf(dimension, symbol))
    throw invalid(
      `field.${name} has the unit ${unitsOf(dimension).join(', ') || '-'}, not ${symbol ?? '-'}`,
    );
  if (!/^-?\d{1,12}(\.\d{1,12})?$/.test(scale))
    throw invalid(`field.${name}: the scale is a decimal number, such as 0.001, not ${scale}`);
  return {
    name,
    pointers: [pointerOf(`field.${name}`, pointer)],
    unit: symbol,
    scale: scale === '1' ? null : parseDecimal(scale),
  };
}

function readTime(text: string, zone: string): Settings['time'] {
  if (text === '') return null;
  const [pointer = '', format = 'iso'] = text.trim().split(/\s+/);
  return { pointer: pointerOf('time', pointer), read: createTimeReader(format, zone) };
}

function pointerOf(option: string, text: string): Pointer {
  const path = parsePointer(text);
  if (path) return { path, text };
  throw invalid(`${option}: a JSON pointer is needed, such as /ENERGY/Power, not ${text}`);
}

function invalid(message: string): DriverError {
  return new DriverError('OPTION_INVALID', message);
}
