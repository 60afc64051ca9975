/**
 * A real pseudo-terminal: whoever opens its path reads what is written here, byte for byte, as from a serial adapter.
 * @module
 */
import { writeSync } from 'node:fs';
import { spawn } from '@lydell/node-pty';

export interface PseudoTerminal {
  /** What a serial transport opens. */
  readonly path: string;
  /** What nobody reads is lost in the end, as on a serial line: some 80 KiB wait, the rest is dropped. */
  write(bytes: Uint8Array): void;
  /** Bytes written by whoever has the path open. */
  onData(listener: (bytes: Uint8Array) => void): void;
  /** Hangs up: whoever has the path open loses it, as when an adapter is pulled out. */
  close(): Promise<void>;
}

export class PseudoTerminalError extends Error {
  readonly code = 'PSEUDO_TERMINAL_FAILED';

  constructor(message: string) {
    super(message);
    this.name = 'PseudoTerminalError';
  }
}

// The shell makes its terminal transparent, tells its name, and then only keeps it open.
const HOLDER = 'stty raw -echo && tty && exec sleep 2147483647';
const PATH = /(\/dev\/\S+)\r?\n/;

export function openPseudoTerminal(): Promise<PseudoTerminal> {
  const pty = spawn('/bin/sh', ['-c', HOLDER], { encoding: null, cols: 80, rows: 24 });
  const exited = new Promise<void>((resolve) => pty.onExit(() => resolve()));
  const listeners: ((bytes: Uint8Array) => void)[] = [];
  const terminal = (path: string): PseudoTerminal => {
    // The library's types do not tell of the descriptor; its own `write` stops the whole program while nobody reads.
    const writer = createWriter((pty as unknown as { readonly fd: number }).fd);
    return {
      path,
      write: writer.write,
      onData: (listener) => listeners.push(listener),
      close: async () => {
        writer.close();
        pty.kill('SIGKILL');
        await exited;
      },
    };
  };
  return new Promise((resolve, reject) => {
    let told = '';
    let isOpen = false;
    // With encoding null it hands over bytes, whatever its types say.
    pty.onData((data: string | Uint8Array) => {
      const bytes = typeof data === 'string' ? Buffer.from(data, 'latin1') : data;
      if (isOpen) for (const listener of listeners) listener(bytes);
      else {
        told += Buffer.from(bytes).toString('latin1');
        const path = PATH.exec(told)?.[1];
        if (path === undefined) return;
        isOpen = true;
        resolve(terminal(path));
      }
    });
    exited.then(() =>
      reject(new PseudoTerminalError(`no pseudo-terminal: ${told.trim() || 'sh ended'}`)),
    );
  });
}

const MOST_WAITING_BYTES = 64 * 1024;
const RETRY_MS = 5;

/** Writes what the terminal takes at once, and the rest as it is read. The descriptor does not block. */
function createWriter(descriptor: number) {
  let waiting = new Uint8Array(0);
  let retry: NodeJS.Timeout | null = null;
  let isClosed = false;
  const flush = (): void => {
    retry = null;
    waiting = waiting.subarray(written(descriptor, waiting));
    if (waiting.length > 0 && !isClosed) retry = setTimeout(flush, RETRY_MS);
  };
  return {
    write: (bytes: Uint8Array): void => {
      if (isClosed || waiting.length + bytes.length > MOST_WAITING_BYTES) return;
      waiting = new Uint8Array([...waiting, ...bytes]);
      if (retry === null) flush();
    },
    close: (): void => {
      isClosed = true;
      if (retry) clearTimeout(retry);
    },
  };
}

/** How many of the bytes the terminal took. */
function written(descriptor: number, bytes: Uint8Array): number {
  let length = 0;
  try {
    while (length < bytes.length) length += writeSync(descriptor, bytes, length);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return bytes.length; // hung up
  }
  return length;
}
