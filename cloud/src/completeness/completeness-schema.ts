import type { Migration } from '../database/database.ts';

/** In a file of its own: a view of the archive, and made again from it when the file is gone. */
export const completenessSchema: readonly Migration[] = [
  {
    number: 1,
    name: 'numbers by stream and day',
    sql: `
      -- The last number of each stream, and when it was read.
      CREATE TABLE streams (id INTEGER PRIMARY KEY, agent BLOB NOT NULL, source TEXT NOT NULL, device TEXT NOT NULL,
        first_time INTEGER NOT NULL, last_n INTEGER NOT NULL, last_time INTEGER NOT NULL,
        UNIQUE (agent, source, device));
      CREATE INDEX streams_by_source ON streams (source, device, agent);

      -- What was read on each day, UTC: days since the epoch, by the readings' own times.
      CREATE TABLE days (stream INTEGER NOT NULL, day INTEGER NOT NULL, first INTEGER NOT NULL,
        last INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (stream, day)) WITHOUT ROWID;

      -- Numbers that never came, and the earlier and later time of the readings on both sides.
      CREATE TABLE holes (stream INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
        since INTEGER NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (stream, first)) WITHOUT ROWID;
      CREATE INDEX holes_by_time ON holes (stream, until);

      -- What agents state of time they know nothing of, by the number of the reading that says so.
      CREATE TABLE gaps (stream INTEGER NOT NULL, n INTEGER NOT NULL, since INTEGER, until INTEGER NOT NULL,
        count INTEGER, cause TEXT NOT NULL, PRIMARY KEY (stream, n)) WITHOUT ROWID;
      CREATE INDEX gaps_by_time ON gaps (stream, until);

      -- What agents promise of their sources, each from its time on.
      CREATE TABLE plans (agent BLOB NOT NULL, source TEXT NOT NULL, seq INTEGER NOT NULL, time INTEGER NOT NULL,
        active INTEGER NOT NULL, cadence INTEGER, heartbeat INTEGER NOT NULL, devices INTEGER NOT NULL,
        PRIMARY KEY (agent, source, seq)) WITHOUT ROWID;

      CREATE TABLE progress (arrival INTEGER NOT NULL);
      INSERT INTO progress VALUES (0);
    `,
  },
];
