/**
 * A real site without the demonstration: keys and files by `sigill gateway init`, a pseudo-terminal
 * for the meter, `sigill cloud run` and `sigill gateway run` as processes.
 * @module
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatPolicy, parsePolicy } from '@sigill/evidence';
import { openPseudoTerminal, type PseudoTerminal } from '@sigill/firmware-bridge/simulators';
import { parseDocument } from 'yaml';
import { type RunningSigill, runSigill, startSigill } from './sigill-process.ts';
import { eventually, freePort } from './waiting.ts';

export interface Site {
  readonly directory: string;
  readonly url: string;
  readonly meter: PseudoTerminal;
  readonly policyFile: string;
  start(): Promise<void>;
  /** Stops cloud and gateway; the files stay. */
  stop(): Promise<void>;
  /** Stops everything and removes the files. */
  remove(): Promise<void>;
}

export interface SiteOptions {
  readonly ledger: 'none' | 'development';
  readonly source: string;
}

const ORIGIN = 'sigill.example/test/site';

export async function makeSite({ ledger, source }: SiteOptions): Promise<Site> {
  const directory = await mkdtemp(join(tmpdir(), 'sigill-site-'));
  const [port, ledgerPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const meter = await openPseudoTerminal();
  const init = await runSigill([
    ...['gateway', 'init', directory, '--name', 'test-gateway', '--origin', ORIGIN],
    ...['--cloud', url, '--ledger', ledger, '--source', `${source}=dsmr-p1:${meter.path}`],
  ]);
  if (init.code !== 0) throw new Error(`gateway init: ${init.stderr}`);
  const policyFile = join(directory, 'policy.json');
  await edit(join(directory, 'gateway.yaml'), [
    ...(ledger === 'none' ? [] : [[['ledger'], { development: { port: ledgerPort } }] as const]),
    [['batch', 'ageMs'], 300],
    [['checkpoint', 'intervalMs'], 500],
    [['anchor', 'intervalMs'], 2000],
  ]);
  if (ledger !== 'none') {
    await edit(join(directory, 'cloud.yaml'), [
      [['ledger', 'rpc'], `http://127.0.0.1:${ledgerPort}`],
    ]);
    await setEndpoint(policyFile, `http://127.0.0.1:${ledgerPort}`);
  }
  let running: RunningSigill[] = [];
  const stop = async () => {
    for (const part of running.toReversed()) await part.stop();
    running = [];
  };
  return {
    directory,
    url,
    meter,
    policyFile,
    async start() {
      const cloud = startSigill(['cloud', 'run', join(directory, 'cloud.yaml')]);
      const gateway = startSigill(['gateway', 'run', join(directory, 'gateway.yaml')]);
      running = [cloud, gateway];
      await eventually('the cloud answers', async () => {
        for (const part of running)
          if (part.child.exitCode !== null) throw new Error(`it ended: ${part.said()}`);
        return (await fetch(`${url}/api/v1/status`)).ok;
      });
    },
    stop,
    async remove() {
      await stop();
      await meter.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function edit(
  file: string,
  changes: readonly (readonly [readonly string[], unknown])[],
): Promise<void> {
  const document = parseDocument(await readFile(file, 'utf8'));
  for (const [path, value] of changes) document.setIn(path, value);
  await writeFile(file, document.toString());
}

async function setEndpoint(policyFile: string, endpoint: string): Promise<void> {
  const policy = parsePolicy(await readFile(policyFile, 'utf8'));
  if (policy.ledger === null) return;
  const ledger = { ...policy.ledger, endpoints: [endpoint] };
  await writeFile(policyFile, formatPolicy({ ...policy, ledger }));
}
