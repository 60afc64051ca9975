import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createSigner,
  EMPTY_ROOT,
  leafHash,
  openCheckpoint,
  parseReceipt,
  treeRoot,
  utf8,
  verifyConsistency,
  verifyReceipt,
} from '@sigill/evidence';
import { beforeEach, describe, expect, test } from 'vitest';
import { createDisk, type Disk } from '../disk/disk.ts';
import { type FileSystem, nodeFileSystem } from '../disk/file-system.ts';
import { checkSiteLog } from './fsck.ts';
import { openSiteLog, type SiteLog } from './site-log.ts';

const ORIGIN = 'sigill.example/demo/house-17';
const signer = createSigner(
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'der' }),
);
const entry = (index: number) => utf8(`seal ${index}`);
const entries = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, offset) => entry(from + offset));

let directory: string;
let disk: Disk;
let log: SiteLog;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'site-log-'));
  disk = createDisk(directory, nodeFileSystem);
  log = await openSiteLog({ disk, origin: ORIGIN, signer });
});

test('begins empty, and signs that', () => {
  expect(log.head()).toEqual({ origin: ORIGIN, size: 0, root: EMPTY_ROOT });
  const { checkpoint } = openCheckpoint(log.checkpoint(), ORIGIN, signer.publicKey);
  expect(checkpoint.size).toBe(0);
});

test('its head is the RFC 6962 root of its entries, across tiles and restarts', async () => {
  for (const [from, to] of [
    [0, 1],
    [1, 255],
    [255, 256],
    [256, 600],
    [600, 601],
  ] as const) {
    await log.append(entries(from, to), from);
    expect(log.head().root).toEqual(treeRoot(entries(0, to).map(leafHash)));
    log = await openSiteLog({ disk, origin: ORIGIN, signer });
    expect(log.head().size).toBe(to);
  }
  expect(log.entries(250, 520)).toEqual(entries(250, 520));
  expect(checkSiteLog(disk, signer.publicKey).size).toBe(601);
});

test('lies on disk as C2SP tiles; partial ones go when the full one is there', async () => {
  await log.append(entries(0, 250), 0);
  await log.append(entries(250, 260), 250);
  await log.publish();
  expect(readdirSync(directory, { recursive: true }).sort()).toEqual(
    [
      ...['checkpoint', 'head', 'tile', 'tile/0', 'tile/0/000', 'tile/0/001.p', 'tile/0/001.p/4'],
      ...['tile/1', 'tile/1/000.p', 'tile/1/000.p/1'],
      ...['tile/entries', 'tile/entries/000', 'tile/entries/001.p', 'tile/entries/001.p/4'],
    ].sort(),
  );
});

test('a receipt proves its entry under the signed head', async () => {
  await log.append(entries(0, 300), 0);
  for (const index of [0, 255, 256, 299]) {
    const receipt = parseReceipt(log.receipt(index));
    expect(verifyReceipt(receipt, entry(index), ORIGIN, signer.publicKey).size).toBe(300);
    expect(() => verifyReceipt(receipt, entry(index + 1), ORIGIN, signer.publicKey)).toThrow();
  }
});

test('proves that it only grew', async () => {
  await log.append(entries(0, 300), 0);
  const old = log.head();
  await log.append(entries(300, 1000), 300);
  const path = log.consistencyProof(300, 1000);
  expect(() => verifyConsistency(300, 1000, old.root, log.head().root, path)).not.toThrow();
  expect(log.root(300)).toEqual(old.root);
});

test('appends only where the writer believes it stands', async () => {
  await log.append(entries(0, 5), 0);
  await expect(log.append(entries(0, 5), 0)).rejects.toThrow('size 0 expected, it is 5');
  await expect(log.append(entries(6, 7), 6)).rejects.toThrow('size 6 expected, it is 5');
});

test('a second writer on the same disk is found before it forks the log', async () => {
  const other = await openSiteLog({ disk, origin: ORIGIN, signer });
  await other.append(entries(0, 3), 0);
  await expect(log.append([utf8('fork')], 0)).rejects.toMatchObject({ code: 'SITE_LOG_MOVED' });
  expect(log.head().size).toBe(0);
});

