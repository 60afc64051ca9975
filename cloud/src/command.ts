/**
 * What `sigill` runs. The same shape as firmware-bridge's, told again because this package uses only the
 * pure parts of that one.
 * @module
 */
export interface Command {
  /** One word or two: `prove`, `cloud run`. */
  readonly name: string;
  readonly summary: string;
  readonly help: string;
  /** The exit code: 0 done, 1 the answer is no, 2 usage, 3 environment. */
  run(args: readonly string[], io: CommandIo): Promise<number>;
}

export interface CommandIo {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted when the process is told to stop. */
  readonly signal: AbortSignal;
}
