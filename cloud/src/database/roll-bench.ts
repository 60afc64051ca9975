/**
 * What a roll-call of many slots costs the cloud's database: `node cloud/src/database/roll-bench.ts [SLOTS] [DIR]`.
 * Every log grows at every interval, which is the most there can be.
 * @module
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CalledSlot,
  EMPTY_ROOT,
  nextRoll,
  OPERATOR_ORIGIN_HASH,
  rollTree,
  type SlotChange,
  sha256,
  utf8,
} from '@sigill/evidence';
import { createNewestProver, provenCall } from '../proofs/proven-call.ts';
import { addAnchor } from './anchors.ts';
import { addRollCall, calledSlots } from './roll-calls.ts';
import { openSqliteDatabase } from './sqlite-database.ts';

const COUNT = Number(process.argv[2] ?? 100_000);
const INTERVALS = 3;
const LOG = `anchors 5334801 0x${'aa'.repeat(20)}`;
const directory = mkdtempSync(join(process.argv[3] ?? tmpdir(), 'rolls-'));
const file = join(directory, 'cloud.sqlite');
const database = openSqliteDatabase(file);
const hash = (text: string) => sha256(utf8(text));
const say = (text: string) => process.stdout.write(`${text}\n`);

async function timed(title: string, work: () => Promise<unknown>): Promise<void> {
  const began = performance.now();
  await work();
  say(`${title.padEnd(58)} ${(performance.now() - began).toFixed(1).padStart(9)} ms`);
}

function changeOf(slot: number, number: number): SlotChange {
  const size = slot === 0 ? 0 : 60 * (number + 1);
  const originHash = slot === 0 ? OPERATOR_ORIGIN_HASH : hash(`origin ${slot}`);
  const recordHash = hash(`record ${slot}`);
  const root = size === 0 ? EMPTY_ROOT : hash(`${slot} ${size}`);
  return { slot, size, root, named: number > 0 ? null : { originHash, recordHash } };
}

say(`${COUNT} slots`);
let slots: readonly CalledSlot[] = [];
for (let number = 0; number < INTERVALS; number += 1) {
  const changes = Array.from({ length: COUNT }, (_, slot) => changeOf(slot, number)).slice(
    number === 0 ? 0 : 1,
  );
  slots = nextRoll(slots, number, changes);
  const { root, blocks } = rollTree(slots, number);
  await timed(`roll-call ${number}: written`, () =>
    database.write(async (sql) => {
      await addAnchor(sql, {
        ...{ log: LOG, number, leaf: root, rollRoot: root, slots: COUNT, blockNumber: number },
        ...{ blockTime: number, parentHash: root },
      });
      await addRollCall(sql, { log: LOG, number, changes, slots, blocks });
    }),
  );
}
const slot = Math.floor(COUNT / 2);
await timed('a call of the first roll-call, proven', () =>
  database.read((sql) => provenCall(sql, LOG, 0, slot)),
);
const prove = createNewestProver();
await timed('a call of the newest, proven', () =>
  database.read((sql) => prove(sql, LOG, INTERVALS - 1, slot)),
);
await timed('its neighbour’s', () =>
  database.read((sql) => prove(sql, LOG, INTERVALS - 1, slot + 1)),
);
await timed('all slots read, as after a restart', () =>
  database.read((sql) => calledSlots(sql, LOG, INTERVALS - 1, 0, COUNT)),
);
await database.close();
say(`${(statSync(file).size / 1_048_576).toFixed(1)} MiB on disk`);
say(`${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB resident at the most`);
rmSync(directory, { recursive: true });
