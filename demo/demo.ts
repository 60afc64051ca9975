/**
 * Starts the parts one after another, waits until the first reading stands on the page, and stops
 * all of them together. Everything it knows is on disk, so that a second start goes on.
 * @module
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildWeb } from '@sigill/cloud/web';
import { lastWords, type Part, startPart } from './child.ts';
import type { Progress } from './progress.ts';
import { type SettledDemo, settleDemo } from './settle.ts';

export interface DemoOptions {
  readonly port: number;
  readonly ledgerPort: number;
  readonly data: string;
}

/** Something a newcomer can act upon; the message says how. */
export class DemoError extends Error {}

const SOURCE = 'house-17';
const ORIGIN = 'sigill.example/demo/house-17';
const POLL_MS = 200;
const READY_TIMEOUT_MS = 60_000;

/** Runs until `signal` aborts. @throws DemoError */
export async function runDemo(
  { port, ledgerPort, data }: DemoOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  assertMachine();
  progress.say(
    'Sigill: a demonstration on this machine (127.0.0.1 only). Its town, Sigillstad, is simulated.\n',
  );
  await assertPortFree(port, '--port');
  await assertPortFree(ledgerPort, '--ledger-port');
  const logs = join(data, 'logs');
  await mkdir(logs, { recursive: true, mode: 0o700 });
  const parts: Part[] = [];
  const start = (name: string, args: readonly string[]) => {
    const part = startPart(name, args, join(logs, `${name.replace(' ', '-')}.log`));
    parts.push(part);
    return part;
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await progress.step('page built', () => buildWeb({ force: false }));
    if (!existsSync(join(data, 'gateway.yaml')))
      await progress.step('keys, records and policy made', async () => {
        const init = startPart('init', initArguments(data, url), join(logs, 'init.log'));
        if ((await init.ended).code !== 0) throw partError(init);
      });
    const { places, page } = await settleDemo(data, { port, ledgerPort });
    await progress.step(
      'a meter, a reader at a fish ladder, a portal, a bin and a collar',
      async () => {
        start('town', ['demo', '--town', JSON.stringify(places)]);
        await until(parts, signal, async () => existsSync(places.meter));
      },
    );
    await progress.step('cloud listens', async () => {
      start('cloud', ['cloud', 'run', join(data, 'cloud.yaml')]);
      await until(parts, signal, async () => (await fetch(`${url}/api/v1/status`)).ok);
    });
    await progress.step('gateway and development ledger run, first reading arrived', async () => {
      start('gateway', ['gateway', 'run', join(data, 'gateway.yaml')]);
      await until(parts, signal, () => hasReading(url));
    });
    progress.say(welcome(url, data, page));
    await Promise.race([aborted(signal), anyEnds(parts, signal)]);
  } finally {
    progress.end();
    if (parts.length > 0 && signal.aborted) progress.say('\nStopping …');
    // The gateway first, so that what it still holds finds the cloud.
    for (const part of parts.toReversed()) await part.stop();
    if (signal.aborted)
      progress.say('Stopped. Nothing is left running; npm start goes on from here.');
  }
}

function initArguments(data: string, url: string): string[] {
  return [
    ...['gateway', 'init', data, '--name', 'demo-gateway', '--origin', ORIGIN],
    ...['--cloud', url, '--ledger', 'development'],
  ];
}

async function hasReading(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/api/v1/streams`);
  const { streams } = (await answer.json()) as { streams: { source: string; latest: unknown }[] };
  return streams.some(({ source, latest }) => source === SOURCE && latest !== null);
}

/** Polls until `ready`; a part that ends meanwhile ends the wait. @throws DemoError */
async function until(
  parts: readonly Part[],
  signal: AbortSignal,
  ready: () => Promise<boolean>,
): Promise<void> {
  let ended: Part | null = null;
  for (const part of parts) part.ended.then(() => (ended ??= part));
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (!signal.aborted) {
    if (ended !== null) throw partError(ended);
    if (await ready().catch(() => false)) return;
    const last = parts.at(-1);
    if (performance.now() > deadline && last !== undefined)
      throw new DemoError(
        `The ${last.name} was not ready within ${READY_TIMEOUT_MS / 1000} s. Its last words:\n${lastWords(last)}\n  All of them: ${last.logFile}`,
      );
    await sleep(POLL_MS);
  }
}

async function anyEnds(parts: readonly Part[], signal: AbortSignal): Promise<never> {
  const part = await Promise.race(parts.map((each) => each.ended.then(() => each)));
  // Ctrl-C in a terminal reaches every part as well as us: then this is no fault.
  await sleep(POLL_MS);
  if (signal.aborted) return new Promise(() => {});
  throw partError(part);
}

function partError(part: Part): DemoError {
  return new DemoError(
    `The ${part.name} stopped. Its last words:\n${lastWords(part)}\n  All of them: ${part.logFile}`,
  );
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function assertPortFree(port: number, option: string): Promise<void> {
  const free = await new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
  if (!free)
    throw new DemoError(
      `Port ${port} on 127.0.0.1 is in use, perhaps by another demonstration. Stop it, or choose another port: npm start -- ${option} ${port + 1000}`,
    );
}

function assertMachine(): void {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch))
    throw new DemoError(
      `Sigill runs on 64-bit Linux (x64 or arm64); this machine is ${process.platform} ${process.arch}.`,
    );
}

function welcome(url: string, data: string, page: SettledDemo['page']): string {
  return `
  Open  ${url}

  The page and its code come from this machine; the command-line verifier is the independent way.
  The gateway's own page, for whoever stands beside it: ${page.url}  password ${page.password}
  Data  ${data}   (delete it to begin anew)
  Ctrl-C stops everything.
`;
}
