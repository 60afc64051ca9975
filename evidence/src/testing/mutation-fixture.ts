/**
 * For tests and campaigns: evidence files changed in one place or a few, and what the judge makes of them. A change is
 * caught if the file is refused or a claim stops holding.
 */
import { fromBase64, toBase64, utf8 } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';
import { createRandom, type Random } from './random-fixture.ts';

/** A good file, and whether a text in its place is believed as it is. */
export interface MutationSubject {
  readonly name: string;
  readonly text: string;
  /** @throws EvidenceError for one that is refused */
  isBelieved(text: string): boolean;
}

export interface MutationReport {
  /** How many were tried, by what was done. */
  readonly tried: Readonly<Record<string, number>>;
  /** Believed, though changed; with what is needed to see it again. */
  readonly believed: readonly string[];
  /** Neither value nor EvidenceError. */
  readonly crashed: readonly string[];
  /** Believed as another statement, as true as the first: see `isAsTrue`. */
  readonly asTrue: number;
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type Change = (text: string, random: Random, donors: readonly string[]) => Uint8Array;

const KINDS: Readonly<Record<string, Change>> = {
  'bit flipped': (text, random) => {
    const bytes = utf8(text);
    const at = random.below(bytes.length);
    bytes[at]! ^= 1 << random.below(8);
    return bytes;
  },
  'byte changed': (text, random) => {
    const bytes = utf8(text);
    return bytes.with(random.below(bytes.length), random.below(256));
  },
  'bytes cut, doubled or moved': (text, random) => {
    const bytes = [...utf8(text)];
    const at = random.below(bytes.length);
    const piece = bytes.slice(at, at + 1 + random.below(random.pick([2, 8, 64, 4096])));
    if (random.below(3) > 0) bytes.splice(at, piece.length);
    if (random.below(3) > 0) bytes.splice(random.below(bytes.length), 0, ...piece);
    return Uint8Array.from(bytes);
  },
  // So that base64 stays in its form and the change reaches what is signed and hashed.
  'bit flipped within a byte string': inJson((place, random) => {
    const bytes = bytesAt(place);
    if (bytes === null) return;
    const at = random.below(bytes.length);
    place.set(toBase64(bytes.with(at, bytes[at]! ^ (1 << random.below(8)))));
  }),
  'byte string cut or longer': inJson((place, random) => {
    const bytes = bytesAt(place);
    if (bytes === null) return;
    const more = Uint8Array.from({ length: 1 + random.below(3) }, () => random.below(256));
    const changed = random.below(2) === 0 ? bytes.slice(0, -more.length) : [...bytes, ...more];
    place.set(toBase64(Uint8Array.from(changed)));
  }),
  'number or text changed': inJson((place, random) => {
    const { value } = place;
    if (typeof value === 'number')
      place.set(random.pick([value + 1, Math.max(value - 1, 0), 0, random.below(2 ** 31)]));
    else if (typeof value === 'string') {
      const at = random.below(value.length + 1);
      const letter = random.pick([...'aA0 +/=\n—{}".,\u0000é']);
      place.set(value.slice(0, at) + letter + value.slice(at + random.below(2)));
    }
  }),
  'part removed, doubled or swapped': inJson((place, random) => {
    const { value } = place;
    if (!Array.isArray(value) || value.length === 0) return place.set(null);
    const [one, other] = [random.below(value.length), random.below(value.length)];
    const kind = random.below(3);
    if (kind === 0) value.splice(one, 1);
    else if (kind === 1) value.splice(one, 0, structuredClone(value[other]!));
    else [value[one], value[other]] = [value[other]!, value[one]!];
  }),
  'part from another place': inJson((place, random, places) => {
    place.set(structuredClone(random.pick(places).value));
  }),
  'part of another file': (text, random, donors) => {
    const changed: Json = JSON.parse(text);
    const place = random.pick(placesIn(changed));
    const same = donors.flatMap((donor) =>
      placesIn(JSON.parse(donor)).filter(({ path }) => path === place.path),
    );
    if (same.length > 0) place.set(random.pick(same).value);
    return utf8(JSON.stringify(changed));
  },
};

/** Changes files `count` times. `say` is told how far it is, every ten thousand. */
export function mutateEvidence(
  subjects: readonly MutationSubject[],
  { count, seed, say = () => {} }: { count: number; seed: number; say?: (line: string) => void },
): MutationReport {
  const random = createRandom(seed);
  const tried: Record<string, number> = {};
  const believed: string[] = [];
  const crashed: string[] = [];
  let asTrue = 0;
  const good = new Set(subjects.map(({ text }) => text));
  for (let made = 0; made < count; ) {
    const subject = random.pick(subjects);
    const kind = random.pick(Object.keys(KINDS));
    const donors = subjects.filter((one) => one !== subject).map(({ text }) => text);
    const changed = toText(KINDS[kind]!(subject.text, random, donors));
    if (changed !== null && good.has(changed)) continue;
    made += 1;
    tried[kind] = (tried[kind] ?? 0) + 1;
    if (made % 10_000 === 0) say(`${made} changed, ${believed.length} believed`);
    if (changed === null) continue; // no UTF-8: no reader of texts takes it
    const what = `${made}: ${subject.name}, ${kind}: ${difference(subject.text, changed)}`;
    try {
      if (!subject.isBelieved(changed)) continue;
      if (isAsTrue(subject.text, changed)) asTrue += 1;
      else believed.push(what);
    } catch (error) {
      if (!(error instanceof EvidenceError)) crashed.push(`${what}: ${error}`);
    }
  }
  return { tried, believed, crashed, asTrue };
}

/** Whether a subject is still believed with a bit of its text flipped. */
export function survivesFlip(subject: MutationSubject, bit: number): boolean {
  const bytes = utf8(subject.text);
  bytes[bit >> 3]! ^= 1 << (bit & 7);
  const changed = toText(bytes);
  if (changed === null) return false;
  try {
    return subject.isBelieved(changed) && !isAsTrue(subject.text, changed);
  } catch (error) {
    if (error instanceof EvidenceError) return false;
    throw error;
  }
}

/**
 * What a file asks is not signed by anybody: its period. Another one that lies between the same readings is as true,
 * and the verdict names it. And without an anchor nothing says which of an operator's records of the slot is in force.
 */
function isAsTrue(text: string, changed: string): boolean {
  const bound = (given: string) => {
    const file = JSON.parse(given);
    const { records, rollCalls } = file;
    const slot = rollCalls === null ? null : records.slot;
    return JSON.stringify({ ...file, period: null, records: { ...records, slot } });
  };
  return bound(text) === bound(changed);
}

interface Place {
  /** Keys; items of lists alike, so that a part is found again in another file. */
  readonly path: string;
  readonly value: Json;
  set(value: Json): void;
}

function placesIn(root: Json, path = ''): Place[] {
  if (typeof root !== 'object' || root === null) return [];
  const holder = root as Record<string, Json>;
  return Object.keys(holder).flatMap((key) => {
    const own = `${path}/${Array.isArray(root) ? '*' : key}`;
    const place: Place = {
      path: own,
      value: holder[key]!,
      set: (value) => {
        holder[key] = value;
      },
    };
    return [place, ...placesIn(holder[key]!, own)];
  });
}

function inJson(change: (place: Place, random: Random, places: readonly Place[]) => void): Change {
  return (text, random) => {
    const root: Json = JSON.parse(text);
    for (let times = random.pick([1, 1, 1, 2, 3]); times > 0; times -= 1) {
      const places = placesIn(root);
      change(random.pick(places), random, places);
    }
    return utf8(JSON.stringify(root));
  };
}

function bytesAt({ value }: Place): Uint8Array | null {
  if (typeof value !== 'string' || value.length < 8) return null;
  try {
    return fromBase64(value);
  } catch {
    return null;
  }
}

function toText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Where two texts part, and what stands there. */
function difference(one: string, other: string): string {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  const around = (text: string) => text.slice(Math.max(at - 30, 0), at + 30);
  return `at ${at}: ${around(one)} -> ${around(other)}`;
}
