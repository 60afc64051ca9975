/** For tests and for other implementers: what is asked of trees and logs. */
import { toHex } from '../bytes/bytes.ts';
import { consistencyPath } from '../log/consistency.ts';
import { inclusionPath } from '../log/inclusion.ts';
import { hashesOf, leafHash, rootAt } from '../log/merkle-tree.ts';
import { multiInclusionPath } from '../log/multi-inclusion.ts';
import { formatReceipt } from '../log/receipt.ts';
import { formatNoteKey, type NoteKey } from '../log/signed-note.ts';
import { encodeEntryBundle } from '../log/tiles.ts';
import { testBytes } from './key-fixture.ts';
import {
  type Asked,
  asked,
  batch,
  bytes,
  file,
  first,
  house,
  logKey,
  operatorKey,
  origin,
  world,
} from './vector-world-fixture.ts';

export function trees(): Record<string, Asked[]> {
  const entries = Array.from({ length: 11 }, (_, at) => testBytes(`entry ${at}`, 4));
  const hashes = entries.map(leafHash);
  const read = hashesOf(hashes);
  const root = (size: number) => toHex(rootAt(size, read));
  const path = (index: number, size: number) => inclusionPath(index, size, read).map(toHex);
  const inclusion = (name: string, index: number, size: number, changes: Asked['input'] = {}) =>
    asked(name, {
      index,
      size,
      leaf: toHex(hashes[index] ?? hashes[0]!),
      path: path(Math.min(index, size - 1), size),
      root: root(size),
      ...changes,
    });
  const joined = (oldSize: number, newSize: number) =>
    consistencyPath(oldSize, newSize, read).map(toHex);
  const consistency = (
    name: string,
    oldSize: number,
    newSize: number,
    changes: Asked['input'] = {},
  ) =>
    asked(name, {
      oldSize,
      newSize,
      oldRoot: root(oldSize),
      newRoot: root(newSize),
      path: joined(oldSize, newSize),
      ...changes,
    });
  const several = (
    name: string,
    indexes: readonly number[],
    size: number,
    changes: Asked['input'] = {},
  ) =>
    asked(name, {
      size,
      leaves: indexes.map((index) => ({ index, hash: toHex(hashes[index]!) })),
      path: multiInclusionPath(indexes, size, read).map(toHex),
      ...changes,
    });
  return {
    'tree-roots': [0, 1, 2, 3, 7, 8, 11].map((size) =>
      asked(`${size} entries`, { entries: entries.slice(0, size).map(toHex) }),
    ),
    inclusion: [
      ...[
        [0, 1],
        [0, 2],
        [1, 2],
        [2, 3],
        [6, 7],
        [5, 8],
        [10, 11],
      ].map(([index, size]) => inclusion(`leaf ${index} of ${size}`, index!, size!)),
      inclusion('another leaf', 4, 8, { leaf: toHex(hashes[5]!) }),
      inclusion('another index of the same shape', 4, 8, { index: 5 }),
      inclusion('an index beyond the size', 7, 7),
      inclusion('a path too long', 4, 8, { path: [...path(4, 8), root(1)] }),
      inclusion('a path too short', 4, 8, { path: path(4, 8).slice(1) }),
      inclusion('a hash of 31 bytes', 4, 8, { path: path(4, 8).with(0, '00'.repeat(31)) }),
      inclusion('a size beyond 2^53-1', 4, 8, { size: 2 ** 53 }),
    ],
    consistency: [
      ...[
        [0, 0],
        [0, 5],
        [1, 2],
        [3, 7],
        [4, 8],
        [6, 8],
        [7, 7],
        [8, 11],
      ].map(([one, other]) => consistency(`from ${one} to ${other}`, one!, other!)),
      consistency('another root at the old size', 3, 7, { oldRoot: root(4) }),
      consistency('another root at the new size', 3, 7, { newRoot: root(8) }),
      consistency('two roots at one size', 7, 7, { newRoot: root(8) }),
      consistency('a path at one size', 7, 7, { path: [root(1)] }),
      consistency('from 0, another old root', 0, 5, { oldRoot: root(1) }),
      consistency('backwards', 7, 7, { oldSize: 8 }),
      consistency('a path too long', 3, 7, { path: [...joined(3, 7), root(1)] }),
      consistency('a path too short', 3, 7, { path: joined(3, 7).slice(0, -1) }),
    ],
    'several-leaves': [
      several('two of eleven', [2, 9], 11),
      several('neighbours', [4, 5, 6], 8),
      several('all', [0, 1, 2], 3),
      several('one alone', [0], 1),
      several('in another order', [2, 9], 11, {
        leaves: [9, 2].map((index) => ({ index, hash: toHex(hashes[index]!) })),
      }),
      several('one twice', [2], 11, {
        leaves: [2, 2].map((index) => ({ index, hash: toHex(hashes[index]!) })),
      }),
      several('none', [2], 11, { leaves: [] }),
      several('a path too long', [2], 11, { path: Array.from({ length: 9 }, () => root(1)) }),
      several('a path too short', [2], 11, { path: [] }),
    ],
  };
}

