import { expect, it } from 'vitest';
import { createFakeTimers } from '../timers-fake.ts';
import { createLiveness } from './liveness.ts';

function begin({ slackMs = 0 } = {}) {
  const timers = createFakeTimers();
  const asked: Uint8Array[] = [];
  let lost = 0;
  let count = 0;
  const liveness = createLiveness({
    timers,
    random: (length) => new Uint8Array(length).fill(count++),
    ask: (nonce) => asked.push(nonce),
    lost: () => lost++,
    slackMs: () => slackMs,
  });
  liveness.begin();
  return { timers, asked, liveness, lost: () => lost };
}

it('asks each 20 seconds, and is content with answers', async () => {
  const { timers, asked, liveness, lost } = begin();
  for (let round = 1; round <= 5; round++) {
    await timers.advance(20_000);
    expect(asked).toHaveLength(round);
    liveness.answered(asked.at(-1)!);
  }
  expect(lost()).toBe(0);
});

it('finds an end that is gone 10 seconds after it asked', async () => {
  const { timers, lost } = begin();
  await timers.advance(29_999);
  expect(lost()).toBe(0);
  await timers.advance(1);
  expect(lost()).toBe(1);
});

it('takes no answer to another question', async () => {
  const { timers, liveness, lost } = begin();
  await timers.advance(20_000);
  liveness.answered(new Uint8Array(8).fill(99));
  await timers.advance(10_000);
  expect(lost()).toBe(1);
});

it('waits longer while something is heard, and by what is on the wire', async () => {
  const { timers, liveness, lost } = begin({ slackMs: 30_000 });
  await timers.advance(20_000 + 39_000);
  liveness.heard();
  await timers.advance(39_999);
  expect(lost()).toBe(0);
  await timers.advance(1);
  expect(lost()).toBe(1);
});

it('asks no more once it has ended', async () => {
  const { timers, asked, liveness } = begin();
  liveness.end();
  await timers.advance(100_000);
  expect(asked).toEqual([]);
});
