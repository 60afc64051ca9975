/**
 * What a roll-call of many slots costs the notary: `node gateway/src/notary-service/roll-bench.ts [SLOTS] [DIR]`.
 * Every gateway's log grows at every interval, which is the most there can be. Records and checkpoints are really signed
 * and opened for some of the slots only, and their time told for each.
 * @module
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CalledSlot,
  EMPTY_ROOT,
  leafHash,
  nextRoll,
  OPERATOR_ORIGIN_HASH,
  openCheckpoint,
  openSlotRecord,
  proveCall,
  ROLL_BLOCK,
  rollTree,
  type SlotChange,
  sha256,
  utf8,
  verifyInclusion,
} from '@sigill/evidence';
import { createDisk } from '../disk/disk.ts';
import { nodeFileSystem } from '../disk/file-system.ts';
import { createFleet } from './fleet-fixture.ts';
import { createRollStore } from './roll-store.ts';

const COUNT = Number(process.argv[2] ?? 100_000);
const SIGNED = 500;
const INTERVALS = 3;
const directory = mkdtempSync(join(process.argv[3] ?? tmpdir(), 'rolls-'));

const hash = (text: string) => sha256(utf8(text));
const say = (text: string) => process.stdout.write(`${text}\n`);
const mebibytes = (bytes: number) => `${(bytes / 1_048_576).toFixed(1)} MiB`;

async function timed<T>(title: string, work: () => T | Promise<T>): Promise<T> {
  const began = performance.now();
  const value = await work();
  say(`${title.padEnd(58)} ${(performance.now() - began).toFixed(1).padStart(9)} ms`);
  return value;
}

function changesAt(number: number): SlotChange[] {
  const slots = Array.from({ length: COUNT }, (_, slot) => slot);
  return (number === 0 ? slots : slots.slice(1)).map((slot): SlotChange => {
    const size = slot === 0 ? 0 : 60 * (number + 1);
    const originHash = slot === 0 ? OPERATOR_ORIGIN_HASH : hash(`origin ${slot}`);
    return {
      ...{ slot, size, root: size === 0 ? EMPTY_ROOT : hash(`${slot} ${size}`) },
      named: number > 0 ? null : { originHash, recordHash: hash(`record ${slot}`) },
    };
  });
}

say(`${COUNT} slots`);
const fleet = createFleet(SIGNED);
for (const one of fleet.gateways) one.grow(3);
const notes = fleet.gateways.map((one) => [one.note(), one] as const);
const began = performance.now();
for (const one of fleet.gateways) openSlotRecord(one.record(), fleet.operator.publicKey);
const opened = performance.now();
for (const [note, { origin, record }] of notes) {
  const { logKey } = openSlotRecord(record(), fleet.operator.publicKey).record;
  openCheckpoint(note, origin, logKey);
}
const ended = performance.now();
const recordMs = (opened - began) / SIGNED;
say(
  `a record opened ${recordMs.toFixed(3)} ms, a checkpoint ${((ended - opened) / SIGNED - recordMs).toFixed(3)} ms`,
);

const store = createRollStore(createDisk(directory, nodeFileSystem));
let slots: readonly CalledSlot[] = [];
for (let number = 0; number < INTERVALS; number += 1) {
  const changes = changesAt(number);
  const next = await timed(`roll-call ${number}: slots out of the one before`, () =>
    nextRoll(slots, number, changes),
  );
  const { root, blocks } = await timed(`roll-call ${number}: its tree`, () =>
    rollTree(next, number),
  );
  await timed(`roll-call ${number}: durable`, () =>
    store.keep(number, {
      ...{ calledAt: 0, seen: 0, slots: COUNT, rollRoot: root, changes, refused: [] },
    }),
  );
  slots = next;
  const slot = COUNT - 7;
  const from = slot - (slot % ROLL_BLOCK);
  const proof = await timed(`roll-call ${number}: a call proven out of its block`, () =>
    proveCall(slot, number, slots.slice(from, from + ROLL_BLOCK), blocks),
  );
  verifyInclusion(slot, COUNT, leafHash(proof.call), proof.path, root);
  say(
    `  ${mebibytes(statSync(join(directory, `calls/0/${number}`)).size)} kept, a path of ${proof.path.length} hashes`,
  );
}
const fresh = createRollStore(createDisk(directory, nodeFileSystem));
await timed(`read again from the disk, ${INTERVALS} of them`, () => fresh.slotsAt(INTERVALS - 1));
await timed('kept whole', () => fresh.begin(INTERVALS - 1, slots));
say(
  `  ${mebibytes(statSync(join(directory, 'slots', readdirSync(join(directory, 'slots'))[0] ?? '')).size)} kept`,
);
say(
  `${mebibytes(process.memoryUsage().rss)} resident, most so far ${mebibytes(process.resourceUsage().maxRSS * 1024)}`,
);
rmSync(directory, { recursive: true });
