import { beforeEach, expect, test } from 'vitest';
import { createCrashFileSystem } from '../disk/crash-file-system-fake.ts';
import { createDisk, type Disk } from '../disk/disk.ts';
import { openKnownAgents } from './known-agents.ts';

const AGENT = new Uint8Array(16).fill(0xa1);
const NAME = 'a1'.repeat(16);
const passwordHash = new Uint8Array(32).fill(7);
let disk: Disk;

beforeEach(() => {
  disk = createDisk('/', createCrashFileSystem());
});

test('an agent is known from its enrolment on, and after a restart', async () => {
  const known = openKnownAgents(disk);
  expect(known.find(NAME)).toBeNull();
  await known.remember(AGENT, { name: 'barn', passwordHash });
  expect(known.find(NAME)).toEqual({ name: 'barn', passwordHash });
  expect(openKnownAgents(disk).find(NAME)).toEqual({ name: 'barn', passwordHash });
});

test('what cannot be read is as if it had never been', async () => {
  for (const text of ['', '{', '{"name":"x","passwordHash":"AA=="}', '[]']) {
    await disk.replace(`${NAME}.json`, new TextEncoder().encode(text));
    expect(openKnownAgents(disk).find(NAME)).toBeNull();
  }
});
