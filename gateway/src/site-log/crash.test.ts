/**
 * The power goes at every step of a log's life; on every disk that could be found afterwards the
 * log opens, has lost nothing it answered for, contradicts nothing it signed, and goes on.
 */
import { generateKeyPairSync } from 'node:crypto';
import { createSigner, equalBytes, parseCheckpoint, parseNote, utf8 } from '@sigill/evidence';
import { expect, test } from 'vitest';
import {
  createCrashFileSystem,
  type DiskImage,
  PowerLoss,
} from '../disk/crash-file-system-fake.ts';
import { createDisk } from '../disk/disk.ts';
import type { FileSystem } from '../disk/file-system.ts';
import { checkSiteLog } from './fsck.ts';
import { openSiteLog } from './site-log.ts';

const ORIGIN = 'sigill.example/demo/house-17';
const signer = createSigner(
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'der' }),
);
// Across a tile's edge, exactly onto one, and over a whole tile at once.
const GROUPS = [1, 254, 3, 20];

interface Outside {
  /** Entries by index whose append resolved: somebody may hold a receipt. */
  acknowledged: Map<number, string>;
  /** Notes that may have left the box. */
  notes: string[];
}

async function live(fileSystem: FileSystem, life: string, outside: Outside): Promise<void> {
  const log = await openSiteLog({ disk: createDisk('/', fileSystem), origin: ORIGIN, signer });
  for (const count of GROUPS) {
    const from = log.head().size;
    const group = Array.from({ length: count }, (_, index) => `${life}: entry ${from + index}`);
    await log.append(group.map(utf8), from);
    for (const [at, text] of group.entries()) outside.acknowledged.set(from + at, text);
    outside.notes.push(log.checkpoint());
    await log.publish();
    await log.keepCosigned(log.checkpoint());
  }
}

async function assertSound(image: DiskImage, outside: Outside): Promise<void> {
  const disk = createDisk('/', createCrashFileSystem(image));
  const log = await openSiteLog({ disk, origin: ORIGIN, signer });
  const kept = log.entries(0, log.head().size).map((bytes) => new TextDecoder().decode(bytes));
  const lost = [...outside.acknowledged].filter(([index, text]) => kept[index] !== text);
  expect(lost).toEqual([]);
  for (const note of outside.notes) {
    const { size, root } = parseCheckpoint(parseNote(note).text);
    expect(equalBytes(log.root(size), root)).toBe(true);
  }
  await log.append(
    Array.from({ length: 20 }, (_, index) => utf8(`after: ${index}`)),
    log.head().size,
  );
  await log.publish();
  expect(checkSiteLog(disk, signer.publicKey)).toEqual(log.head());
}

async function runUntilPowerLoss(fileSystem: FileSystem, life: string, outside: Outside) {
  try {
    await live(fileSystem, life, outside);
    return false;
  } catch (error) {
    if (!(error instanceof PowerLoss)) throw error;
    return true;
  }
}

test('killed at any step, restarted and signing at once, then power loss: what it signed stands', async () => {
  const random = createRandom(18);
  for (let steps = 0; ; steps += 1) {
    const outside: Outside = { acknowledged: new Map(), notes: [] };
    const fileSystem = createCrashFileSystem();
    fileSystem.powerOffAfter(steps);
    const lost = await runUntilPowerLoss(fileSystem, 'first life', outside);
    fileSystem.restart();
    const log = await openSiteLog({ disk: createDisk('/', fileSystem), origin: ORIGIN, signer });
    outside.notes.push(log.checkpoint());
    for (const image of fileSystem.images(0, random)) await assertSound(image, outside);
    if (!lost) break;
  }
});

test('power loss at any step, twice over, never loses an answer or forks the log', async () => {
  const random = createRandom(17);
  let disks = 0;
  for (let steps = 0; ; steps += 1) {
    const outside: Outside = { acknowledged: new Map(), notes: [] };
    const fileSystem = createCrashFileSystem();
    fileSystem.powerOffAfter(steps);
    const lost = await runUntilPowerLoss(fileSystem, 'first life', outside);
    const images = fileSystem.images(1, random);
    for (const image of images) await assertSound(image, outside);
    const second = createCrashFileSystem(images[steps % images.length]!);
    second.powerOffAfter(Math.floor(random() * 60));
    await runUntilPowerLoss(second, 'second life', outside);
    const found = second.images(0, random);
    for (const image of found) await assertSound(image, outside);
    disks += images.length + found.length;
    if (!lost) break;
  }
  expect(disks).toBeGreaterThan(250);
});

function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
