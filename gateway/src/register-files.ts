/**
 * Where records stand on disk: the files that gateway.yaml names, and in `register/` of the data directory what came
 * since, one file each: `slot-<slot>-rev-<rev>.record`.
 * @module
 */
import { join } from 'node:path';
import { equalBytes } from '@sigill/evidence';
import { createDisk } from './disk/disk.ts';
import { nodeFileSystem } from './disk/file-system.ts';
import { readGiven } from './read-given.ts';

const FILE = /^slot-(\d+)-rev-(\d+)\.record$/;

/** @throws GatewayError FILE_MISSING */
export function readRecords(files: readonly string[], data: string): Uint8Array[] {
  const directory = join(data, 'register');
  const kept = nodeFileSystem
    .listDirectory(directory)
    .flatMap((name) => {
      const [, slot, rev] = FILE.exec(name) ?? [];
      return rev === undefined ? [] : [{ name, slot: Number(slot), rev: Number(rev) }];
    })
    .sort((one, other) => one.slot - other.slot || one.rev - other.rev)
    .map(({ name }) => join(directory, name));
  return [...files, ...kept]
    .map((file) => signedBytes(readGiven(file)))
    .filter((cose, index, all) => all.findIndex((other) => equalBytes(other, cose)) === index);
}

/** Durable on return. */
export async function keepRecord(data: string, name: string, cose: Uint8Array): Promise<void> {
  await createDisk(data, nodeFileSystem).replace(`register/${name}`, cose);
}

/** A record stands as it is, or as its base64 on one line. */
function signedBytes(content: Uint8Array): Uint8Array {
  if (content[0] === 0xd2) return content;
  return Uint8Array.from(Buffer.from(Buffer.from(content).toString('latin1'), 'base64'));
}
