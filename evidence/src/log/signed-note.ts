/**
 * C2SP signed-note: a text and who signed it.
 *
 *     <text, ending in a newline>
 *     <blank line>
 *     — <key name> base64(key ID, 4 bytes ‖ signature)        one line or more, the dash is U+2014
 *
 * Key ID = SHA-256(name ‖ 0x0A ‖ type ‖ public key)[0..4]; type 0x01 Ed25519, 0x04 cosignature/v1.
 * @module
 */
import {
  clip,
  concatBytes,
  equalBytes,
  fromBase64,
  fromHex,
  toBase64,
  toHex,
  utf8,
} from '../bytes/bytes.ts';
import { sha256 } from '../crypto/index.ts';
import { EvidenceError } from '../errors.ts';
import { ed25519Raw, ed25519Spki } from '../keys/spki.ts';

/** 0x01: signs the text. 0x04: signs the text with a time before it, as a witness does. */
export type NoteKeyType = 1 | 4;

/** A key that a verifier knows by name. Text form: `<name>+<key ID, hex>+base64(type ‖ key)`. */
export interface NoteKey {
  readonly name: string;
  readonly type: NoteKeyType;
  /** SPKI DER, Ed25519. */
  readonly publicKey: Uint8Array;
}

export interface NoteSignature {
  readonly name: string;
  readonly keyId: Uint8Array;
  /** What follows the key ID. */
  readonly blob: Uint8Array;
}

export interface SignedNote {
  /** With its final newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

// A checkpoint of a few lines, with as many cosignatures as any policy could name.
export const MAX_NOTE_CHARS = 32_768;
const MAX_SIGNATURES = 64;
const KEY_NAME = /^[^\s+\p{Cc}]{1,128}$/u;

/** @throws EvidenceError NOTE_SYNTAX */
export function parseNote(note: string): SignedNote {
  if (note.length > MAX_NOTE_CHARS) throw syntax(`over ${MAX_NOTE_CHARS} characters`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the specification forbids them
  if (/[\u0000-\u0009\u000b-\u001f\u007f]/.test(note) || !note.isWellFormed())
    throw syntax('control characters or invalid UTF-8');
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n')) throw syntax('no blank line before the signatures');
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw syntax(`over ${MAX_SIGNATURES} signatures`);
  return { text: note.slice(0, split + 1), signatures: lines.map(parseSignatureLine) };
}

export function formatNote({ text, signatures }: SignedNote): string {
  return `${text}\n${signatures.map(formatSignatureLine).join('')}`;
}

/** One line with its newline. */
export function formatSignatureLine({ name, keyId, blob }: NoteSignature): string {
  return `— ${name} ${toBase64(concatBytes(keyId, blob))}\n`;
}

/** @throws EvidenceError NOTE_SYNTAX */
export function parseSignatureLine(line: string): NoteSignature {
  const match = /^— (\S+) (\S+)$/.exec(line);
  const [, name = '', encoded = ''] = match ?? [];
  if (match === null || !isKeyName(name)) throw syntax(`signature line ${clip(line)}`);
  const bytes = fromBase64(encoded);
  if (bytes.length < 5) throw syntax(`signature of ${bytes.length} bytes`);
  return { name, keyId: bytes.slice(0, 4), blob: bytes.slice(4) };
}

export function noteKeyId({ name, type, publicKey }: NoteKey): Uint8Array {
  return sha256(utf8(`${name}\n`), Uint8Array.of(type), ed25519Raw(publicKey)).slice(0, 4);
}

/** The signatures that carry this key's name and ID; others are unknown to us and ignored. */
export function signaturesOf(note: SignedNote, key: NoteKey): NoteSignature[] {
  const keyId = noteKeyId(key);
  return note.signatures.filter(
    (signature) => signature.name === key.name && equalBytes(signature.keyId, keyId),
  );
}

export function formatNoteKey(key: NoteKey): string {
  const encoded = toBase64(concatBytes(Uint8Array.of(key.type), ed25519Raw(key.publicKey)));
  return `${key.name}+${toHex(noteKeyId(key))}+${encoded}`;
}

/** @throws EvidenceError NOTE_SYNTAX, KEY_FORM, KEY_WEAK */
export function parseNoteKey(text: string): NoteKey {
  const [name = '', id = '', ...rest] = text.split('+');
  const encoded = rest.join('+'); // base64 may hold a plus of its own
  if (!isKeyName(name) || !/^[0-9a-f]{8}$/.test(id)) throw syntax(`key ${clip(text)}`);
  const bytes = fromBase64(encoded);
  const type = bytes[0];
  if ((type !== 1 && type !== 4) || bytes.length !== 33)
    throw syntax(`Ed25519 note key of type 1 or 4 expected, got ${clip(text)}`);
  const key: NoteKey = { name, type, publicKey: ed25519Spki(bytes.slice(1)) };
  if (!equalBytes(noteKeyId(key), fromHex(id))) throw syntax(`key ID of ${clip(text)} is wrong`);
  return key;
}

export function isKeyName(name: string): boolean {
  return KEY_NAME.test(name) && name.isWellFormed();
}

/** @throws EvidenceError NOTE_SYNTAX */
export function assertKeyName(name: string): void {
  if (!isKeyName(name)) throw syntax(`key name without spaces or plus expected, got ${clip(name)}`);
}

function syntax(message: string): EvidenceError {
  return new EvidenceError('NOTE_SYNTAX', `signed note: ${message}`);
}
