/**
 * What to make of a configuration file that may have changed. Pure: bytes in, decision out.
 * @module
 */
import { equalBytes } from '@sigill/evidence';
import { isCollection, LineCounter, parseDocument } from 'yaml';
import { ConfigError } from './config-section.ts';

export type ConfigDecision<T> =
  /** As it was when it was looked at last. */
  | { readonly kind: 'same' }
  /** After something that was refused it is as it is in force. */
  | { readonly kind: 'mended' }
  | { readonly kind: 'changed'; readonly config: T }
  /** What is in force stays so. */
  | {
      readonly kind: 'refused';
      /** One sentence, with the line. */
      readonly message: string;
      /** From 1; null where it is the file as a whole. */
      readonly line: number | null;
    };

export interface ConfigChanges<T> {
  /** Null: there is no such file. */
  judge(bytes: Uint8Array | null): ConfigDecision<T>;
  /** What was judged last is in force now. */
  inForce(): void;
}

/** @param parse throws what is wrong with a text, in a sentence */
export function createConfigChanges<T>(
  file: string,
  parse: (text: string) => T,
  before: Uint8Array,
): ConfigChanges<T> {
  let force: Uint8Array | null = before;
  let judged: Uint8Array | null = before;

  function refused(message: string, line: number | null): ConfigDecision<T> {
    return { kind: 'refused', message, line };
  }

  return {
    judge(bytes) {
      if (areSame(bytes, judged)) return { kind: 'same' };
      judged = bytes;
      if (areSame(bytes, force)) return { kind: 'mended' };
      if (bytes === null) return refused(`${file} is gone`, null);
      const text = toText(bytes);
      if (text === null) return refused(`${file} is no UTF-8 text`, null);
      if (text.trim() === '') return refused(`${file} is empty`, null);
      try {
        return { kind: 'changed', config: parse(text) };
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        const line = lineOf(text, error, message);
        const isNamed = line === null || /\bline \d+/.test(message);
        return refused(isNamed ? message : `${message} (line ${line})`, line);
      }
    },
    inForce() {
      force = judged;
    },
  };
}

/** Null: there is none. */
export function areSame(left: Uint8Array | null, right: Uint8Array | null): boolean {
  return left === right || (left !== null && right !== null && equalBytes(left, right));
}

function toText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function lineOf(text: string, error: unknown, message: string): number | null {
  if (error instanceof ConfigError) return lineOfKey(text, error.key);
  const [, line] = /\bline (\d+)/.exec(message) ?? [];
  return line === undefined ? null : Number(line);
}

/**
 * Where a key such as `sources[0].transport.serial` stands, or the nearest one around it that is written.
 * Null: nowhere.
 */
export function lineOfKey(text: string, key: string): number | null {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const path = Array.from(key.matchAll(/[^.[\]]+/g), ([part]) =>
    /^\d+$/.test(part) ? Number(part) : part,
  );
  let line: number | null = null;
  let node: unknown = document.contents;
  for (const part of path) {
    if (!isCollection(node)) break;
    const pair = node.items.find(
      (item) => isNamed(item) && String((item.key as { value?: unknown }).value) === part,
    );
    const at = pair === undefined ? node.get(part, true) : (pair as { key: unknown }).key;
    const start = (at as { range?: readonly number[] } | undefined)?.range?.[0];
    if (start === undefined) break;
    line = lines.linePos(start).line;
    node = node.get(part, true);
  }
  return line;
}

function isNamed(item: unknown): item is { readonly key: unknown } {
  return item !== null && typeof item === 'object' && 'key' in item && item.key !== null;
}
