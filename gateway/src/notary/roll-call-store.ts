/**
 * The roll-calls of this notary by the index of their anchor, each a file that is durable before its
 * root is given to the ledger:
 *
 *     <index / 1000>/<index>    [ [* call: bstr], [* record: bstr], checkpoint: tstr|null, calledAt ]
 *
 * @module
 */
import { CborReader, encodeCbor, leafHash, treeRoot } from '@sigill/evidence';
import type { Disk } from '../disk/disk.ts';
import { GatewayError } from '../errors.ts';

export interface KeptRollCall {
  /** Leaf k is slot k. */
  readonly calls: readonly Uint8Array[];
  readonly records: readonly Uint8Array[];
  /** The note of the checkpoint called for the slot of the log in force; null while that is empty or closed. */
  readonly checkpoint: string | null;
  /** ms since the Unix epoch. */
  readonly calledAt: number;
}

export interface RollCallStore {
  /** Null if none is kept at this index. */
  read(index: number): KeptRollCall | null;
  /** Durable on return. Replaces one whose root never reached the ledger. */
  keep(index: number, rollCall: KeptRollCall): Promise<void>;
}

const FOLDER = 1_000;

/** @param disk a directory of its own */
export function createRollCallStore(disk: Disk): RollCallStore {
  const pathOf = (index: number) => `${Math.floor(index / FOLDER)}/${index}`;
  return {
    read(index) {
      const bytes = disk.read(pathOf(index));
      return bytes && decodeRollCall(bytes, index);
    },
    keep: (index, { calls, records, checkpoint, calledAt }) =>
      disk.replace(pathOf(index), encodeCbor([calls, records, checkpoint, calledAt])),
  };
}

export function rollRootOf({ calls }: KeptRollCall): Uint8Array {
  return treeRoot(calls.map(leafHash));
}

function decodeRollCall(bytes: Uint8Array, index: number): KeptRollCall {
  try {
    const reader = new CborReader(bytes);
    reader.tuple(4);
    const calls = Array.from({ length: reader.array() }, () => reader.bytes());
    const records = Array.from({ length: reader.array() }, () => reader.bytes());
    const checkpoint = reader.nullable(() => reader.text());
    const calledAt = reader.safeInteger();
    reader.end();
    return { calls, records, checkpoint, calledAt };
  } catch (cause) {
    throw new GatewayError(
      'NOTARY_STATE_DAMAGED',
      `roll-call ${index} does not read (${(cause as Error).message}); restore the data directory whole`,
      { cause },
    );
  }
}