test('frozen, it still proves and signs but takes nothing', async () => {
  await log.append(entries(0, 2), 0);
  log.freeze('the cloud holds 9 entries of it');
  await expect(log.append(entries(2, 3), 2)).rejects.toThrow('the cloud holds 9 entries of it');
  expect(parseReceipt(log.receipt(1)).index).toBe(1);
});

test('keeps the newest cosigned note, never an older one', async () => {
  await log.append(entries(0, 2), 0);
  const older = await log.publish();
  await log.append(entries(2, 3), 2);
  const newer = await log.publish();
  await log.keepCosigned(newer);
  await log.keepCosigned(older);
  expect(log.cosigned()).toBe(newer);
  expect((await openSiteLog({ disk, origin: ORIGIN, signer })).cosigned()).toBe(newer);
});

describe('damage found at start', () => {
  beforeEach(() => log.append(entries(0, 300), 0));
  const reopen = () => openSiteLog({ disk, origin: ORIGIN, signer });

  test('a tile with another hash', async () => {
    const tile = Uint8Array.from(disk.read('tile/0/000')!);
    tile[77]! ^= 1;
    await disk.replace('tile/0/000', tile);
    // The start reads the right edge; the slow check reads everything.
    expect(() => checkSiteLog(disk, signer.publicKey)).toThrow('tile/0/000 holds hashes of other');
    await disk.replace('tile/1/000.p/1', tile.subarray(0, 32));
    await expect(reopen()).rejects.toMatchObject({ code: 'SITE_LOG_DAMAGED' });
  });

  test('an entry changed', async () => {
    const bundle = Uint8Array.from(disk.read('tile/entries/000')!);
    bundle[5]! ^= 1;
    await disk.replace('tile/entries/000', bundle);
    expect(() => checkSiteLog(disk, signer.publicKey)).toThrow(
      'head holds the root of other entries',
    );
  });

  test('a missing tile', async () => {
    await disk.remove('tile/0/001.p');
    await expect(reopen()).rejects.toThrow('tile/0/001.p/44 is missing');
  });

  test('a missing head is no new log', async () => {
    await disk.remove('head');
    await expect(reopen()).rejects.toThrow('head is missing');
  });

  test('the data directory of another origin', async () => {
    await expect(openSiteLog({ disk, origin: 'other.example', signer })).rejects.toThrow(
      `holds the log of ${ORIGIN}, the configuration says other.example`,
    );
  });
});

describe('a disk that fails', () => {
  async function openOn(overrides: Partial<FileSystem>): Promise<SiteLog> {
    const failing = createDisk(directory, { ...nodeFileSystem, ...overrides });
    return openSiteLog({ disk: failing, origin: ORIGIN, signer });
  }
  const full = () => Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));

  test('full while tiles are written: the head stays, and the next append may succeed', async () => {
    let isFull = true;
    const failing = await openOn({
      writeFile: (path, bytes) => (isFull ? full() : nodeFileSystem.writeFile(path, bytes)),
    });
    await expect(failing.append(entries(0, 3), 0)).rejects.toThrow('no space left');
    expect(failing.head().size).toBe(0);
    isFull = false;
    await failing.append([utf8('other'), utf8('entries')], 0);
    expect(checkSiteLog(disk, signer.publicKey).size).toBe(2);
  });

  test('failing while the head is written: nothing is signed before a restart', async () => {
    const failing = await openOn({
      renameFile: async (from, to) => {
        await nodeFileSystem.renameFile(from, to);
        await full();
      },
    });
    await expect(failing.append(entries(0, 3), 0)).rejects.toThrow('no space left');
    await expect(failing.append(entries(0, 3), 0)).rejects.toMatchObject({
      code: 'SITE_LOG_FROZEN',
    });
    expect((await openSiteLog({ disk, origin: ORIGIN, signer })).head().size).toBe(3);
  });
});
