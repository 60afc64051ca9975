/**
 * C2SP tlog-proof: that one entry is in a log, checkable offline. Our receipt for a seal.
 *
 *     c2sp.org/tlog-proof@v1
 *     index <decimal>
 *     <base64 hash>                   leaf side first
 *     <blank line>
 *     <checkpoint, signed>
 *
 * Stricter than other parsers: no `extra` line, no carriage returns, no leading zeros.
 * @module
 */
import { clip, fromBase64, toBase64 } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { verifyInclusion } from './inclusion.ts';
import { leafHash } from './merkle-tree.ts';

const HEAD = 'c2sp.org/tlog-proof@v1';
const MAX_PATH = 53;

export interface Receipt {
  readonly index: number;
  readonly path: readonly Uint8Array[];
  /** The signed checkpoint, verbatim, with whatever cosignatures it carries. */
  readonly note: string;
}

export function formatReceipt({ index, path, note }: Receipt): string {
  return `${HEAD}\nindex ${index}\n${path.map((hash) => `${toBase64(hash)}\n`).join('')}\n${note}`;
}

/** @throws EvidenceError RECEIPT_SYNTAX, BASE64_SYNTAX */
export function parseReceipt(text: string): Receipt {
  const split = text.indexOf('\n\n');
  const [head, second = '', ...hashes] = text.slice(0, Math.max(split, 0)).split('\n');
  const match = /^index (0|[1-9]\d{0,15})$/.exec(second);
  const index = Number(match?.[1]);
  if (
    split < 0 ||
    head !== HEAD ||
    match === null ||
    !Number.isSafeInteger(index) ||
    hashes.length > MAX_PATH
  )
    throw new EvidenceError('RECEIPT_SYNTAX', `tlog-proof expected, got ${clip(text)}`);
  return { index, path: hashes.map(fromBase64), note: text.slice(split + 2) };
}

/** The checkpoint that covers the entry. @throws EvidenceError for anything that does not fit */
export function verifyReceipt(
  receipt: Receipt,
  entry: Uint8Array,
  origin: string,
  publicKey: Uint8Array,
): Checkpoint {
  const { checkpoint } = openCheckpoint(receipt.note, origin, publicKey);
  verifyInclusion(receipt.index, checkpoint.size, leafHash(entry), receipt.path, checkpoint.root);
  return checkpoint;
}
