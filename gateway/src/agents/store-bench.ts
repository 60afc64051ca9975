/**
 * A gateway that has held batches of remote agents for days: what its start costs, and the way of the batches to the
 * cloud: `node gateway/src/agents/store-bench.ts [DIR [MIB [AGENTS]]]`.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSegmentJournal, systemDisk } from '@sigill/edge';
import { createFixtureAgent, newSigner } from '../agent-fixture.ts';
import { nodeFileSystem } from '../disk/file-system.ts';
import { createFixtureHolder } from '../register-fixture.ts';
import { openFixtureSite } from '../site-fixture.ts';
import { systemTimers } from '../timers.ts';

const ORIGIN = 'sigill.example/bench';
const [folder = tmpdir(), mebibytes = '1000', count = '100'] = process.argv.slice(2);
const root = mkdtempSync(join(folder, 'store-bench-'));
const logSigner = newSigner();
const agents = Array.from({ length: Number(count) }, () => createFixtureAgent(ORIGIN));
const register = createFixtureHolder({
  ...{ origin: ORIGIN, log: logSigner },
  agents: agents.map(({ signer }) => ({ key: signer.publicKey })),
});
const open = () =>
  openFixtureSite({
    ...{ fileSystem: nodeFileSystem, root, origin: ORIGIN, logSigner, register, agents: [] },
    maxBytes: 2 * Number(mebibytes) * 2 ** 20,
    openJournal: (options) =>
      openSegmentJournal({
        ...{ ...options, directory: join(root, 'batches'), disk: systemDisk, timers: systemTimers },
        commitWindowMs: 0,
      }),
  });

async function measure<T>(title: string, work: () => Promise<T>, per = 1): Promise<T> {
  const begun = performance.now();
  const result = await work();
  const ms = performance.now() - begun;
  console.log(`${title}: ${(ms / per).toFixed(per === 1 ? 0 : 3)} ms`);
  return result;
}

let site = await open();
const frame = new Uint8Array(4_000).fill(7);
await measure(`${mebibytes} MiB of batches of ${count} agents taken in`, async () => {
  while (site.store.usage().heldBytes < Number(mebibytes) * 2 ** 20) {
    const batches = agents.flatMap((agent) => [agent.seal({}, frame), agent.seal({}, frame)]);
    await Promise.all(batches.map(({ bytes }) => site.admission.admit(bytes)));
  }
});
const { size } = site.log.head();
await site.store.close();
site = await measure(`start with ${size} entries, ${site.store.usage().segments} segments`, open);
await measure(
  'a batch read in the order of the log, as the uplink does',
  async () => {
    for (let index = 0; index < 5_000; index += 1) {
      const [seal] = site.log.entries(index, index + 1);
      if ((await site.store.read(index, seal!)) === null) throw new Error(`batch ${index}`);
    }
  },
  5_000,
);
await measure('half of them released', () => site.store.release(Math.floor(size / 2)));
await site.store.close();
rmSync(root, { recursive: true });
