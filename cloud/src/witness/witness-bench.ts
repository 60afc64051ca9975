/**
 * How many heads a witness takes on this machine: node cloud/src/witness/witness-bench.ts [logs] [at once]
 * Each log grows as often as it may; each cosignature is on the disk before it is told.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  consistencyPath,
  formatAddCheckpoint,
  hashesOf,
  leafHash,
  logKey,
  type NoteKey,
  rootAt,
  signCheckpoint,
  utf8,
} from '@sigill/evidence';
import { newSigner } from '../testing/site-fixture.ts';
import { openFolderForks } from './folder-forks.ts';
import { beginState, openFolderStore, STATE_FOLDERS } from './folder-store.ts';
import { openStateDisk } from './state-disk.ts';
import { createWatchedLogs } from './watched-logs.ts';
import { createWitness } from './witness.ts';

const ROUNDS = 3;
const [logs = 1000, atOnce = 50] = process.argv.slice(2).map(Number);
const directory = await mkdtemp(join(tmpdir(), 'sigill-witness-bench-'));
const disk = await openStateDisk(directory, STATE_FOLDERS);
const [signer, log] = [newSigner(), newSigner()];
const key: NoteKey = { name: 'witness.example/bench', type: 4, publicKey: signer.publicKey };
await beginState(disk, key);
const watched = createWatchedLogs(() => {});
const origins = Array.from({ length: logs }, (_, at) => `example.org/house-${at}`);
for (const origin of origins) watched.watch(logKey(origin, log.publicKey));
const witness = await createWitness({
  ...{ name: key.name, signer, find: watched.find, now: Date.now, changed() {} },
  store: await openFolderStore(disk, key, watched.keyOf),
  forks: await openFolderForks(disk, () => {}),
});
const hashes = hashesOf(Array.from({ length: ROUNDS + 1 }, (_, at) => leafHash(utf8(String(at)))));

for (let round = 0; round < ROUNDS; round += 1) {
  const bodies = origins.map((origin) => {
    const note = signCheckpoint({ origin, size: round + 1, root: rootAt(round + 1, hashes) }, log);
    const path = consistencyPath(round, round + 1, hashes);
    return formatAddCheckpoint({ oldSize: round, path, note });
  });
  const began = performance.now();
  const next = bodies[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const body of next) {
        const { status } = await witness.addCheckpoint(body);
        if (status !== 200) throw new Error(`status ${status}`);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `round ${round + 1}: ${logs} logs in ${seconds.toFixed(2)} s, ${Math.round(logs / seconds)} cosignatures a second`,
  );
}
const began = performance.now();
await openFolderStore(disk, key, watched.keyOf);
console.log(`opened again with ${logs} logs in ${Math.round(performance.now() - began)} ms`);
await rm(directory, { recursive: true });
