/**
 * The operator's signature under a record. What was signed for a slot and revision is kept beside the key, and
 * nothing else is ever signed for these two: a cloud that lies about its register gets no second history.
 * @module
 */
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  type Erasure,
  equalBytes,
  type Opened,
  type OperatorRecord,
  openSlotRecord,
  readSlotRecord,
  type Signer,
  type SlotRecord,
  sha256,
  signErasure,
  signOperatorRecord,
  signSlotRecord,
} from '@sigill/evidence';
import { CloudError } from '../errors.ts';
import { readKeyFile } from '../witness/key-file.ts';

export interface OperatorPen {
  readonly publicKey: Uint8Array;
  /** Durable beside the key before it is returned. A closing record that was signed before is returned as it was. @throws CloudError RECORD_SIGNED */
  sign(record: SlotRecord): Promise<Uint8Array>;
  /** The operator's own next record, with the same promise. @throws CloudError RECORD_SIGNED */
  succeed(record: OperatorRecord): Promise<Uint8Array>;
  /** Its word that a reading was erased. @throws EvidenceError ERASURE_FORM */
  erase(erasure: Erasure): Uint8Array;
}

/** @throws CloudError FILE_MISSING, KEY_FILE_EXPOSED, KEY_FILE_INVALID */
export async function openOperatorPen(keyFile: string): Promise<OperatorPen> {
  const signer = await readKeyFile(keyFile);
  const directory = join(dirname(keyFile), 'signed');
  return {
    publicKey: signer.publicKey,
    sign: (record) => signOnce(signer, directory, record),
    async succeed(record) {
      const cose = signOperatorRecord(record, signer);
      const before = await keepSigned(directory, 0, record.rev, cose);
      if (before === null) return cose;
      throw taken(directory, 0, record.rev, 'the operator itself');
    },
    erase: (erasure) => signErasure(erasure, signer),
  };
}

/** @throws CloudError OPERATOR_KEY_WRONG */
export function assertOperatorKey(
  pen: OperatorPen,
  chain: readonly Opened<OperatorRecord>[],
): void {
  const current = chain.at(-1)?.record.key;
  if (current !== undefined && equalBytes(current, pen.publicKey)) return;
  throw new CloudError(
    'OPERATOR_KEY_WRONG',
    `this key is not the operator’s: the cloud’s records name ${current ? keyFingerprint(current) : 'none'}, the key file has ${keyFingerprint(pen.publicKey)}; give the right one with --key`,
  );
}

/** Four groups of four: enough to compare over a telephone. */
export function keyFingerprint(publicKey: Uint8Array): string {
  const digits = Buffer.from(sha256(publicKey)).toString('hex').slice(0, 16);
  return (digits.match(/.{4}/g) ?? []).join(' ');
}

async function signOnce(
  signer: Signer,
  directory: string,
  record: SlotRecord,
): Promise<Uint8Array> {
  const cose = signSlotRecord(record, signer);
  const before = await keepSigned(directory, record.slot, record.rev, cose);
  if (before === null) return cose;
  if (isSameButItsEnd(before, record, signer.publicKey)) return before;
  throw taken(directory, record.slot, record.rev, originOf(before));
}

/** Durable when it resolves. Null: what is kept for this slot and revision is this; else what was signed before. */
async function keepSigned(
  directory: string,
  slot: number,
  rev: number,
  cose: Uint8Array,
): Promise<Uint8Array | null> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = signedPath(directory, slot, rev);
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(cose);
      await file.sync();
    } finally {
      await file.close();
    }
    return null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const before = Uint8Array.from(await readFile(path));
  return before.length === 0 || equalBytes(before, cose) ? null : before;
}

function signedPath(directory: string, slot: number, rev: number): string {
  return join(directory, `slot-${slot}-${rev}.record`);
}

function taken(directory: string, slot: number, rev: number, whose: string): CloudError {
  return new CloudError(
    'RECORD_SIGNED',
    `${signedPath(directory, slot, rev)} is another record for slot ${slot}, revision ${rev}, signed for ${whose}; two would be two histories. Bring that one to the cloud first (on its /operator page), then try again`,
  );
}

// How far a log is held may have moved since it was closed, or what people say of it: it ends where was signed first.
function isSameButItsEnd(before: Uint8Array, record: SlotRecord, publicKey: Uint8Array): boolean {
  if (record.closed === null) return false;
  try {
    const { closed, ...kept } = openSlotRecord(before, publicKey).record;
    const { closed: _, ...wanted } = record;
    return closed !== null && isDeepStrictEqual(kept, wanted);
  } catch {
    return false;
  }
}

function originOf(cose: Uint8Array): string {
  try {
    return readSlotRecord(cose).record.origin;
  } catch {
    return 'an unknown origin';
  }
}
