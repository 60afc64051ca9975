/**
 * What the commands of this package share.
 * @module
 */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { CommandIo } from '../command.ts';

export const OK = 0;
export const NO = 1;
export const USAGE = 2;
export const ENVIRONMENT = 3;

/** One line of NDJSON, or of text; waits for a slow reader, so that memory stays bounded. */
export async function writeLine(stream: Writable, line: object | string): Promise<void> {
  await writeBytes(stream, `${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
}

export async function writeBytes(stream: Writable, bytes: Uint8Array | string): Promise<void> {
  if (!stream.write(bytes) && !stream.destroyed) await once(stream, 'drain');
}

export function tellUsage(io: CommandIo, command: string, error: unknown): number {
  const reason = error instanceof Error ? error.message : String(error);
  io.stderr.write(`sigill ${command}: ${reason}\nTry: sigill ${command} --help\n`);
  return USAGE;
}
