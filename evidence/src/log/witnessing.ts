/**
 * What a witness does (C2SP tlog-witness, tlog-cosignature): it cosigns a checkpoint once it has
 * seen that the log only grew since the last one it cosigned. Here is the decision, pure; storage
 * and routes are the server's, which makes the new state durable before it cosigns.
 *
 *     old <size>
 *     <base64 hash>                   0 to 63 lines: consistency from the old size
 *     <blank line>
 *     <checkpoint>
 * @module
 */
import { clip, concatBytes, fromBase64, toBase64, utf8 } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';
import { verifyEd25519 } from '../keys/ed25519.ts';
import type { Signer } from '../keys/signer.ts';
import { type Checkpoint, openCheckpoint, parseCheckpoint } from './checkpoint.ts';
import { verifyConsistency } from './consistency.ts';
import {
  formatSignatureLine,
  type NoteKey,
  noteKeyId,
  parseNote,
  signaturesOf,
} from './signed-note.ts';

const MAX_PROOF_LINES = 63;

export interface AddCheckpointRequest {
  readonly oldSize: number;
  readonly path: readonly Uint8Array[];
  readonly note: string;
}

export function formatAddCheckpoint({ oldSize, path, note }: AddCheckpointRequest): string {
  return `old ${oldSize}\n${path.map((hash) => `${toBase64(hash)}\n`).join('')}\n${note}`;
}

/** @throws EvidenceError NOTE_SYNTAX, BASE64_SYNTAX */
export function parseAddCheckpoint(body: string): AddCheckpointRequest {
  const split = body.indexOf('\n\n');
  const [first = '', ...hashes] = body.slice(0, Math.max(split, 0)).split('\n');
  const match = /^old (0|[1-9]\d{0,15})$/.exec(first);
  const oldSize = Number(match?.[1]);
  if (
    split < 0 ||
    match === null ||
    !Number.isSafeInteger(oldSize) ||
    hashes.length > MAX_PROOF_LINES
  )
    throw new EvidenceError('NOTE_SYNTAX', `add-checkpoint request expected, got ${clip(body)}`);
  return { oldSize, path: hashes.map(fromBase64), note: body.slice(split + 2) };
}

/** What a witness remembers of one log. It begins at size 0. */
export interface WitnessedLog {
  readonly origin: string;
  readonly publicKey: Uint8Array;
  readonly size: number;
  readonly root: Uint8Array;
}

/** HTTP status by tlog-witness, with the new state (200), the size held (409) or a reason. */
export type WitnessDecision =
  | { readonly status: 200; readonly checkpoint: Checkpoint; readonly text: string }
  | { readonly status: 409; readonly size: number }
  | { readonly status: 400 | 403 | 404 | 422; readonly code: string; readonly reason: string };

/**
 * @param find the log of this origin, or undefined: unknown origins are 404
 * @throws EvidenceError NOTE_SYNTAX, CHECKPOINT_SYNTAX, BASE64_SYNTAX for a body that is no request (400)
 */
export function judgeAddCheckpoint(
  request: AddCheckpointRequest,
  find: (origin: string) => WitnessedLog | undefined,
): WitnessDecision {
  const claimed = parseCheckpoint(parseNote(request.note).text);
  const log = find(claimed.origin);
  if (log === undefined)
    return refuse(404, 'WITNESS_UNKNOWN_LOG', `unknown log ${clip(claimed.origin)}`);
  let opened: ReturnType<typeof openCheckpoint>;
  try {
    opened = openCheckpoint(request.note, log.origin, log.publicKey);
  } catch (error) {
    return refuse(403, 'WITNESS_UNSIGNED', (error as Error).message);
  }
  const { checkpoint, note } = opened;
  if (request.oldSize > checkpoint.size)
    return refuse(
      400,
      'WITNESS_OLD_SIZE',
      `old size ${request.oldSize} is beyond ${checkpoint.size}`,
    );
  if (request.oldSize !== log.size) return { status: 409, size: log.size };
  try {
    verifyConsistency(log.size, checkpoint.size, log.root, checkpoint.root, request.path);
  } catch (error) {
    return refuse(422, 'WITNESS_FORK', (error as Error).message);
  }
  return { status: 200, checkpoint, text: note.text };
}

/** The cosignature/v1 line over a checkpoint's text. */
export function cosign(text: string, name: string, signer: Signer, unixSeconds: number): string {
  const keyId = noteKeyId({ name, type: 4, publicKey: signer.publicKey });
  const time = new Uint8Array(8);
  new DataView(time.buffer).setBigUint64(0, BigInt(unixSeconds));
  const blob = concatBytes(time, signer.sign(cosignedMessage(text, unixSeconds)));
  return formatSignatureLine({ name, keyId, blob });
}

/** When this witness cosigned the checkpoint, in Unix seconds; null if it did not.
 *  @throws EvidenceError SIGNATURE_* for a cosignature under its name that is bad */
export function cosignedAt(note: string, witness: NoteKey): number | null {
  const opened = parseNote(note);
  const [signature] = signaturesOf(opened, witness);
  if (signature === undefined) return null;
  if (signature.blob.length !== 72)
    throw new EvidenceError(
      'SIGNATURE_FORM',
      `cosignature of 72 bytes expected, got ${signature.blob.length}`,
    );
  const { blob } = signature;
  const time = new DataView(blob.buffer, blob.byteOffset).getBigUint64(0);
  if (time > BigInt(Number.MAX_SAFE_INTEGER))
    throw new EvidenceError('SIGNATURE_FORM', `cosignature time ${time}`);
  verifyEd25519(witness.publicKey, cosignedMessage(opened.text, Number(time)), blob.subarray(8));
  return Number(time);
}

function cosignedMessage(text: string, unixSeconds: number): Uint8Array {
  return utf8(`cosignature/v1\ntime ${unixSeconds}\n${text}`);
}

function refuse(status: 400 | 403 | 404 | 422, code: string, reason: string): WitnessDecision {
  return { status, code, reason };
}
