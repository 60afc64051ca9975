/** What every database promises; each implementation's test calls this with a way to open one. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Database, Migration } from './database.ts';

export interface DatabaseUnderTest {
  /** The same database each time, brought to these steps. */
  open(steps: readonly Migration[]): Promise<Database>;
  dispose(): Promise<void>;
}

const first: Migration = {
  number: 1,
  name: 'first',
  sql: 'CREATE TABLE things (name TEXT PRIMARY KEY, amount INTEGER, content BLOB)',
};
const second: Migration = { number: 2, name: 'second', sql: 'ALTER TABLE things ADD note TEXT' };

export function testDatabase(name: string, create: () => Promise<DatabaseUnderTest>): void {
  describe(`${name} keeps the database's promise`, () => {
    let dispose: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const one of dispose.reverse()) await one();
      dispose = [];
    });

    async function place(): Promise<(steps: readonly Migration[]) => Promise<Database>> {
      const under = await create();
      dispose.push(() => under.dispose());
      return (steps) => under.open(steps);
    }

    it('gives back what was written, also after a restart', async () => {
      const open = await place();
      const database = await open([first]);
      const content = new Uint8Array([0, 1, 255]);
      await database.write((sql) =>
        sql.run('INSERT INTO things VALUES (?, ?, ?)', 'a', Number.MAX_SAFE_INTEGER, content),
      );
      await database.close();
      const again = await open([first]);
      const row = await again.read((sql) => sql.get('SELECT * FROM things WHERE name = ?', 'a'));
      expect(row).toMatchObject({ name: 'a', amount: Number.MAX_SAFE_INTEGER });
      expect(Buffer.from(row?.content as Uint8Array).toString('hex')).toBe('0001ff');
      await again.close();
    });

    it('takes a write as a whole or not at all', async () => {
      const database = await (await place())([first]);
      const failing = database.write(async (sql) => {
        await sql.run('INSERT INTO things (name) VALUES (?)', 'a');
        throw new Error('changed my mind');
      });
      await expect(failing).rejects.toThrow('changed my mind');
      await expect(
        database.write((sql) => sql.run('INSERT INTO nowhere VALUES (1)')),
      ).rejects.toThrow();
      expect(await database.read((sql) => sql.all('SELECT * FROM things'))).toEqual([]);
      await database.close();
    });

    it('runs writes one after another, and shows readers committed state only', async () => {
      const database = await (await place())([first]);
      const seen: number[] = [];
      const slow = database.write(async (sql) => {
        await sql.run('INSERT INTO things (name) VALUES (?)', 'a');
        await new Promise((resolve) => setImmediate(resolve));
        const rows = await database.read((reader) => reader.all('SELECT * FROM things'));
        seen.push(rows.length);
      });
      const next = database.write(async (sql) => {
        seen.push((await sql.all('SELECT * FROM things')).length);
        return sql.run('UPDATE things SET amount = 1');
      });
      await slow;
      expect(await next).toBe(1);
      expect(seen).toEqual([0, 1]);
      await database.close();
    });

    it('is scrubbed of what was deleted, and goes on', async () => {
      const open = await place();
      const database = await open([first]);
      await database.write((sql) => sql.run('INSERT INTO things (name) VALUES (?)', 'a'));
      await database.write((sql) => sql.run('DELETE FROM things'));
      await database.scrub();
      await database.write((sql) => sql.run('INSERT INTO things (name) VALUES (?)', 'b'));
      expect(await database.read((sql) => sql.all('SELECT name FROM things'))).toEqual([
        { name: 'b' },
      ]);
      await database.close();
    });

    it('brings an older schema up to date and keeps its rows', async () => {
      const open = await place();
      const old = await open([first]);
      await old.write((sql) => sql.run('INSERT INTO things (name) VALUES (?)', 'a'));
      await old.close();
      const newer = await open([first, second]);
      expect(await newer.read((sql) => sql.get('SELECT name, note FROM things'))).toEqual({
        name: 'a',
        note: null,
      });
      await newer.close();
    });

    it('refuses a schema newer than it knows', async () => {
      const open = await place();
      await (await open([first, second])).close();
      await expect(open([first])).rejects.toMatchObject({ code: 'DATABASE_NEWER' });
    });

    it('leaves the schema as it was when a step fails', async () => {
      const open = await place();
      await (await open([first])).close();
      const broken = { number: 2, name: 'broken', sql: 'CREATE TABLE half (a); ALTER nonsense' };
      await expect(open([first, broken])).rejects.toMatchObject({ code: 'DATABASE_FAILED' });
      const database = await open([first, second]);
      await expect(database.read((sql) => sql.all('SELECT * FROM half'))).rejects.toThrow();
      await database.close();
    });
  });
}
