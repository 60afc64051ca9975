import { type CommandIo, DriverError, TransportError } from '@sigill/firmware-bridge';
import { EdgeError } from '../errors.ts';

export const USAGE = 2;
const ENVIRONMENT = 3;
const USAGE_CODES = new Set(['CONFIG_SYNTAX', 'CONFIG_INVALID']);

/** Tells a failure that has a sentence, and gives the exit code; others are faults of the program, and thrown on. */
export function tellFailure(
  command: string,
  error: unknown,
  io: Pick<CommandIo, 'stderr'>,
): number {
  const isKnown =
    error instanceof EdgeError || error instanceof DriverError || error instanceof TransportError;
  if (!isKnown) throw error;
  io.stderr.write(`sigill ${command}: ${error.code}: ${error.message}\n`);
  return error instanceof DriverError || USAGE_CODES.has(error.code) ? USAGE : ENVIRONMENT;
}
