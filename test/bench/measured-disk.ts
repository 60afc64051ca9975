/**
 * A place to write to whose device is watched: an ext4 of its own on a loop device, where root may mount one; else the
 * device that the place is on anyway, which others write to as well.
 * @module
 */
import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface DeviceWrites {
  readonly bytes: number;
  readonly writes: number;
  /** Of the device's cache: one and more for each sync. */
  readonly flushes: number;
}

export interface MeasuredDisk {
  readonly directory: string;
  /** Which device, and who else writes to it. */
  readonly what: string;
  /** So far, with everything that waited to be written; null where the device cannot be told. */
  written(): Promise<DeviceWrites | null>;
  remove(): Promise<void>;
}

const run = promisify(execFile);
// Sparse. From 512 MiB on mkfs takes blocks of 4 KiB, as on a card.
const IMAGE_BYTES = 4 * 1024 ** 3;
const SECTOR_BYTES = 512;

export async function openMeasuredDisk(directory: string): Promise<MeasuredDisk> {
  const place = join(directory, 'disk');
  await mkdir(place);
  try {
    return await mountImage(join(directory, 'disk.img'), place);
  } catch (error) {
    const reason = (error as Error).message.trim().split('\n').at(-1);
    return watch(place, `the machine's own, which others write to as well (${reason})`);
  }
}

async function mountImage(image: string, place: string): Promise<MeasuredDisk> {
  const file = await open(image, 'wx');
  await file.truncate(IMAGE_BYTES);
  await file.close();
  // Everything is laid out now: what ext4 would otherwise do in its first minutes would be counted.
  const layout = ['-E', 'lazy_itable_init=0,lazy_journal_init=0'];
  await run('mkfs.ext4', ['-q', '-F', ...layout, image]);
  await run('mount', ['-o', 'loop,noatime', image, place]);
  return {
    ...watch(place, 'an ext4 on a loop device of its own'),
    async remove() {
      await run('umount', [place]);
    },
  };
}

function watch(directory: string, what: string): MeasuredDisk {
  const { dev } = statSync(directory);
  // As glibc's gnu_dev_major and gnu_dev_minor, for numbers below 2^32.
  const [major, minor] = [(dev >>> 8) & 0xfff, (dev & 0xff) | ((dev >>> 12) & 0xfff00)];
  const file = `/sys/dev/block/${major}:${minor}/stat`;
  return {
    ...{ directory, what },
    async written() {
      await run('sync', ['-f', directory]);
      return readDevice(file);
    },
    async remove() {},
  };
}

/** The kernel's Documentation/block/stat. */
function readDevice(file: string): DeviceWrites | null {
  try {
    const fields = readFileSync(file, 'latin1').trim().split(/\s+/).map(Number);
    return {
      bytes: fields[6]! * SECTOR_BYTES,
      writes: fields[4]!,
      flushes: fields[15] ?? Number.NaN,
    };
  } catch {
    return null;
  }
}
