/**
 * One mapping of a configuration file, read key by key. A wrong value is refused with its place in
 * the file, what stands there and what was expected; a key nobody reads is refused too, because it
 * is a misspelt one.
 * @module
 */
import { GatewayError } from './errors.ts';

export interface ConfigSection {
  /** `file: section.key`, for messages. */
  place(key: string): string;
  isAbsent(key: string): boolean;
  value(key: string): unknown;
  text(key: string, pattern: RegExp, expected: string, absent?: string): string;
  texts(key: string, expected: string): string[];
  count(key: string, least: number, absent: number): number;
  choice<T extends string>(key: string, choices: readonly T[], absent: T): T;
  /** An absent section reads as an empty one. `keys` null: any key. */
  section(key: string, keys: readonly string[] | null): ConfigSection;
  sections(key: string, keys: readonly string[]): ConfigSection[];
  /** All keys with their values as text. */
  strings(): Record<string, string>;
}

export function invalid(place: string, found: unknown, expected: string): GatewayError {
  const shown = typeof found === 'string' ? found : JSON.stringify(found);
  return new GatewayError('CONFIG_INVALID', `${place}: found ${shown}; write ${expected}`);
}

export function createConfigSection(
  file: string,
  path: string,
  written: unknown,
  keys: readonly string[] | null,
): ConfigSection {
  const here = path === '' ? file : `${file}: ${path}`;
  if (written === null || typeof written !== 'object' || Array.isArray(written)) {
    throw invalid(
      here,
      written,
      keys === null ? 'keys with values' : `keys out of ${keys.join(', ')}`,
    );
  }
  const values = new Map(Object.entries(written));
  const place = (key: string) => `${file}: ${path === '' ? key : `${path}.${key}`}`;
  const keyPath = (key: string) => (path === '' ? key : `${path}.${key}`);
  for (const key of values.keys()) {
    if (keys !== null && !keys.includes(key)) {
      throw new GatewayError(
        'CONFIG_INVALID',
        `${place(key)}: no such key; write one of ${keys.join(', ')}`,
      );
    }
  }
  const value = (key: string): unknown => values.get(key) ?? undefined;

  return {
    place,
    value,
    isAbsent: (key) => value(key) === undefined,

    text(key, pattern, expected, absent) {
      const found = value(key) ?? absent;
      if (typeof found !== 'string' || !pattern.test(found)) {
        throw invalid(place(key), found ?? 'nothing', expected);
      }
      return found;
    },

    texts(key, expected) {
      const found = value(key);
      if (
        !Array.isArray(found) ||
        found.length === 0 ||
        !found.every((item) => typeof item === 'string')
      ) {
        throw invalid(place(key), found ?? 'nothing', expected);
      }
      return found;
    },

    count(key, least, absent) {
      const found = value(key) ?? absent;
      if (typeof found !== 'number' || !Number.isSafeInteger(found) || found < least) {
        throw invalid(place(key), found, `a whole number of at least ${least}, such as ${absent}`);
      }
      return found;
    },

    choice(key, choices, absent) {
      const found = value(key) ?? absent;
      const chosen = choices.find((choice) => choice === found);
      if (chosen === undefined) throw invalid(place(key), found, choices.join(' or '));
      return chosen;
    },

    section: (key, allowed) => createConfigSection(file, keyPath(key), value(key) ?? {}, allowed),

    sections(key, allowed) {
      const found = value(key) ?? [];
      if (!Array.isArray(found)) throw invalid(place(key), found, 'a list, each item after a dash');
      return found.map((item, index) =>
        createConfigSection(file, `${keyPath(key)}[${index}]`, item, allowed),
      );
    },

    strings() {
      for (const [key, found] of values) {
        if (!['string', 'number', 'boolean'].includes(typeof found))
          throw invalid(place(key), found, 'text');
      }
      return Object.fromEntries([...values].map(([key, found]) => [key, String(found)]));
    },
  };
}
