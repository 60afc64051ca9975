/**
 * Which witnesses count: the witness, group and quorum lines of C2SP tlog-policy.
 *
 *     witness <name> <vkey> [<url>]               no key twice
 *     group <name> <k|any|all> <member>…          named above; a member of one group at most
 *     quorum <name|none>                          exactly one
 *
 * Items stand one space apart: a line of the policy has one form.
 * @module
 */
import { clip, toHex } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';
import { type NoteKey, parseNoteKey } from '../log/signed-note.ts';
import { cosignedAt } from '../log/witnessing.ts';

interface Group {
  readonly threshold: number;
  readonly members: readonly string[];
}

export interface WitnessQuorum {
  readonly witnesses: ReadonlyMap<string, NoteKey>;
  readonly groups: ReadonlyMap<string, Group>;
  /** Null: no witness is asked for. */
  readonly quorum: string | null;
}

const NAME = /^[^\s#]{1,128}$/;

/** @throws EvidenceError POLICY_FORM */
export function parseWitnessQuorum(lines: readonly string[]): WitnessQuorum {
  const witnesses = new Map<string, NoteKey>();
  const groups = new Map<string, Group>();
  const keys = new Set<string>();
  const grouped = new Set<string>();
  let quorum: string | null | undefined;
  const isKnown = (name: string) => witnesses.has(name) || groups.has(name);
  for (const line of lines) {
    const [keyword, name = '', ...rest] = line.split(' ');
    if (!NAME.test(name)) throw formError(`name expected in ${clip(line)}`);
    if (keyword === 'quorum' && rest.length === 0 && quorum === undefined) {
      if (name !== 'none' && !isKnown(name)) throw formError(`quorum ${clip(name)} is not defined`);
      quorum = name === 'none' ? null : name;
      continue;
    }
    if (isKnown(name) || name === 'none') throw formError(`${clip(name)} is defined twice`);
    if (keyword === 'witness' && (rest.length === 1 || (rest.length === 2 && rest[1] !== ''))) {
      const key = parseNoteKey(rest[0]!);
      if (key.type !== 4) throw formError(`${clip(name)} is not a cosigning key`);
      // Whoever holds one key is one witness, under however many names.
      if (keys.size === keys.add(toHex(key.publicKey)).size)
        throw formError(`the key of ${clip(name)} is named twice`);
      witnesses.set(name, key);
    } else if (keyword === 'group' && rest.length >= 2) {
      const [k = '', ...members] = rest;
      for (const member of members) {
        if (!isKnown(member) || grouped.has(member))
          throw formError(`member ${clip(member)}: defined above, in one group at most, expected`);
        grouped.add(member);
      }
      groups.set(name, { threshold: thresholdOf(k, members.length), members });
    } else throw formError(`tlog-policy line expected, got ${clip(line)}`);
  }
  if (quorum === undefined) throw formError('no quorum line');
  return { witnesses, groups, quorum };
}

export interface QuorumAnswer {
  readonly met: boolean;
  /** Witnesses of the policy whose cosignature is there and good, with its Unix time. */
  readonly seenBy: readonly { readonly name: string; readonly time: number }[];
}

/** Bad cosignatures count as none. */
export function judgeQuorum(policy: WitnessQuorum, note: string): QuorumAnswer {
  const seenBy: { name: string; time: number }[] = [];
  for (const [name, key] of policy.witnesses) {
    let time: number | null = null;
    try {
      time = cosignedAt(note, key);
    } catch {
      continue;
    }
    if (time !== null) seenBy.push({ name, time });
  }
  const names = seenBy.map(({ name }) => name);
  return { met: isQuorum(policy, names), seenBy };
}

/** Whether these witnesses of the policy are enough. */
export function isQuorum(policy: WitnessQuorum, names: readonly string[]): boolean {
  const seen = new Set(names);
  for (const [name, { threshold, members }] of policy.groups) {
    if (members.filter((member) => seen.has(member)).length >= threshold) seen.add(name);
  }
  return policy.quorum === null || seen.has(policy.quorum);
}

function thresholdOf(text: string, members: number): number {
  if (text === 'any') return 1;
  if (text === 'all') return members;
  const threshold = /^[1-9]\d{0,3}$/.test(text) ? Number(text) : 0;
  if (threshold < 1 || threshold > members)
    throw formError(`threshold from 1 to ${members}, any or all expected, got ${clip(text)}`);
  return threshold;
}

function formError(message: string): EvidenceError {
  return new EvidenceError('POLICY_FORM', message);
}
