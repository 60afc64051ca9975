import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemDisk } from '@sigill/edge';
import { expect, it } from 'vitest';
import { systemTimers } from '../timers.ts';
import { openQuarantine, type QuarantinedMessage } from './quarantine.ts';

it('keeps what was put in it for the next start', async () => {
  const directory = folder();
  const first = await open(directory);
  await first.add(message('one'));
  await first.add(message('two'));
  await first.close();
  const again = await open(directory);
  expect(again.status()).toMatchObject({ messages: 2, dropped: 0, countedOnly: 0 });
  expect(again.status().last).toEqual([message('one'), message('two')]);
  await again.close();
});

it('is bounded: the oldest go and are counted', async () => {
  const quarantine = await open(folder(), 100_000);
  for (let index = 0; index < 40; index += 2) {
    const two = [message('x'.repeat(4_000)), message('y'.repeat(4_000))];
    await Promise.all(two.map(quarantine.add));
  }
  const { messages, bytes, dropped } = quarantine.status();
  expect(bytes).toBeLessThanOrEqual(112_500);
  expect(dropped).toBeGreaterThan(0);
  expect(messages + dropped).toBe(40);
  await quarantine.close();
});

it('only counts what comes faster than a card should be written', async () => {
  const quarantine = await open(folder());
  await Promise.all(Array.from({ length: 400 }, () => quarantine.add(message('x'.repeat(8_000)))));
  const { messages, countedOnly, last } = quarantine.status();
  expect(messages + countedOnly).toBe(400);
  expect(countedOnly).toBeGreaterThan(100);
  expect(last.at(-1)).toMatchObject({ length: 8_000 });
  expect(last.at(-1)?.payload).toHaveLength(4_096);
  await quarantine.close();
});

function open(directory: string, maxBytes?: number) {
  // Without waiting for others to share a sync.
  const after = (_delayMs: number, run: () => void) => systemTimers.after(0, run);
  const timers = { after, now: () => 1_760_000_000_000 };
  return openQuarantine({ directory, disk: systemDisk, timers, ...(maxBytes && { maxBytes }) });
}

function message(payload: string): QuarantinedMessage {
  const bytes = new TextEncoder().encode(payload);
  return {
    ...{ timeMs: 1_760_000_000_000, client: 'device', topic: 'a/b', reason: 'untaken', detail: '' },
    ...{ length: bytes.length, payload: bytes },
  };
}

function folder(): string {
  return join(mkdtempSync(join(tmpdir(), 'quarantine-')), 'q');
}
