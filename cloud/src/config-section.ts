/**
 * One section of a configuration file: its keys read one by one, each refusal with the key, what stands there and what to
 * write instead.
 * @module
 */
import { parseDocument } from 'yaml';
import { CloudError } from './errors.ts';

export interface Section {
  place(key: string): string;
  text(key: string, pattern: RegExp, expected: string, absent?: string): string;
  texts(key: string, expected: string, absent?: readonly string[]): string[];
  port(key: string, absent: number): number;
  /** A whole number, `least` or more. */
  count(key: string, least: number, absent: number): number;
  flag(key: string, absent: boolean): boolean;
  /** Null when it is absent. */
  child(key: string, keys: readonly string[]): Section | null;
  /** A list of sections; empty when it is absent. */
  children(key: string, keys: readonly string[]): Section[];
}

/** @param path the file, as refusals name it. @throws CloudError CONFIG_SYNTAX, CONFIG_INVALID */
export function readConfigText(text: string, path: string, keys: readonly string[]): Section {
  const document = parseDocument(text, { prettyErrors: true });
  const problem = document.errors[0];
  if (problem !== undefined) throw new CloudError('CONFIG_SYNTAX', `${path}: ${problem.message}`);
  return section(path, '', document.toJS({ maxAliasCount: 0 }), keys);
}

function section(path: string, name: string, found: unknown, keys: readonly string[]): Section {
  const place = (key: string) => `${path}: ${name === '' ? key : `${name}.${key}`}`;
  if (found === null || typeof found !== 'object' || Array.isArray(found)) {
    throw wrong(name === '' ? path : `${path}: ${name}`, found, `keys out of ${keys.join(', ')}`);
  }
  const values = new Map<string, unknown>(Object.entries(found));
  for (const key of values.keys()) {
    if (!keys.includes(key)) throw wrong(place(key), key, `one of ${keys.join(', ')}`);
  }
  return {
    place,
    text(key, pattern, expected, absent) {
      const value = values.get(key) ?? absent;
      if (typeof value === 'string' && pattern.test(value)) return value;
      throw wrong(place(key), value, expected);
    },
    texts(key, expected, absent) {
      const value = values.get(key) ?? absent;
      if (
        Array.isArray(value) &&
        (value.length > 0 || absent?.length === 0) &&
        value.every((one) => typeof one === 'string')
      ) {
        return value;
      }
      throw wrong(place(key), value, expected);
    },
    port(key, absent) {
      const value = values.get(key) ?? absent;
      if (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535)
        return Number(value);
      throw wrong(place(key), value, `a port from 0 to 65535, such as ${absent}`);
    },
    count(key, least, absent) {
      const value = values.get(key) ?? absent;
      if (Number.isSafeInteger(value) && Number(value) >= least) return Number(value);
      throw wrong(place(key), value, `a whole number from ${least} on, such as ${absent}`);
    },
    flag(key, absent) {
      const value = values.get(key) ?? absent;
      if (typeof value === 'boolean') return value;
      throw wrong(place(key), value, 'true or false');
    },
    child(key, childKeys) {
      const value = values.get(key) ?? null;
      if (value === null) return null;
      return section(path, name === '' ? key : `${name}.${key}`, value, childKeys);
    },
    children(key, childKeys) {
      const list = values.get(key) ?? [];
      if (!Array.isArray(list)) throw wrong(place(key), list, `a list of ${childKeys.join(', ')}`);
      return list.map((one, index) => section(path, `${key}[${index}]`, one, childKeys));
    },
  };
}

function wrong(place: string, found: unknown, expected: string): CloudError {
  const shown = found === undefined ? 'nothing' : JSON.stringify(found);
  return new CloudError('CONFIG_INVALID', `${place}: found ${shown}; write ${expected}`);
}
