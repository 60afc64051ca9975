/**
 * A real pseudo-terminal: whoever opens its path reads what is written here, byte for byte, as from a serial adapter.
 * @module
 */
import { spawn } from '@lydell/node-pty';

export interface PseudoTerminal {
  /** What a serial transport opens. */
  readonly path: string;
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
  const terminal = (path: string): PseudoTerminal => ({
    path,
    // The library writes bytes as well as text, whatever its types say.
    write: (bytes) => pty.write(Buffer.from(bytes) as unknown as string),
    onData: (listener) => listeners.push(listener),
    close: async () => {
      pty.kill('SIGKILL');
      await exited;
    },
  });
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
