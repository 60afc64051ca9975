import { expect, it } from 'vitest';
import { keyOf, meterObservation, startAgent } from '../agent-fixture.ts';
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
  const check = createReceiptCheck(log.name, keyOf(1).publicKey);
  check(first, { proof: log.receipt(first) });
  check(second, { proof: log.receipt(second) });
  check(first, { proof: log.receipt(first) });
});

it('refuses a proof of another seal, of another log, and no proof at all', async () => {
  const [first, second] = await twoBatches();
  const log = createSiteLog();
  const check = createReceiptCheck(log.name, keyOf(1).publicKey);
  const refused = expect.objectContaining({ code: 'RECEIPT_INVALID' });
  expect(() => check(second, { proof: log.receipt(first) })).toThrow(refused);
  expect(() => check(first, { proof: createSiteLog().receipt(first) })).toThrow(refused);
  expect(() => check(first, { proof: '' })).toThrow(refused);
});

it('tells two histories of one log', async () => {
  const [first, second] = await twoBatches();
  const log = createSiteLog();
  const fork = createSiteLog(log.signer);
  const check = createReceiptCheck(log.name, keyOf(1).publicKey);
  check(first, { proof: log.receipt(first) });
  expect(() => check(second, { proof: fork.receipt(second) })).toThrow(/two histories/);
});
