/**
 * `sigill demo`: the whole platform on this machine, with a simulated town.
 * @module
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Command, CommandIo } from '@sigill/firmware-bridge';
import { createProgress } from './progress.ts';

const DEFAULT_PORT = 7445;
const DEFAULT_LEDGER_PORT = 7446;
const DEFAULT_DATA = '.sigill/demo';

export const commands: readonly Command[] = [
  {
    name: 'demo',
    summary: 'the whole platform on this machine, with a simulated town',
    help: `
Usage: npm start                          (or: npx sigill demo [options])

Starts the devices of a simulated town (a meter and a reader of fish tags behind pseudo-terminals, an
RFID portal on a socket, a bin and a collar that publish to the gateway's broker), an agent and
gateway that read and seal them, a development ledger, and the cloud with its page. Listens on
127.0.0.1 only. A second start goes on with the same data. Ctrl-C stops everything.

  --port N          the page and its API (default ${DEFAULT_PORT})
  --ledger-port N   the development ledger's JSON-RPC (default ${DEFAULT_LEDGER_PORT})
  --data DIR        where everything is kept (default ${DEFAULT_DATA}; delete it to begin anew)

With npm, options go behind two dashes: npm start -- --port 8445
`,
    run,
  },
];

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  let values: { port?: string; 'ledger-port'?: string; data?: string; town?: string };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        'ledger-port': { type: 'string' },
        data: { type: 'string' },
        // How the demonstration starts its own town; not for people.
        town: { type: 'string' },
      },
    }));
  } catch (error) {
    io.stderr.write(`sigill demo: ${(error as Error).message}\n`);
    return 2;
  }
  if (values.town !== undefined) {
    const { runTown } = await import('./town.ts');
    return runTown(JSON.parse(values.town), io);
  }
  const port = Number(values.port ?? DEFAULT_PORT);
  const ledgerPort = Number(values['ledger-port'] ?? DEFAULT_LEDGER_PORT);
  if (![port, ledgerPort].every(isPort) || port === ledgerPort) {
    io.stderr.write('sigill demo: ports are two different numbers from 1024 to 65535\n');
    return 2;
  }
  // Loaded when it runs: vite builds the page, and help needs none of it.
  const { DemoError, runDemo } = await import('./demo.ts');
  const progress = createProgress(io.stdout);
  try {
    const data = resolve(values.data ?? DEFAULT_DATA);
    await runDemo({ port, ledgerPort, data }, progress, io.signal);
    return 0;
  } catch (error) {
    progress.end();
    if (!(error instanceof DemoError)) throw error;
    io.stderr.write(`\n${error.message}\n`);
    return 3;
  }
}

function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 1024 && value <= 65535;
}
