/**
 * How fast trees grow, proofs are made and judged, and files of evidence are judged: in Node with either back end, in
 * Chromium, and beside other libraries.
 * @module
 */
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { build, type Rollup } from 'vite';
import { filesToJudge } from '../../evidence/src/testing/bench-files-fixture.ts';
import * as native from '../../evidence/src/testing/bench-fixture.ts';
import { hasChromium, openPage } from '../../evidence/src/testing/chromium-fixture.ts';
import { merkletreejs, openZeppelin, type PeerRates } from './evidence-peers.ts';

type Kernel = typeof native;
type Ask = <K extends keyof Kernel>(
  name: K,
  ...given: Parameters<Kernel[K]>
) => Promise<Awaited<ReturnType<Kernel[K]>>>;

const HASHES = 500_000;
const LEAVES = 200_000;
const PROOFS = 20_000;
const PEER_LEAVES = 50_000;
const PEER_PROOFS = 2_000;
const FILE_RUNS = 40;
const RANGE_RUNS = 3;

export async function benchEvidence(runs: number, say: (line: string) => void): Promise<void> {
  const script = await scriptForBrowsers();
  const files = filesToJudge(10_000);
  say(
    `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}; medians of ${runs} runs; in Node by processor time, in Chromium by the clock`,
  );
  await report('Node, node:crypto', askHere(native), files, runs, say);
  await report('Node, @noble as browsers have it', askHere(runHere(script)), files, runs, say);
  if (hasChromium) {
    const { page, close } = await openPage();
    try {
      await page.addScriptTag({ content: script });
      const ask: Ask = (name, ...given) =>
        page.evaluate(
          ([wanted, parameters]) => {
            const { sigill } = globalThis as unknown as {
              sigill: Record<string, (...all: unknown[]) => unknown>;
            };
            return sigill[wanted]!(...parameters);
          },
          [name, given] as [string, unknown[]],
        ) as never;
      await report('Chromium', ask, files, runs, say);
    } finally {
      await close();
    }
  } else say('\nChromium is not installed: nothing measured in it');
  for (const [name, measure] of [
    ['merkletreejs', merkletreejs],
    ['@openzeppelin/merkle-tree', openZeppelin],
  ] as const) {
    const rates = Array.from({ length: runs }, () => measure(PEER_LEAVES, PEER_PROOFS));
    sayPeer(
      name,
      rates.filter((one) => one !== null),
      say,
    );
  }
}

/** A run is all of it once, so that what disturbs the machine meets all parts alike. */
async function report(
  title: string,
  ask: Ask,
  files: ReturnType<typeof filesToJudge>,
  runs: number,
  say: (line: string) => void,
): Promise<void> {
  const measured: Record<string, number[]> = {};
  const note = (what: string, value: number) => {
    measured[what] = [...(measured[what] ?? []), value];
  };
  for (let run = 0; run < runs; run += 1) {
    const [first = 0, ...later] = await ask('judgeTimes', files.reading, FILE_RUNS);
    if (run === 0) note('one file judged the first time, ms', first);
    note('one file judged, ms', median(later));
    note(
      '10,000 readings of a stream judged, ms',
      median(await ask('judgeTimes', files.range, RANGE_RUNS)),
    );
    note('SHA-256 of 65 bytes, /s', await ask('hashRate', HASHES));
    note('leaves into a batch, /s', await ask('batchRate', LEAVES));
    note('leaves into a log and its tiles, /s', await ask('logRate', LEAVES));
    const { made, judged } = await ask('proofRates', PROOFS);
    note('proofs made, /s', made);
    note('proofs judged, /s', judged);
  }
  say(`\n${title}`);
  for (const [what, values] of Object.entries(measured))
    say(
      `  ${what.padEnd(42)} ${shown(median(values)).padStart(10)}   (${values.map(shown).join(' ')})`,
    );
}

function sayPeer(name: string, rates: readonly PeerRates[], say: (line: string) => void): void {
  const [one] = rates;
  if (one === undefined) {
    say(`\n${name}: not installed`);
    return;
  }
  const middle = (key: 'leaves' | 'made' | 'judged') =>
    shown(median(rates.map((rate) => rate[key])));
  say(`\n${name} ${one.version}, ${PEER_LEAVES} leaves`);
  say(
    `  leaves into a tree, /s ${middle('leaves')}; proofs made, /s ${middle('made')}; proofs judged, /s ${middle('judged')}`,
  );
}

function askHere(kernel: Kernel): Ask {
  return async (name, ...given) => (kernel[name] as (...all: unknown[]) => never)(...given);
}

function runHere(script: string): Kernel {
  const surroundings = globalThis as unknown as { sigill?: Kernel };
  new Script(`${script}\nglobalThis.sigill = sigill;`).runInThisContext();
  return surroundings.sigill!;
}

async function scriptForBrowsers(): Promise<string> {
  const entry = fileURLToPath(
    new URL('../../evidence/src/testing/bench-fixture.ts', import.meta.url),
  );
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, lib: { entry, formats: ['iife'], name: 'sigill' } },
  });
  const [{ output }] = built as [Rollup.RollupOutput];
  return output[0].code;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)]!;
}

function shown(value: number): string {
  return value < 1000 ? value.toFixed(1) : Math.round(value).toLocaleString('en');
}
