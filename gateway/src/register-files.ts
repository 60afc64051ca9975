/**
 * Where records stand on disk: the files that gateway.yaml names, and in `register/` of the data directory what came
 * since, one file each: `slot-<slot>-rev-<rev>.record`.
 * @module
 */
import { join } from 'node:path';
import { readKeyFile } from '@sigill/edge';
import { equalBytes, parsePolicy } from '@sigill/evidence';
import type { GatewayConfig } from './config.ts';
import { createDisk } from './disk/disk.ts';
import { nodeFileSystem } from './disk/file-system.ts';
import { readLogKeys } from './keys/log-keys.ts';
import { readGiven, readGivenText } from './read-given.ts';
import { openRegister, type RegisterHolder } from './register.ts';

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
  return readRecordFiles([...files, ...kept]);
}

/** Each once. @throws GatewayError FILE_MISSING */
export function readRecordFiles(files: readonly string[]): Uint8Array[] {
  return files
    .map((file) => signedBytes(readGiven(file)))
    .filter((cose, index, all) => all.findIndex((other) => equalBytes(other, cose)) === index);
}

/**
 * What gateway.yaml names, and what came since.
 * @param more signed here and not yet taken up
 * @throws GatewayError, EvidenceError
 */
export function openConfiguredRegister(
  config: GatewayConfig,
  more: readonly Uint8Array[] = [],
): RegisterHolder {
  const { origin, keys, data } = config;
  return openRegister(
    [...readRecords(config.records, data), ...more],
    {
      ...{ operatorKeyHash: parsePolicy(readGivenText(config.policy)).operator, origin },
      logKeys: () => readLogKeys(keys).map(({ publicKey }) => publicKey),
      agentKey: readKeyFile(join(keys, 'agent.pem')).publicKey,
    },
    (name, cose) => keepRecord(data, name, cose),
  );
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
