/**
 * What the cloud holds of a log and where it leaves each agent, as it says:
 *
 *     heads    [ size, root: bstr32, checkpoint: tstr|null, [* path: bstr32], [* agent] ]
 *     agent    [ origin, seal: bstr, index, [* path: bstr32], [* [source, device, nextN]] ]
 *
 * @module
 */
import type { StreamHead } from '@sigill/edge';
import { CborReader } from '@sigill/evidence';
import { readStreams } from '../agents/held-records.ts';

export interface CloudHeads {
  readonly size: number;
  readonly root: Uint8Array;
  /** The newest checkpoint it holds of the log. */
  readonly checkpoint: string | null;
  /** Consistency from the size asked from. */
  readonly path: readonly Uint8Array[];
  readonly agents: readonly CloudHead[];
}

/** The last entry of an agent, in that log or in an earlier generation of it. */
export interface CloudHead {
  readonly origin: string;
  readonly seal: Uint8Array;
  readonly index: number;
  /** Inclusion in the log of that origin at its size. */
  readonly path: readonly Uint8Array[];
  readonly streams: readonly StreamHead[];
}

// A hundred agents with five thousand streams each, at 60 bytes a stream.
export const MAX_HEADS_BYTES = 32 * 1024 * 1024;

/** @throws EvidenceError CBOR_* */
export function decodeHeads(bytes: Uint8Array): CloudHeads {
  const reader = new CborReader(bytes);
  reader.tuple(5);
  const heads = {
    size: reader.uint(),
    root: reader.fixedBytes(32),
    checkpoint: reader.nullable(() => reader.text()),
    path: readPath(reader),
    agents: Array.from({ length: reader.array() }, (): CloudHead => {
      reader.tuple(5);
      return {
        origin: reader.text(),
        seal: reader.bytes(),
        index: reader.uint(),
        path: readPath(reader),
        streams: readStreams(reader),
      };
    }),
  };
  reader.end();
  return heads;
}

function readPath(reader: CborReader): Uint8Array[] {
  return Array.from({ length: reader.array() }, () => reader.fixedBytes(32));
}
