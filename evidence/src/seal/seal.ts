/**
 * The seal: the signed header that closes a batch. One signature for all its readings.
 *
 *     header = [ "sigill.batch.1", agent: bstr16, log: bstr32, batch, previous: bstr32, boot: bstr16,
 *                firstSeq, count (>= 1), root: bstr32, closedAt: int,
 *                beacon: [anchorIndex, anchorLeafHash: bstr32]|null ]
 *     seal   = COSE_Sign1(agent key, header)
 * @module
 */
import { CborReader, CborWriter } from '../bytes/canonical-cbor.ts';
import { sha256 } from '../crypto/index.ts';
import { EvidenceError } from '../errors.ts';
import { createSign1, decodeSign1, openSign1 } from '../keys/cose-sign1.ts';
import type { Signer } from '../keys/signer.ts';

export interface Beacon {
  readonly anchorIndex: number;
  readonly anchorLeafHash: Uint8Array;
}

export interface BatchHeader {
  readonly agent: Uint8Array;
  /** SHA-256 of the site log's origin: a seal cannot be replayed elsewhere. */
  readonly log: Uint8Array;
  readonly batch: number;
  /** Hash of the header before; zeros for the first. */
  readonly previous: Uint8Array;
  /** The kernel's boot id: a batch never spans two boots. */
  readonly boot: Uint8Array;
  readonly firstSeq: number;
  readonly count: number;
  readonly root: Uint8Array;
  /** ms since the Unix epoch by the agent's clock. */
  readonly closedAt: number;
  /** The newest final anchor the agent knew: its readings were closed after it. */
  readonly beacon: Beacon | null;
}

export const BATCH_TYPE = 'sigill.batch.1';
export const NO_PREVIOUS: Uint8Array = new Uint8Array(32);

/** @throws EvidenceError HEADER_FORM for a header that could not be read again */
export function encodeHeader(header: BatchHeader): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = writeHeader(header);
  } catch (cause) {
    throw new EvidenceError('HEADER_FORM', (cause as Error).message, { cause });
  }
  decodeHeader(bytes);
  return bytes;
}

function writeHeader(header: BatchHeader): Uint8Array {
  const writer = new CborWriter(256);
  writer.array(11);
  writer.text(BATCH_TYPE);
  writer.bytes(header.agent);
  writer.bytes(header.log);
  writer.integer(header.batch);
  writer.bytes(header.previous);
  writer.bytes(header.boot);
  writer.integer(header.firstSeq);
  writer.integer(header.count);
  writer.bytes(header.root);
  writer.integer(header.closedAt);
  if (header.beacon === null) writer.nil();
  else writer.value([header.beacon.anchorIndex, header.beacon.anchorLeafHash]);
  return writer.finish();
}

/** @throws EvidenceError HEADER_FORM */
export function decodeHeader(bytes: Uint8Array): BatchHeader {
  let header: BatchHeader;
  try {
    header = readHeader(new CborReader(bytes));
  } catch (cause) {
    throw new EvidenceError('HEADER_FORM', (cause as Error).message, { cause });
  }
  const { batch, count, firstSeq, previous } = header;
  if (count < 1 || !Number.isSafeInteger(firstSeq + count))
    throw new EvidenceError('HEADER_FORM', `count of 1 or more expected, got ${count}`);
  const first = previous.every((byte) => byte === 0);
  if ((batch === 0) !== first || (batch === 0 && firstSeq !== 0))
    throw new EvidenceError('HEADER_FORM', 'batch 0 alone begins at seq 0 and has no previous');
  return header;
}

export function headerHash(headerBytes: Uint8Array): Uint8Array {
  return sha256(headerBytes);
}

/** Signs a header that is durable already; the caller never has two headers for one batch. */
export function signSeal(headerBytes: Uint8Array, signer: Signer): Uint8Array {
  return createSign1(headerBytes, signer);
}

export interface OpenedSeal {
  readonly header: BatchHeader;
  readonly headerBytes: Uint8Array;
}

/** The header without its signature checked. @throws EvidenceError SEAL_FORM, HEADER_FORM */
export function decodeSeal(seal: Uint8Array): OpenedSeal {
  const { payload } = decodeSign1(seal);
  return { header: decodeHeader(payload), headerBytes: payload };
}

/** @throws EvidenceError SEAL_FORM, HEADER_FORM, KEY_*, SIGNATURE_* */
export function openSeal(seal: Uint8Array, publicKey: Uint8Array): OpenedSeal {
  const payload = openSign1(seal, publicKey);
  return { header: decodeHeader(payload), headerBytes: payload };
}

function readHeader(reader: CborReader): BatchHeader {
  reader.tuple(11);
  reader.literal(BATCH_TYPE);
  const header: BatchHeader = {
    agent: reader.fixedBytes(16),
    log: reader.fixedBytes(32),
    batch: reader.uint(),
    previous: reader.fixedBytes(32),
    boot: reader.fixedBytes(16),
    firstSeq: reader.uint(),
    count: reader.uint(),
    root: reader.fixedBytes(32),
    closedAt: reader.safeInteger(),
    beacon: reader.nullable(() => {
      reader.tuple(2);
      return { anchorIndex: reader.uint(), anchorLeafHash: reader.fixedBytes(32) };
    }),
  };
  reader.end();
  return header;
}
