/**
 * JSON with one text per value: keys in schema order, no white space, integers up to 2^53-1.
 * Used for evidence files and policies; a file whose text differs from its own re-serialisation
 * is refused, which also refuses duplicate keys, escapes written otherwise, `1.0` and `1e0`.
 * @module
 */
import { EvidenceError } from '../errors.ts';
import { clip } from './bytes.ts';

/** Describes one shape: reads a parsed value and gives the same value with keys in order. */
export type JsonShape<T> = (value: unknown, path: string) => T;

/** @throws EvidenceError JSON_NOT_CANONICAL, JSON_SCHEMA */
export function parseCanonicalJson<T>(text: string, shape: JsonShape<T>): T {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new EvidenceError('JSON_SCHEMA', 'not JSON', { cause });
  }
  const value = shape(parsed, '$');
  if (JSON.stringify(value) !== text)
    throw new EvidenceError(
      'JSON_NOT_CANONICAL',
      'the text is not the canonical form of its value',
    );
  return value;
}

/** An object with exactly these keys, in this order. */
export function object<T extends object>(
  shapes: {
    [Key in keyof T]-?: JsonShape<T[Key]>;
  },
): JsonShape<T> {
  const names = Object.keys(shapes) as (keyof T & string)[];
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw schemaError(path, 'object', value);
    const source = value as Record<string, unknown>;
    for (const name of Object.keys(source)) {
      if (!Object.hasOwn(shapes, name))
        throw new EvidenceError('JSON_SCHEMA', `${path}: key ${clip(name)} is unknown`);
    }
    const result: Partial<T> = {};
    for (const name of names) {
      if (!Object.hasOwn(source, name))
        throw new EvidenceError('JSON_SCHEMA', `${path}.${name} is missing`);
      result[name] = shapes[name](source[name], `${path}.${name}`);
    }
    return result as T;
  };
}

export function array<T>(shape: JsonShape<T>): JsonShape<T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw schemaError(path, 'array', value);
    return value.map((item, index) => shape(item, `${path}[${index}]`));
  };
}

export function nullable<T>(shape: JsonShape<T>): JsonShape<T | null> {
  return (value, path) => (value === null ? null : shape(value, path));
}

export const string: JsonShape<string> = (value, path) => {
  if (typeof value !== 'string') throw schemaError(path, 'string', value);
  return value;
};

/** 0 to 2^53-1. */
export const uint: JsonShape<number> = (value, path) => {
  if (
    typeof value !== 'number' ||
    !Number.isSafeInteger(value) ||
    value < 0 ||
    Object.is(value, -0)
  )
    throw schemaError(path, 'integer from 0 to 2^53-1', value);
  return value;
};

export function literal<T extends string>(...allowed: readonly T[]): JsonShape<T> {
  return (value, path) => {
    if (!allowed.includes(value as T)) throw schemaError(path, allowed.join(' or '), value);
    return value as T;
  };
}

function schemaError(path: string, expected: string, value: unknown): EvidenceError {
  const found = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
  return new EvidenceError('JSON_SCHEMA', `${path}: ${expected} expected, got ${found}`);
}
