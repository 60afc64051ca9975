/**
 * Which numbers of each stream have come, by day: kept as batches arrive, so that "n of n" is a look-up and never a scan.
 * A view of the archive: each number counts once, however often its batch comes; late readings fill their days.
 * @module
 */
import { type Reading, toHex } from '@sigill/evidence';
import { type Sql, toNumber } from '../database/database.ts';
import { openSqliteDatabase } from '../database/sqlite-database.ts';
import type { FollowingStore } from '../readings/projector.ts';
import type { StoredBatch } from '../readings/reading-store.ts';
import { fillHole, putGap, putPlan, saveStream, upsertDay } from './completeness-rows.ts';
import { completenessSchema } from './completeness-schema.ts';
import { statedGap } from './stated-gap.ts';
import { statedPlan } from './stated-plan.ts';

export interface CompletenessStore extends FollowingStore {
  read<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** All of it again, from the archive's first batch. */
  forget(): Promise<void>;
  close(): Promise<void>;
}

/** What is held in memory of a stream: where its numbers stand. */
export interface StreamEnd {
  readonly id: number;
  readonly firstTime: number;
  lastN: number;
  lastTime: number;
}

export interface DayCount {
  first: number;
  last: number;
  count: number;
}

const DAY_MS = 86_400_000;
export const dayOf = (time: number): number => Math.floor(time / DAY_MS);

export async function openCompletenessStore(path: string): Promise<CompletenessStore> {
  const database = openSqliteDatabase(path, completenessSchema);
  const ends = new Map<string, StreamEnd>();
  let arrival = await database.read(async (sql) =>
    toNumber((await sql.get('SELECT arrival FROM progress'))?.arrival),
  );

  return {
    arrival: () => arrival,
    async write(batches: readonly StoredBatch[]) {
      const reached = batches.reduce((most, one) => Math.max(most, one.arrival), arrival);
      try {
        await database.write(async (sql) => {
          const group = createGroup(sql, ends);
          for (const { agent, readings } of batches)
            for (const reading of readings) if (reading !== null) await group.add(agent, reading);
          await group.save();
          await sql.run('UPDATE progress SET arrival = ?', reached);
        });
      } catch (error) {
        ends.clear(); // they tell of what was rolled back
        throw error;
      }
      arrival = reached;
    },
    read: (work) => database.read(work),
    async forget() {
      await database.write(async (sql) => {
        for (const table of ['streams', 'days', 'holes', 'gaps', 'plans'])
          await sql.run(`DELETE FROM ${table}`);
        await sql.run('UPDATE progress SET arrival = 0');
      });
      ends.clear();
      arrival = 0;
    },
    close: () => database.close(),
  };
}

/** Batches of one transaction: what they add to a day is one row. */
function createGroup(sql: Sql, ends: Map<string, StreamEnd>) {
  const days = new Map<StreamEnd, Map<number, DayCount>>();

  async function endOf(agent: Uint8Array, { source, device, time }: Reading) {
    const key = `${toHex(agent)} ${source} ${device}`;
    let end = ends.get(key);
    if (end === undefined) {
      end = await loadEnd(sql, agent, source, device, time);
      ends.set(key, end);
    }
    return end;
  }

  function count(end: StreamEnd, { n, time }: Reading): void {
    const ofStream = days.get(end) ?? new Map<number, DayCount>();
    days.set(end, ofStream);
    const day = ofStream.get(dayOf(time));
    if (day === undefined) ofStream.set(dayOf(time), { first: n, last: n, count: 1 });
    else {
      day.first = Math.min(day.first, n);
      day.last = Math.max(day.last, n);
      day.count += 1;
    }
  }

  return {
    async add(agent: Uint8Array, reading: Reading): Promise<void> {
      const { n, time } = reading;
      const end = await endOf(agent, reading);
      if (n > end.lastN) {
        if (n > end.lastN + 1) {
          const since = end.lastN < 0 ? time : end.lastTime;
          const [earlier, later] = [Math.min(since, time), Math.max(since, time)];
          await sql.run(
            'INSERT INTO holes VALUES (?, ?, ?, ?, ?)',
            ...[end.id, end.lastN + 1, n - 1, earlier, later],
          );
        }
        end.lastN = n;
        end.lastTime = time;
      } else if (!(await fillHole(sql, end.id, n, time))) return; // it came before
      count(end, reading);
      const gap = statedGap(reading);
      if (gap !== null) await putGap(sql, end.id, n, gap);
      const plan = statedPlan(reading);
      if (plan !== null) await putPlan(sql, agent, reading, plan);
    },
    async save(): Promise<void> {
      for (const [end, ofStream] of days) {
        await saveStream(sql, end);
        for (const [day, counted] of ofStream) await upsertDay(sql, end.id, day, counted);
      }
    },
  };
}

async function loadEnd(
  sql: Sql,
  agent: Uint8Array,
  source: string,
  device: string,
  time: number,
): Promise<StreamEnd> {
  await sql.run(
    `INSERT INTO streams (agent, source, device, first_time, last_n, last_time) VALUES (?, ?, ?, ?, -1, ?)
     ON CONFLICT DO NOTHING`,
    ...[agent, source, device, time, time],
  );
  const row = await sql.get(
    'SELECT * FROM streams WHERE agent = ? AND source = ? AND device = ?',
    ...[agent, source, device],
  );
  return {
    id: toNumber(row?.id),
    firstTime: toNumber(row?.first_time),
    lastN: toNumber(row?.last_n),
    lastTime: toNumber(row?.last_time),
  };
}
