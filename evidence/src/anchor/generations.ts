/**
 * Generations of a site log. When a log can grow no more, because two histories of it exist or its key is lost, the
 * operator closes it where it was last known and goes on under a new name and a new key, with the same agents:
 *
 *     example.org/site-17   ->   example.org/site-17/2   ->   example.org/site-17/3
 *
 * Seals that name an earlier generation, made before their agent heard of the next, enter the one in force.
 * @module
 */
import { EvidenceError } from '../errors.ts';
import { originHash } from '../log/checkpoint.ts';

/** What a slot's record says of it. */
export interface Generation {
  readonly origin: string;
  /** Null: a first generation, whatever its origin ends with. */
  readonly continues: Uint8Array | null;
}

// A site that forks its log a hundred times has another problem.
const NUMBERED = /^(.+)\/([2-9]|[1-9]\d)$/;
const MAX_GENERATION = 99;

/** The origins that `name/3` would continue: `name/2`, `name`. Empty where no generation stands at the end. */
export function earlierOrigins(origin: string): string[] {
  const [, name, number] = NUMBERED.exec(origin) ?? [];
  if (name === undefined) return [];
  const before = Array.from({ length: Number(number) - 2 }, (_, at) => `${name}/${at + 2}`);
  return [...before.reverse(), name];
}

/** What the log of a slot is called in its next generation. @throws EvidenceError RECORD_CHAIN after the last */
export function nextOrigin({ origin, continues }: Generation): string {
  if (continues === null) return `${origin}/2`;
  const [, name, number] = NUMBERED.exec(origin)!;
  if (Number(number) === MAX_GENERATION)
    throw new EvidenceError('RECORD_CHAIN', `${origin} is the last generation there can be`);
  return `${name}/${Number(number) + 1}`;
}

/** Which generation of its site this is, from 1. */
export function generationOf({ origin, continues }: Generation): number {
  return continues === null ? 1 : earlierOrigins(origin).length + 1;
}

/** What seals may name as their log: this one's origin hash first, then those of the generations before it. */
export function logsOf({ origin, continues }: Generation): Uint8Array[] {
  return [origin, ...(continues === null ? [] : earlierOrigins(origin))].map(originHash);
}
