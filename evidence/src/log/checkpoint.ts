/**
 * C2SP tlog-checkpoint: the signed head of a log. Three lines and nothing more:
 *
 *     <origin>
 *     <size, decimal>
 *     <root, base64>
 *
 * The origin is the name of the log's key.
 * @module
 */
import { clip, fromBase64, toBase64, utf8 } from '../bytes/bytes.ts';
import { sha256 } from '../crypto/index.ts';
import { EvidenceError } from '../errors.ts';
import { verifyEd25519 } from '../keys/ed25519.ts';
import type { Signer } from '../keys/signer.ts';
import {
  assertKeyName,
  formatNote,
  isKeyName,
  type NoteKey,
  noteKeyId,
  parseNote,
  type SignedNote,
  signaturesOf,
} from './signed-note.ts';

export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** SHA-256 of the origin: how headers and calls name a log. */
export function originHash(origin: string): Uint8Array {
  return sha256(utf8(origin));
}

export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  assertKeyName(origin);
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** @throws EvidenceError CHECKPOINT_SYNTAX */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', size = '', root = '', ...rest] = text.split('\n');
  const number = Number(size);
  if (
    rest.length !== 1 ||
    rest[0] !== '' ||
    !isKeyName(origin) ||
    !/^(0|[1-9]\d{0,15})$/.test(size) ||
    !Number.isSafeInteger(number)
  )
    throw new EvidenceError(
      'CHECKPOINT_SYNTAX',
      `origin, size and root expected, got ${clip(text)}`,
    );
  const bytes = fromBase64(root);
  if (bytes.length !== 32)
    throw new EvidenceError('CHECKPOINT_SYNTAX', `root of 32 bytes expected, got ${bytes.length}`);
  return { origin, size: number, root: bytes };
}

/** The note, signed with the log's key under the origin's name. */
export function signCheckpoint(checkpoint: Checkpoint, signer: Signer): string {
  const text = formatCheckpoint(checkpoint);
  const keyId = noteKeyId(logKey(checkpoint.origin, signer.publicKey));
  return formatNote({
    text,
    signatures: [{ name: checkpoint.origin, keyId, blob: signer.sign(utf8(text)) }],
  });
}

export interface OpenedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly note: SignedNote;
}

/**
 * A checkpoint whose log signature is good. Other signatures stand in `note`, not yet believed.
 * @throws EvidenceError NOTE_*, CHECKPOINT_*, KEY_*, SIGNATURE_*
 */
export function openCheckpoint(
  note: string,
  origin: string,
  publicKey: Uint8Array,
): OpenedCheckpoint {
  const opened = parseNote(note);
  const checkpoint = parseCheckpoint(opened.text);
  if (checkpoint.origin !== origin)
    throw new EvidenceError(
      'CHECKPOINT_ORIGIN',
      `origin ${clip(origin)} expected, got ${clip(checkpoint.origin)}`,
    );
  const own = signaturesOf(opened, logKey(origin, publicKey));
  if (own.length !== 1)
    throw new EvidenceError(
      'NOTE_UNSIGNED',
      `one signature of ${clip(origin)} expected, got ${own.length}`,
    );
  verifyEd25519(publicKey, utf8(opened.text), own[0]!.blob);
  return { checkpoint, note: opened };
}

export function logKey(origin: string, publicKey: Uint8Array): NoteKey {
  return { name: origin, type: 1, publicKey };
}
