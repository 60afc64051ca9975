/**
 * A record is overwritten where it lies, so that what goes is gone from the file and nothing around it moves. What takes
 * its place is durable beside the segments first: killed in between, the archive ends the work when it opens.
 * @module
 */
import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudError } from '../errors.ts';
import type { BatchKey } from './batch-archive.ts';
import { syncDirectory } from './segment-files.ts';
import { decodeRecord, encodeErased, segmentName, segmentNumber } from './segment-format.ts';
import type { RecordPlace } from './segment-index.ts';

const PENDING = /^(\d{10}\.segment)\.erase-(\d{1,16})(\.new)?$/;

/** @throws CloudError ARCHIVE_CONFLICT when what is left is no shorter */
export async function eraseRecord(
  directory: string,
  place: RecordPlace,
  key: BatchKey,
  left: Uint8Array,
): Promise<void> {
  const record = encodeErased(key, left, place.length);
  if (record === null)
    throw new CloudError('ARCHIVE_CONFLICT', `batch ${key.batch}: nothing is erased in it`);
  const name = `${segmentName(place.segment)}.erase-${place.offset}`;
  await writeWhole(directory, name, record);
  await overwrite(directory, place, record);
  await rm(join(directory, name));
  await forgetTornTails(directory, key.agent);
}

/** Ends what was under way when the process was killed. Whoever opens the archive does this before it reads. */
export async function endErasures(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const [, segment, offset, half] = PENDING.exec(name) ?? [];
    if (segment === undefined) continue;
    const record = await readFile(join(directory, name));
    const whole = half === undefined ? decodeRecord(record) : null;
    if (whole !== null) {
      const place = { segment: segmentNumber(segment) ?? 0, offset: Number(offset) };
      await overwrite(directory, { ...place, length: record.length }, record);
      await forgetTornTails(directory, whole.agent);
    }
    await rm(join(directory, name));
  }
}

/** Under its name it is whole: half of it has another. */
async function writeWhole(directory: string, name: string, content: Buffer): Promise<void> {
  const path = join(directory, name);
  const handle = await open(`${path}.new`, 'w', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.new`, path);
  await syncDirectory(directory);
}

async function overwrite(directory: string, place: RecordPlace, record: Buffer): Promise<void> {
  const handle = await open(join(directory, segmentName(place.segment)), 'r+');
  try {
    for (let written = 0; written < record.length; ) {
      const rest = record.length - written;
      written += (await handle.write(record, written, rest, place.offset + written)).bytesWritten;
    }
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

// A tail that a crash tore off was set aside, and may be of the batch that came again: its agent stands at its head.
async function forgetTornTails(directory: string, agent: Uint8Array): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.includes('.segment.cut-')) continue;
    const path = join(directory, name);
    if ((await readFile(path)).includes(Buffer.from(agent))) await rm(path);
  }
}
