import type { Migration } from './database.ts';

export const migrations: readonly Migration[] = [
  {
    number: 1,
    name: 'register, site logs, checkpoints, anchors, quarantine, alarms',
    sql: `
      -- Operator-signed records, every revision of every slot. Slot 0 is the operator's own.
      CREATE TABLE records (slot INTEGER NOT NULL, rev INTEGER NOT NULL, record_hash BLOB NOT NULL UNIQUE,
        cose BLOB NOT NULL, origin TEXT, PRIMARY KEY (slot, rev));

      -- One row per site log; next = the size of what we hold of it.
      CREATE TABLE site_logs (origin TEXT PRIMARY KEY, next INTEGER NOT NULL);

      -- Entries in the order they came to us. What the header says stands here when its agent signed it.
      -- Believed: the batch is in the archive; else its bytes are in quarantine.
      CREATE TABLE entries (arrival INTEGER PRIMARY KEY AUTOINCREMENT, origin TEXT NOT NULL,
        entry INTEGER NOT NULL, leaf BLOB NOT NULL, believed INTEGER NOT NULL,
        agent BLOB, batch INTEGER, header_hash BLOB, first_seq INTEGER, count INTEGER,
        UNIQUE (origin, entry));
      CREATE INDEX entries_by_batch ON entries (agent, batch);
      CREATE INDEX entries_by_seq ON entries (agent, first_seq) WHERE believed = 1;

      -- Hash tiles of site logs and anchor logs: 1 to 256 hashes of 32 bytes.
      CREATE TABLE tiles (log TEXT NOT NULL, level INTEGER NOT NULL, number INTEGER NOT NULL,
        hashes BLOB NOT NULL, PRIMARY KEY (log, level, number));

      CREATE TABLE checkpoints (origin TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL,
        note TEXT NOT NULL, PRIMARY KEY (origin, size));

      -- The witness: what it last cosigned of each log.
      CREATE TABLE witnessed (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL,
        note TEXT NOT NULL);
      CREATE TABLE cosignatures (origin TEXT NOT NULL, size INTEGER NOT NULL, line TEXT NOT NULL,
        PRIMARY KEY (origin, size));

      CREATE TABLE anchor_logs (log TEXT PRIMARY KEY, chain_id INTEGER NOT NULL, contract BLOB NOT NULL,
        mined INTEGER NOT NULL, final INTEGER NOT NULL);
      CREATE TABLE anchors (log TEXT NOT NULL, number INTEGER NOT NULL, leaf BLOB NOT NULL,
        roll_root BLOB NOT NULL, slots INTEGER NOT NULL, block_number INTEGER NOT NULL,
        block_time INTEGER NOT NULL, parent_hash BLOB NOT NULL, PRIMARY KEY (log, number));
      CREATE TABLE calls (log TEXT NOT NULL, number INTEGER NOT NULL, slot INTEGER NOT NULL,
        origin_hash BLOB NOT NULL, size INTEGER NOT NULL, record_hash BLOB NOT NULL, bytes BLOB NOT NULL,
        PRIMARY KEY (log, number, slot));
      CREATE INDEX calls_by_size ON calls (origin_hash, size, number);
      CREATE TABLE ledger_states (log TEXT NOT NULL, size INTEGER NOT NULL, block_number INTEGER NOT NULL,
        state BLOB NOT NULL, PRIMARY KEY (log, size));

      CREATE TABLE quarantine (id INTEGER PRIMARY KEY AUTOINCREMENT, origin TEXT NOT NULL,
        entry INTEGER NOT NULL, code TEXT NOT NULL, detail TEXT NOT NULL, digest BLOB NOT NULL,
        size INTEGER NOT NULL, bytes BLOB, at INTEGER NOT NULL, UNIQUE (origin, entry, digest));
      CREATE TABLE alarms (origin TEXT NOT NULL, code TEXT NOT NULL, about TEXT NOT NULL,
        detail TEXT NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, times INTEGER NOT NULL,
        PRIMARY KEY (origin, code, about));
    `,
  },
  {
    number: 2,
    name: 'invitations, boxes that ask to be enrolled',
    sql: `
      -- id: the first four digits of the code. used_by: the hash of the box that used it.
      CREATE TABLE invitations (id TEXT PRIMARY KEY, kind TEXT NOT NULL, secret BLOB NOT NULL,
        made_for TEXT, made_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, wrong INTEGER NOT NULL,
        withdrawn INTEGER NOT NULL, used_by BLOB);

      -- One row per box, its newest request. A gateway's agents come with the origin of their gateway, and
      -- without an invitation: their gateway has it. Whether a box is approved, the records say.
      CREATE TABLE boxes (box BLOB PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, log_key BLOB,
        agent_key BLOB NOT NULL, request BLOB NOT NULL, invitation TEXT, gateway TEXT,
        address TEXT NOT NULL, asked_at INTEGER NOT NULL, clock_off INTEGER NOT NULL,
        refused_at INTEGER, reason TEXT NOT NULL);
    `,
  },
  {
    number: 3,
    name: 'logs that were closed',
    sql: `
      -- 1: the operator closed it, and no entry comes behind those that are there.
      ALTER TABLE site_logs ADD ended INTEGER NOT NULL DEFAULT 0;
    `,
  },
  {
    number: 4,
    name: 'roll-calls as what changed, and what a notary has not seen',
    sql: `
      CREATE TABLE roll_logs (id INTEGER PRIMARY KEY, log TEXT NOT NULL UNIQUE);
      -- A row where a slot was first called or its log grew, and one where it was first called or its record is another.
      CREATE TABLE call_heads (log INTEGER NOT NULL, slot INTEGER NOT NULL, number INTEGER NOT NULL,
        size INTEGER NOT NULL, root BLOB NOT NULL, PRIMARY KEY (log, slot, number)) WITHOUT ROWID;
      CREATE INDEX call_heads_by_size ON call_heads (log, slot, size);
      CREATE TABLE call_names (log INTEGER NOT NULL, slot INTEGER NOT NULL, number INTEGER NOT NULL,
        origin_hash BLOB NOT NULL, record_hash BLOB NOT NULL, PRIMARY KEY (log, slot, number)) WITHOUT ROWID;
      CREATE INDEX call_names_by_origin ON call_names (log, origin_hash);
      -- The hashes over each 256 calls, where there are more: a call is proven out of its 255 neighbours.
      CREATE TABLE roll_blocks (log INTEGER NOT NULL, number INTEGER NOT NULL, hashes BLOB NOT NULL,
        PRIMARY KEY (log, number));

      -- Calls stood here whole. Of their CBOR, the root lies behind type, slot, originHash and size.
      INSERT INTO roll_logs (log) SELECT DISTINCT log FROM calls;
      INSERT INTO call_names SELECT id, slot, number, origin_hash, record_hash FROM calls c JOIN roll_logs USING (log)
        WHERE NOT EXISTS (SELECT 1 FROM calls p WHERE p.log = c.log AND p.slot = c.slot
          AND p.number = c.number - 1 AND p.record_hash = c.record_hash);
      INSERT INTO call_heads SELECT id, slot, number, size, substr(bytes, 52 +
          (CASE WHEN slot < 24 THEN 1 WHEN slot < 256 THEN 2 WHEN slot < 65536 THEN 3 ELSE 5 END) +
          (CASE WHEN size < 24 THEN 1 WHEN size < 256 THEN 2 WHEN size < 65536 THEN 3
            WHEN size < 4294967296 THEN 5 ELSE 9 END), 32)
        FROM calls c JOIN roll_logs USING (log)
        WHERE NOT EXISTS (SELECT 1 FROM calls p WHERE p.log = c.log AND p.slot = c.slot
          AND p.number = c.number - 1 AND p.size = c.size);
      DROP TABLE calls;

      -- What changed last has the highest number; the same thing changed again takes a new one.
      CREATE TABLE changes (change INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, name TEXT NOT NULL,
        UNIQUE (kind, name));
      INSERT INTO changes (kind, name) SELECT 'record', lower(hex(record_hash)) FROM records ORDER BY slot, rev;
      INSERT INTO changes (kind, name) SELECT DISTINCT 'head', origin FROM checkpoints;
    `,
  },
  {
    number: 5,
    name: 'logs with two histories',
    sql: `
      -- Two heads that one key signed, as a file. Proven: they cannot both be true; else nobody knows yet.
      CREATE TABLE forks (origin TEXT NOT NULL, digest BLOB NOT NULL, size INTEGER NOT NULL, proven INTEGER NOT NULL,
        file TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (origin, digest));
    `,
  },
  {
    number: 6,
    name: 'erasures, and what is kept beside the archive',
    sql: `
      -- Readings erased on the operator's word, as signed. Done: their bytes are gone from everywhere.
      CREATE TABLE erasures (agent BLOB NOT NULL, seq INTEGER NOT NULL, source TEXT NOT NULL, device TEXT NOT NULL,
        n INTEGER NOT NULL, leaf BLOB NOT NULL, batch INTEGER NOT NULL, reason TEXT NOT NULL, cose BLOB NOT NULL,
        at INTEGER NOT NULL, done INTEGER NOT NULL, PRIMARY KEY (agent, seq));
      CREATE INDEX erasures_to_do ON erasures (agent, batch) WHERE done = 0;
      CREATE INDEX erasures_by_time ON erasures (at);

      -- The seals of entries that are not believed: quarantine, which has their batches, may lose those.
      CREATE TABLE refused_seals (origin TEXT NOT NULL, entry INTEGER NOT NULL, seal BLOB NOT NULL,
        PRIMARY KEY (origin, entry));

      -- Which file has the keepsakes of this database, and how far it goes behind the last write.
      CREATE TABLE kept (file BLOB NOT NULL, position INTEGER NOT NULL);
      INSERT INTO kept VALUES (x'', 0);
    `,
  },
  {
    number: 7,
    name: 'since when a record is here',
    sql: `
      -- Null where it came before anybody noted it.
      ALTER TABLE records ADD at INTEGER;
    `,
  },
];
