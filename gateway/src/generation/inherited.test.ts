import { leafHash } from '@sigill/evidence';
import { beforeEach, expect, test } from 'vitest';
import { newSigner } from '../agent-fixture.ts';
import { createCrashFileSystem } from '../disk/crash-file-system-fake.ts';
import { createDisk, type Disk } from '../disk/disk.ts';
import { createFixtureHolder } from '../register-fixture.ts';
import {
  decodeInherited,
  encodeInherited,
  hasInherited,
  type Inherited,
  readInherited,
  writeInherited,
} from './inherited.ts';

const ORIGIN = 'sigill.example/demo/house-17';
const root = new Uint8Array(32).fill(7);
const inherited: Inherited = {
  ...{ origin: ORIGIN, size: 9, root },
  known: { size: 4, root: new Uint8Array(32).fill(4), path: [new Uint8Array(32).fill(5)] },
  agents: [
    {
      agent: new Uint8Array(16).fill(1),
      head: { batch: 3, headerHash: leafHash(root), nextSeq: 70 },
      streams: [{ source: 'p1', device: '', nextN: 12 }],
    },
    {
      agent: new Uint8Array(16).fill(2),
      head: { batch: 0, headerHash: root, nextSeq: 1 },
      streams: [],
    },
  ],
};

let disk: Disk;
beforeEach(() => {
  disk = createDisk('/', createCrashFileSystem());
});

function closed(size = 9) {
  const register = createFixtureHolder({
    ...{ origin: ORIGIN, log: newSigner(), agents: [{ key: newSigner().publicKey }] },
  });
  const { slot } = register.current();
  return { ...slot, record: { ...slot.record, closed: { size, root, cause: 'forked' } } };
}

test('what is written is read again', async () => {
  expect(hasInherited(disk, 2)).toBe(false);
  await writeInherited(disk, 2, inherited);
  expect(hasInherited(disk, 2)).toBe(true);
  expect(readInherited(disk, 2, closed())).toEqual(inherited);
  expect(decodeInherited(encodeInherited(inherited))).toEqual(inherited);
});

test('damage anywhere in its form, and what is of another log, is refused with what to do', async () => {
  const bytes = encodeInherited(inherited);
  const refused = {
    code: 'GENERATION_DAMAGED',
    message: expect.stringContaining('move that file'),
  };
  const read = () => readInherited(disk, 2, closed());
  expect(read).toThrow(expect.objectContaining(refused));
  for (let length = 0; length < bytes.length; length += 1) {
    await disk.replace('generation-2/inherited', bytes.subarray(0, length));
    expect(read).toThrow(expect.objectContaining(refused));
  }
  await disk.replace('generation-2/inherited', Uint8Array.of(...bytes, 0));
  expect(read).toThrow(expect.objectContaining(refused));
  await writeInherited(disk, 2, inherited);
  expect(() => readInherited(disk, 2, closed(8))).toThrow(expect.objectContaining(refused));
});
