/**
 * One anvil process: a whole EVM chain in memory. It listens on loopback alone and dies with its parent, even when that is killed.
 * @module
 */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createJsonRpc, type JsonRpc } from './json-rpc.ts';
import { LedgerError } from './ledger-error.ts';

export interface Anvil extends JsonRpc {
  readonly url: string;
  /** Resolves when the process has ended, for whatever reason, with the last it said. */
  readonly ended: Promise<string>;
  /** Ends it at once. What it held is gone. */
  kill(): Promise<void>;
}

// The shell waits for the end of its standard input, which comes when this process closes it or dies in any way.
// Its child gets standard input from /dev/null; the outputs belong to the child alone, so their end is the child's end.
const WATCHER = '"$@" </dev/null & exec >/dev/null 2>&1; read -r _; kill -KILL $!';
const RPC_TIMEOUT_MS = 30_000;
const MAX_STATE_BYTES = 1 << 30; // its whole state comes as one answer

/** Resolves when the chain answers. */
export async function startAnvil(options: readonly string[]): Promise<Anvil> {
  const fixed = ['--host', '127.0.0.1', '--port', '0', '--no-cors', '--color', 'never'];
  const child = spawn('/bin/sh', ['-c', WATCHER, 'anvil', binaryPath(), ...fixed, ...options], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // anvil asks for no home, account or proxy; what this process was given is not its business.
    env: { PATH: '/usr/bin:/bin', NO_COLOR: '1' },
  });
  child.stdin.on('error', () => {}); // the watcher may be gone already; `ended` tells
  let said = '';
  const ended = new Promise<string>((resolve) => child.stdout.once('close', () => resolve(said)));
  child.stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-2000);
  });
  const kill = async () => {
    child.stdin.end();
    await ended;
  };
  void ended.then(kill); // the watcher is not needed any more
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let heard = '';
      child.stdout.on('data', (chunk: Buffer) => {
        if (heard.length < 100_000) heard += chunk;
        const address = /Listening on (127\.0\.0\.1:\d+)/.exec(heard)?.[1];
        if (address !== undefined) resolve(`http://${address}`);
      });
      child.once('error', reject);
      void ended.then((last) => reject(new Error(last || 'it ended without a word')));
    });
    return { url, ended, kill, call: createJsonRpc(url, RPC_TIMEOUT_MS, MAX_STATE_BYTES).call };
  } catch (cause) {
    child.stdin.end();
    throw new LedgerError(
      'DEVELOPMENT_LEDGER_FAILED',
      `anvil does not start: ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    );
  }
}

/** The program itself: the package's launcher is one more process, which does not pass a kill on. */
function binaryPath(): string {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const launcher = import.meta.resolve('@foundry-rs/anvil/bin.mjs');
  const name = `@foundry-rs/anvil-${process.platform}-${architecture}/bin/anvil`;
  try {
    return createRequire(launcher).resolve(name);
  } catch (cause) {
    throw new LedgerError(
      'DEVELOPMENT_LEDGER_FAILED',
      `no anvil for ${process.platform} on ${process.arch}: the package ${name.split('/bin')[0]} is not installed; run npm ci without --omit=optional`,
      { cause },
    );
  }
}
