/**
 * What admission costs on this disk: `node gateway/src/admission/admission-bench.ts [DIR]`.
 * @module
 */
import { mkdtempSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSegmentJournal, systemDisk } from '@sigill/edge';
import { createFixtureAgent, newSigner } from '../agent-fixture.ts';
import { checkSiteLog, createDisk, nodeFileSystem, openSiteLog } from '../index.ts';
import { openFixtureSite } from '../site-fixture.ts';
import { systemTimers } from '../timers.ts';

const ORIGIN = 'sigill.example/bench';
const directory = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'bench-'));
const signer = newSigner();
const agent = createFixtureAgent(ORIGIN);
const journal = join(directory, 'batches');
const { log, admission } = await openFixtureSite({
  ...{ fileSystem: nodeFileSystem, root: directory, origin: ORIGIN, logSigner: signer },
  agents: [agent.signer],
  openJournal: (options) =>
    openSegmentJournal({
      ...{ ...options, directory: journal, disk: systemDisk, timers: systemTimers },
      commitWindowMs: 0,
    }),
});
const at = (name: string) => createDisk(join(directory, name), nodeFileSystem);

async function measure(title: string, count: number, atOnce: number): Promise<void> {
  const batches = Array.from({ length: count }, () => agent.seal().bytes);
  const waits: number[] = [];
  const begun = performance.now();
  for (let first = 0; first < count; first += atOnce) {
    await Promise.all(
      batches.slice(first, first + atOnce).map(async (bytes) => {
        const offered = performance.now();
        await admission.admit(bytes);
        waits.push(performance.now() - offered);
      }),
    );
  }
  const seconds = (performance.now() - begun) / 1_000;
  waits.sort((left, right) => left - right);
  const p = (share: number) => waits[Math.floor(share * (count - 1))]?.toFixed(1);
  console.log(
    `${title}: ${Math.round(count / seconds)} seals/s, receipt after ${p(0.5)} ms (p99 ${p(0.99)} ms)`,
  );
}

await measure('one by one', 600, 1);
await measure('16 at once', 4_800, 16);
await measure('256 at once', 12_800, 256);
const opening = performance.now();
await openSiteLog({ disk: at('log'), origin: ORIGIN, signer });
console.log(
  `start with ${log.head().size} entries: ${(performance.now() - opening).toFixed(1)} ms`,
);
const checking = performance.now();
checkSiteLog(at('log'), signer.publicKey);
console.log(`every entry and tile read again: ${(performance.now() - checking).toFixed(0)} ms`);
const files = readdirSync(join(directory, 'log'), { recursive: true, withFileTypes: true }).filter(
  (entry) => entry.isFile(),
);
const bytes = files.reduce(
  (sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size,
  0,
);
console.log(
  `on disk: ${files.length} files, ${Math.round(bytes / log.head().size)} bytes an entry`,
);
