/** Another project's log, served by us: it lies in the folder that SIGILL_CORPUS names, and nothing of it here. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseNoteKey } from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import { openSegmentArchive } from '../archive/segment-archive.ts';
import { putCheckpoint } from '../database/checkpoints.ts';
import { addSiteLog, appendEntries } from '../database/site-logs.ts';
import { openSqliteDatabase } from '../database/sqlite-database.ts';
import { appendLeaves } from '../database/tiles.ts';
import { siteTree } from '../ingest/tree-names.ts';
import { createLogTiles } from './log-tiles.ts';
import { leavesOfBundle, pathOf } from './tile-reader-fixture.ts';

const corpus = process.env.SIGILL_CORPUS;
describe.skipIf(corpus === undefined)(
  `the log of transparency-dev/tessera${corpus === undefined ? ' (skipped: no SIGILL_CORPUS)' : ''}`,
  () => {
    const file = (path: string) => readFileSync(join(corpus ?? '', 'evidence/tessera-log', path));

    it('has the same bytes at the same places', async () => {
      const directory = await mkdtemp(join(tmpdir(), 'sigill-tessera-'));
      const database = openSqliteDatabase(join(directory, 'cloud.sqlite'));
      const archive = await openSegmentArchive(join(directory, 'archive'));
      const { name: origin } = parseNoteKey(
        'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx',
      );
      const log = createLogTiles({ archive, database });
      const leaves = leavesOfBundle(file('tile/entries/000.p/15'));
      await database.write((sql) => addSiteLog(sql, origin));
      for (const [entry, leaf] of leaves.entries()) {
        const size = entry + 1;
        const note = file(`checkpoint.${size}`).toString();
        await database.write(async (sql) => {
          await appendEntries(sql, origin, entry, [{ entry, leaf, believed: true, header: null }]);
          await appendLeaves(sql, siteTree(origin), entry, [leaf]);
          const root = Buffer.from(String(note.split('\n')[2]), 'base64');
          await putCheckpoint(sql, { origin, size, root, note });
        });
        const tile = { level: 0, index: 0, width: size };
        const told = await log.hashes(origin, tile);
        expect(Buffer.from(told ?? '')).toEqual(file(pathOf('0', 0, size)));
        expect(await log.checkpoint(origin)).toBe(note);
        expect(await log.hashes(origin, { ...tile, width: size + 1 })).toBeNull();
      }
      await archive.close();
      await database.close();
      await rm(directory, { recursive: true });
    });
  },
);
