import { expect, it } from 'vitest';
import { meterObservation, startAgent } from '../agent-fixture.ts';
import type { SealedBatch } from '../sealer.ts';
import { settle } from '../timers-fake.ts';
import { createReceiptCheck } from './receipt-check.ts';
import { createSiteLog } from './site-log-fixture.ts';

async function twoBatches(): Promise<[SealedBatch, SealedBatch]> {
  const { agent } = await startAgent({ batch: { count: 2 } });
  await Promise.all(['1', '2', '3'].map((v) => agent.observe('house-17', meterObservation(v))));
  await settle();
  return [(await agent.batch(0))!, (await agent.batch(1))!];
}

it('takes the proof that a seal stands in the log', async () => {
  const [first, second] = await twoBatches();
  const log = createSiteLog();
  const check = createReceiptCheck(log.name);
  check(first, log.receipt(first));
  check(second, log.receipt(second));
  check(first, log.receipt(first));
});

it('refuses a proof of another seal, of another log, and no proof at all', async () => {
  const [first, second] = await twoBatches();
  const log = createSiteLog();
  const check = createReceiptCheck(log.name);
  const refused = expect.objectContaining({ code: 'RECEIPT_INVALID' });
  expect(() => check(second, log.receipt(first))).toThrow(refused);
  expect(() => check(first, createSiteLog().receipt(first))).toThrow(refused);
  expect(() => check(first, '')).toThrow(refused);
});

it('tells two histories of one log', async () => {
  const [first, second] = await twoBatches();
  const log = createSiteLog();
  const fork = createSiteLog(log.signer);
  const check = createReceiptCheck(log.name);
  check(first, log.receipt(first));
  expect(() => check(second, fork.receipt(second))).toThrow(/two histories/);
});
