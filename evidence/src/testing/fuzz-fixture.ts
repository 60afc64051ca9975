/** For tests and campaigns: bytes and texts that look like good ones, and what else a parser may do with them. */
import { EvidenceError } from '../errors.ts';
import type { FuzzSubject } from './fuzz-subjects-fixture.ts';
import { createRandom, type Random } from './random-fixture.ts';

// Heads of CBOR and RLP that promise far more than there is.
export const PROMISES = [
  '9bffffffffffffffff',
  '9b001fffffffffffff',
  '9affffffff',
  '5bffffffffffffffff',
  '5a7fffffff',
  '7b00000000ffffffff',
  'bfffffffffffffffff',
  'ffffffffffffffffff',
  'fb7fffffffffff',
  'b9ffff',
  '9f',
  '81',
  'd818',
  'f97e00',
  '1bffffffffffffffff',
];
const TEXTS = [
  '9007199254740991',
  '9007199254740992',
  '1e308',
  '-0',
  '\n',
  '\n\n',
  '\u0000',
  '\ud800',
  '\ufeff',
  '—',
  '+',
  '=',
  '==',
  '"',
  '\\u0000',
  '[',
  '{',
  'null',
  '999999999999999999999999',
  ' ',
  '\r\n',
  'constructor',
  '__proto__',
];

export function mutateBytes(good: readonly Uint8Array[], random: Random): Uint8Array {
  const bytes = [...random.pick(good)];
  for (let times = 1 + random.below(4); times > 0; times -= 1) {
    const at = random.below(bytes.length + 1);
    const kind = random.below(7);
    if (kind === 0 && at < bytes.length) bytes[at]! ^= 1 << random.below(8);
    else if (kind === 1 && at < bytes.length) bytes[at] = random.below(256);
    else if (kind === 2) bytes.splice(at, 1 + random.below(8));
    else if (kind === 3) bytes.splice(at, 0, ...bytes.slice(at, at + 1 + random.below(64)));
    else if (kind === 4)
      bytes.splice(at, random.below(3), ...Buffer.from(random.pick(PROMISES), 'hex'));
    else if (kind === 5) bytes.length = at;
    else bytes.splice(at, random.below(40), ...random.pick(good).slice(random.below(64)));
  }
  return Uint8Array.from(bytes);
}

export function mutateText(good: readonly string[], random: Random): string {
  let text = random.pick(good);
  for (let times = 1 + random.below(4); times > 0; times -= 1) {
    const at = random.below(text.length + 1);
    const cut = at + random.pick([0, 1, 1, 2, 16, 200]);
    const kind = random.below(5);
    if (kind === 0) text = text.slice(0, at) + text.slice(cut);
    else if (kind === 1) text = text.slice(0, at) + random.pick(TEXTS) + text.slice(cut);
    else if (kind === 2) text = text.slice(0, cut) + text.slice(at);
    else if (kind === 3) text = text.slice(0, at);
    else text = text.slice(0, at) + String.fromCharCode(random.below(128)) + text.slice(at + 1);
  }
  return text;
}

/** What went wrong with `count` mutations, each with what is needed to see it again; empty if nothing did. */
export function fuzz<Form extends Uint8Array | string>(
  subject: FuzzSubject<Form>,
  mutate: (good: readonly Form[], random: Random) => Form,
  { count, seed }: { readonly count: number; readonly seed: number },
): string[] {
  const random = createRandom(seed);
  const wrong: string[] = [];
  for (let made = 0; made < count; made += 1) {
    const form = mutate(subject.good, random);
    const fault = faultOf(() => subject.parse(form));
    if (fault !== null) wrong.push(`${subject.name}, seed ${seed}, number ${made}: ${fault}`);
  }
  return wrong;
}

/** Null: a value, or an EvidenceError whose causes are none that a program gets by mistake. */
export function faultOf(act: () => unknown): string | null {
  try {
    act();
    return null;
  } catch (error) {
    for (let cause: unknown = error, depth = 0; cause !== undefined; depth += 1) {
      if (!isExpected(cause, depth)) return `${(cause as Error).stack ?? cause}`;
      cause = (cause as Error).cause;
    }
    return null;
  }
}

/** Behind our own: JSON.parse's, TextDecoder's, and what the curves throw for bytes that are no point. */
function isExpected(error: unknown, depth: number): boolean {
  if (error instanceof EvidenceError) return true;
  if (depth === 0 || !(error instanceof Error)) return false;
  const isNoText = 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA';
  return error instanceof SyntaxError || isNoText || error.constructor === Error;
}
