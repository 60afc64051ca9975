/**
 * One command of `sigill`. Each package exports its own.
 * @module
 */
import type { Readable, Writable } from 'node:stream';

export interface CommandIo {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted when the person at the keyboard has had enough. */
  readonly signal: AbortSignal;
}

export interface Command {
  /** What follows `sigill`, such as `decode` or `gateway init`. */
  readonly name: string;
  readonly summary: string;
  readonly help: string;
  /** Resolves to the exit code: 0 done, 1 the answer is no, 2 usage, 3 environment. */
  run(args: readonly string[], io: CommandIo): Promise<number>;
}
