/**
 * Two signed heads of one log as a file that anyone can check. The key in it is no root of trust: whoever checks it
 * compares it with the log's record.
 *
 *     {"format":"sigill-fork@v1","log":<key>,"notes":[<smaller or equal>,<other>],"beginning":null|{"root","path"}}
 *
 * @module
 */
import { fromBase64, toBase64 } from '../bytes/bytes.ts';
import {
  array,
  literal,
  nullable,
  object,
  parseCanonicalJson,
  string,
} from '../bytes/canonical-json.ts';
import { EvidenceError } from '../errors.ts';
import { type Beginning, type ForkJudgement, judgeFork } from './fork.ts';
import { formatNoteKey, type NoteKey, parseNoteKey } from './signed-note.ts';

export interface ForkFile {
  /** Of the log, as its record names it. */
  readonly log: NoteKey;
  readonly notes: readonly [string, string];
  readonly beginning: Beginning | null;
}

// Two notes of the largest kind and a path, in JSON.
const MAX_FORK_CHARS = 300_000;
const MAX_PATH = 54;

const shape = object({
  format: literal('sigill-fork@v1'),
  log: string,
  notes: array(string),
  beginning: nullable(object({ root: string, path: array(string) })),
});

export function formatFork({ log, notes, beginning }: ForkFile): string {
  return JSON.stringify({
    format: 'sigill-fork@v1',
    log: formatNoteKey(log),
    notes,
    beginning: beginning && {
      root: toBase64(beginning.root),
      path: beginning.path.map(toBase64),
    },
  });
}

/** @throws EvidenceError JSON_*, BASE64_SYNTAX, NOTE_SYNTAX, KEY_* */
export function parseFork(text: string): ForkFile {
  if (text.length > MAX_FORK_CHARS)
    throw new EvidenceError('JSON_SCHEMA', `a fork of ${text.length} characters`);
  const { log, notes, beginning } = parseCanonicalJson(text, shape);
  const key = parseNoteKey(log);
  const [first, second, ...more] = notes;
  if (first === undefined || second === undefined || more.length > 0)
    throw new EvidenceError('JSON_SCHEMA', `two notes expected, got ${notes.length}`);
  if (key.type !== 1 || formatNoteKey(key) !== log)
    throw new EvidenceError('NOTE_SYNTAX', 'the key of a log expected');
  if (beginning !== null && beginning.path.length > MAX_PATH)
    throw new EvidenceError('JSON_SCHEMA', `a path of ${beginning.path.length} hashes`);
  return {
    log: key,
    notes: [first, second],
    beginning: beginning && {
      root: fromBase64(beginning.root),
      path: beginning.path.map(fromBase64),
    },
  };
}

/** @throws EvidenceError for notes that this log did not sign, and for a path that leads elsewhere */
export function judgeForkFile({ log, notes, beginning }: ForkFile): ForkJudgement {
  return judgeFork(notes[0], notes[1], log, beginning);
}