export function logs(): Record<string, Asked[]> {
  const { checkpoint } = file.log;
  const opened = (name: string, note: string, changes: Asked['input'] = {}) =>
    asked(name, { note, origin, key: logKey, ...changes });
  const [witness] = world.witnesses;
  const noteKey: NoteKey = { name: witness!.name, type: 4, publicKey: witness!.signer.publicKey };
  const key = formatNoteKey(noteKey);
  const cosigned = (name: string, note: string, of = key) => asked(name, { note, witness: of });
  const receipt = formatReceipt({ ...file.seal, note: house.checkpoint(6) });
  const proof = (name: string, changed: string, changes: Asked['input'] = {}) =>
    asked(name, { receipt: changed, entry: toHex(batch.seal), origin, key: logKey, ...changes });
  const bundle = encodeEntryBundle(house.entries.slice(0, 2));
  return {
    checkpoints: [
      opened('good, with a cosignature', checkpoint),
      opened('another origin', checkpoint, { origin: 'sigill.example/test/barn' }),
      opened('another key', checkpoint, { key: operatorKey }),
      opened('a size with a leading zero', checkpoint.replace('\n6\n', '\n06\n')),
      opened('another size', checkpoint.replace('\n6\n', '\n7\n')),
      opened('a line more', checkpoint.replace('\n6\n', '\n6\n6\n')),
      opened('carriage returns', checkpoint.replaceAll('\n', '\r\n')),
      opened('no blank line', checkpoint.replace('\n\n', '\n')),
      opened('no newline at the end', checkpoint.slice(0, -1)),
    ],
    cosignatures: [
      cosigned('good', checkpoint),
      cosigned('not there', house.checkpoint(6)),
      cosigned('under a checkpoint of another size', checkpoint.replace('\n6\n', '\n7\n')),
      cosigned('a log’s key', checkpoint, formatNoteKey({ ...noteKey, type: 1 })),
    ],
    receipts: [
      proof('good', receipt),
      proof('another entry', receipt, { entry: toHex(first.seal) }),
      proof('another index', receipt.replace('index 5', 'index 4')),
      proof('an index with a leading zero', receipt.replace('index 5', 'index 05')),
      proof('a line of extra', receipt.replace('index 5', 'extra AAAA\nindex 5')),
      proof('another version', receipt.replace('@v1', '@v2')),
    ],
    'note-keys': [
      asked('a cosigner’s', { key }),
      asked('a log’s', {
        key: formatNoteKey({ name: origin, type: 1, publicKey: house.signer.publicKey }),
      }),
      asked('another key ID', { key: key.replace(/\+[0-9a-f]{8}/, '+00000000') }),
      asked('no name', { key: key.slice(key.indexOf('+')) }),
    ],
    tiles: [1, 255, 256, 257, 70_000].map((size) => asked(`${size} entries`, { size })),
    'entry-bundles': [
      bytes('two entries', toHex(bundle)),
      bytes('none', ''),
      bytes('empty entries', '00000000'),
      bytes('cut', toHex(bundle.slice(0, -1))),
      bytes('257 entries', '0000'.repeat(257)),
    ],
  };
}
