import { expect, it } from 'vitest';
import { createSendWindow } from './send-window.ts';

const KIBIBYTE = 1024;

it('grows while receipts come quickly, up to a mebibyte', () => {
  const window = createSendWindow();
  expect(window).toMatchObject({ batches: 16, bytes: 64 * KIBIBYTE });
  for (let count = 0; count < 10; count++) window.receipted(64 * KIBIBYTE, 300);
  expect(window.bytes).toBe(1024 * KIBIBYTE);
});

it('shrinks on a line that takes long, and never below what one batch may need', () => {
  const window = createSendWindow();
  for (let count = 0; count < 4; count++) window.receipted(64 * KIBIBYTE, 300);
  for (let count = 0; count < 10; count++) window.receipted(64 * KIBIBYTE, 20_000);
  expect(window.bytes).toBe(64 * KIBIBYTE);
});

it('grants time for what is on the wire, by what the line has shown', () => {
  const window = createSendWindow();
  expect(window.slackMs()).toBe(0);
  window.sent(64 * KIBIBYTE);
  expect(window.slackMs()).toBe(64 * KIBIBYTE);
  for (let count = 0; count < 12; count++) window.receipted(64 * KIBIBYTE, 64);
  expect(window.slackMs()).toBeLessThan(200);
  window.left(64 * KIBIBYTE);
  expect(window.slackMs()).toBe(0);
});
