/**
 * One mapping of a configuration file, read key by key. A wrong value is refused with its place in
 * the file, what stands there and what was expected; a key nobody reads is refused too, because it
 * is a misspelt one.
 * @module
 */
import { EdgeError } from '../errors.ts';

/** A refusal that knows which key it speaks of, such as `sources[0].name`; '' for the whole file. */
export class ConfigError extends EdgeError {
  readonly key: string;

  constructor(key: string, message: string) {
    super('CONFIG_INVALID', message);
    this.key = key;
  }
}

export interface ConfigSection {
  /** The file, as messages name it. */
  readonly file: string;
  isAbsent(key: string): boolean;
  value(key: string): unknown;
  text(key: string, pattern: RegExp, expected: string, absent?: string): string;
  texts(key: string, expected: string): string[];
  count(key: string, least: number, absent: number): number;
  choice<T extends string | number>(key: string, choices: readonly T[], absent: T): T;
  /** An absent section reads as an empty one. `keys` null: any key. `expected`: what to write where it is no section. */
  section(key: string, keys: readonly string[] | null, expected?: string): ConfigSection;
  sections(key: string, keys: readonly string[]): ConfigSection[];
  /** All keys with their values as text. */
  strings(): Record<string, string>;
  /** To be thrown: the key's place, what stands there, what to write. */
  invalid(key: string, found: unknown, expected: string): ConfigError;
}

/**
 * @param file as messages name it
 * @param path of the mapping within the file; empty for the whole file
 * @throws EdgeError CONFIG_INVALID, here and from everything that reads
 */
export function createConfigSection(
  file: string,
  path: string,
  written: unknown,
  keys: readonly string[] | null,
  expected = keys === null ? 'keys with values' : `keys out of ${keys.join(', ')}`,
): ConfigSection {
  const here = path === '' ? file : `${file}: ${path}`;
  if (written === null || typeof written !== 'object' || Array.isArray(written)) {
    throw refusal(path, here, written, expected);
  }
  const values = new Map(Object.entries(written));
  const keyPath = (key: string) => (path === '' ? key : `${path}.${key}`);
  const place = (key: string) => `${file}: ${keyPath(key)}`;
  const invalid = (key: string, found: unknown, expected: string) =>
    refusal(keyPath(key), place(key), found, expected);
  for (const key of values.keys()) {
    if (keys !== null && !keys.includes(key)) {
      throw new ConfigError(
        keyPath(key),
        `${place(key)}: no such key; write one of ${keys.join(', ')}`,
      );
    }
  }
  const value = (key: string): unknown => values.get(key) ?? undefined;

  return {
    file,
    value,
    invalid,
    isAbsent: (key) => value(key) === undefined,

    text(key, pattern, expected, absent) {
      const found = value(key) ?? absent;
      if (typeof found !== 'string' || !pattern.test(found)) {
        throw invalid(key, found ?? 'nothing', expected);
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
        throw invalid(key, found ?? 'nothing', expected);
      }
      return found;
    },

    count(key, least, absent) {
      const found = value(key) ?? absent;
      if (typeof found !== 'number' || !Number.isSafeInteger(found) || found < least) {
        throw invalid(key, found, `a whole number of at least ${least}, such as ${absent}`);
      }
      return found;
    },

    choice(key, choices, absent) {
      const found = value(key) ?? absent;
      const chosen = choices.find((choice) => choice === found);
      if (chosen === undefined) throw invalid(key, found, choices.join(' or '));
      return chosen;
    },

    section: (key, allowed, expected) =>
      createConfigSection(file, keyPath(key), value(key) ?? {}, allowed, expected),

    sections(key, allowed) {
      const found = value(key) ?? [];
      if (!Array.isArray(found)) throw invalid(key, found, 'a list, each item after a dash');
      return found.map((item, index) =>
        createConfigSection(file, `${keyPath(key)}[${index}]`, item, allowed),
      );
    },

    strings() {
      for (const [key, found] of values) {
        if (!['string', 'number', 'boolean'].includes(typeof found))
          throw invalid(key, found, 'a text, a number, true or false');
      }
      return Object.fromEntries([...values].map(([key, found]) => [key, String(found)]));
    },
  };
}

function refusal(key: string, place: string, found: unknown, expected: string): ConfigError {
  const shown = typeof found === 'string' ? found : JSON.stringify(found);
  return new ConfigError(key, `${place}: found ${shown}; write ${expected}`);
}
