import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { watchForPort } from './port-watch.ts';

let directory: string;
let seen: () => void;
let sight: Promise<void>;
let count: number;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sigill-watch-'));
  count = 0;
  look();
});

afterEach(() => rmSync(directory, { recursive: true }));

function look(): void {
  sight = new Promise((resolve) => {
    seen = resolve;
  });
}

function plugged(): void {
  count++;
  seen();
}

test('a port that appears is seen', async () => {
  const end = watchForPort(join(directory, 'port'), plugged);
  writeFileSync(join(directory, 'port'), '');
  await sight;
  end();
});

test('it is seen where its directory had gone with the last one, and again when it comes back', async () => {
  const path = join(directory, 'serial/by-id/port');
  const end = watchForPort(path, plugged);
  for (let plug = 0; plug < 2; plug++) {
    mkdirSync(join(directory, 'serial/by-id'), { recursive: true });
    await expect
      .poll(() => {
        writeFileSync(path, '');
        return count;
      })
      .toBeGreaterThan(plug);
    rmSync(join(directory, 'serial'), { recursive: true });
    count = plug + 1;
  }
  end();
});

test('another that appears is none of its business, and nothing is seen after the end', async () => {
  const end = watchForPort(join(directory, 'port'), plugged);
  const endOther = watchForPort(join(directory, 'other'), () => seen());
  writeFileSync(join(directory, 'other'), '');
  await sight;
  end();
  look();
  writeFileSync(join(directory, 'port'), '');
  writeFileSync(join(directory, 'other'), 'x');
  await sight;
  endOther();
  expect(count).toBe(0);
});
