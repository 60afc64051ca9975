/** Where readings are kept: room, health, and that it is a disk at all. */
import { dirname } from 'node:path';
import type { Box } from '../box.ts';
import { type Check, fault, ok, skipped, warning } from '../check.ts';

const LEAST_FREE_MIB = 200;
const LOW_FREE_MIB = 1024;
const LEAST_INODES = 1000;

/** The data directory, or before the first start the nearest one above it. */
async function dataOf({ config, machine }: Box): Promise<string | null> {
  for (let place = config?.data ?? '/'; place !== '/'; place = dirname(place)) {
    const found = await machine.follow(place);
    if (found !== null) return found;
  }
  return null;
}

const space: Check = {
  id: 'disk-space',
  title: 'There is room for readings',
  async run(box) {
    const data = await dataOf(box);
    if (data === null) return skipped('there is no configuration');
    const ran = await box.machine.run('df', ['-Pk', data]);
    const [, , , freeKib] = ran?.output.trim().split('\n').at(-1)?.split(/\s+/) ?? [];
    const mib = Math.floor(Number(freeKib) / 1024);
    if (!Number.isFinite(mib)) return skipped('this system does not tell its free space');
    const found = `${mib} MiB are free for ${data}`;
    const why = 'when it is full, new readings are refused; each loss is counted and told by a gap';
    const remedy =
      'See what is large: sudo du -xhd2 / | sort -h | tail; sudo journalctl --vacuum-size=100M';
    if (mib < LEAST_FREE_MIB) return fault(found, why, remedy);
    return mib < LOW_FREE_MIB ? warning(found, why, remedy) : ok(found);
  },
};

const inodes: Check = {
  id: 'disk-inodes',
  title: 'There is room for files',
  async run(box) {
    const data = await dataOf(box);
    if (data === null) return skipped('there is no configuration');
    const ran = await box.machine.run('df', ['-Pi', data]);
    const free = Number(ran?.output.trim().split('\n').at(-1)?.split(/\s+/)[3]);
    if (!Number.isFinite(free) || free === 0)
      return skipped('this file system does not count them');
    if (free >= LEAST_INODES) return ok(`${free} more files can be made`);
    return fault(
      `only ${free} more files can be made`,
      'then nothing new can be written, however much room there is',
      `Find the folder with too many: sudo find / -xdev -printf '%h\\n' | sort | uniq -c | sort -n | tail`,
    );
  },
};

interface Mount {
  readonly device: string;
  readonly type: string;
  readonly options: readonly string[];
}

async function mountOf(box: Box): Promise<Mount | null> {
  const data = await dataOf(box);
  const mounts = await box.machine.read('/proc/mounts');
  if (data === null || mounts === null) return null;
  const under = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, place]) => place !== undefined && isWithin(data, place))
    .sort(([, left = ''], [, right = '']) => right.length - left.length)[0];
  if (under === undefined) return null;
  const [device = '', , type = '', options = ''] = under;
  return { device, type, options: options.split(',') };
}

function isWithin(path: string, place: string): boolean {
  return place === '/' || path === place || path.startsWith(`${place}/`);
}

const isDisk: Check = {
  id: 'disk-kind',
  title: 'Readings lie on a disk, not in memory',
  async run(box) {
    const mount = await mountOf(box);
    if (mount === null) return skipped('there is no configuration');
    if (!['tmpfs', 'ramfs', 'overlay'].includes(mount.type)) {
      return ok(`${mount.type} on ${mount.device}`);
    }
    return fault(
      `the data directory lies on ${mount.type}`,
      'a power cut takes every reading that the cloud does not have yet, and the seals with them',
      'Name a directory on the card in data: of the configuration; with a read-only overlay, turn it off for it: sudo raspi-config, Performance, Overlay File System',
    );
  },
};

const writable: Check = {
  id: 'disk-writable',
  title: 'The disk can be written',
  async run(box) {
    const mount = await mountOf(box);
    if (mount === null) return skipped('there is no configuration');
    if (!mount.options.includes('ro')) return ok(`${mount.device} is mounted for writing`);
    return fault(
      `${mount.device} is mounted read-only`,
      'the kernel does this when a card fails: nothing can be kept',
      'Save what is on the card, then replace it; sudo dmesg | grep -iE "mmc|ext4|I/O" tells why',
    );
  },
};

const health: Check = {
  id: 'disk-health',
  title: 'The card is healthy',
  async run({ machine }) {
    for (const name of await machine.list('/sys/fs/ext4')) {
      const errors = Number((await machine.read(`/sys/fs/ext4/${name}/errors_count`)) ?? 0);
      if (errors > 0) {
        return fault(
          `the file system on ${name} has had ${errors} errors`,
          'a card that begins to fail loses more each day',
          'Replace the card soon; sigill support keeps what tells about it',
        );
      }
    }
    const worn = await mostWorn(machine);
    if (worn === null) return ok('no file system errors; the card does not tell its wear');
    if (worn < 9)
      return ok(`no file system errors; at most ${worn * 10} % of the card’s life is used`);
    return warning(
      `${worn * 10} % or more of the card’s life is used`,
      'worn cells forget what was written to them',
      'Replace the card at the next visit',
    );
  },
};

/** eMMC tells its wear in tenths (JEDEC 84-B50, DEVICE_LIFE_TIME_EST); SD cards do not. */
async function mostWorn(machine: Box['machine']): Promise<number | null> {
  let most: number | null = null;
  for (const name of await machine.list('/sys/block')) {
    const told = await machine.read(`/sys/block/${name}/device/life_time`);
    for (const tenth of told?.trim().split(/\s+/) ?? []) {
      const value = Number(tenth);
      if (value > 0) most = Math.max(most ?? 0, value);
    }
  }
  return most;
}

export const diskChecks: readonly Check[] = [space, inodes, isDisk, writable, health];
