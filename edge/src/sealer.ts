import {
  type BatchHeader,
  encodeBatch,
  equalBytes,
  headerHash,
  type Signer,
  signSeal,
} from '@sigill/evidence';
import type { ClosedBatch } from './batcher.ts';
import { EdgeError } from './errors.ts';
import type { StreamHead } from './link/messages.ts';

/** A batch as it leaves the process. */
export interface SealedBatch {
  readonly number: number;
  readonly header: BatchHeader;
  readonly headerHash: Uint8Array;
  readonly seal: Uint8Array;
  /** On the wire: seal, readings, frames. */
  readonly bytes: Uint8Array;
  /** Where the streams that it touches go on; null where it was read back from the journal. */
  readonly streams: readonly StreamHead[] | null;
}

export interface Sealer {
  /** The caller vouches that the header is durable. @throws EdgeError SECOND_HEADER */
  seal(batch: ClosedBatch): SealedBatch;
  /** Batches below are sealed no more. */
  forget(beforeBatch: number): void;
}

/** Signs each batch number with one header only, however often it is asked. */
export function createSealer(signer: Signer): Sealer {
  const signed = new Map<number, Uint8Array>();
  let forgottenBefore = 0;

  return {
    seal({ header, headerBytes, readings, frames, streams }) {
      const number = header.batch;
      const hash = headerHash(headerBytes);
      const known = signed.get(number);
      if (number < forgottenBefore || (known !== undefined && !equalBytes(known, hash))) {
        throw new EdgeError('SECOND_HEADER', `batch ${number} was sealed with another header`);
      }
      signed.set(number, hash);
      const seal = signSeal(headerBytes, signer);
      return {
        number,
        header,
        headerHash: hash,
        seal,
        bytes: encodeBatch({ seal, readings, frames }),
        streams,
      };
    },
    forget(beforeBatch) {
      forgottenBefore = Math.max(forgottenBefore, beforeBatch);
      for (const number of signed.keys()) if (number < forgottenBefore) signed.delete(number);
    },
  };
}
