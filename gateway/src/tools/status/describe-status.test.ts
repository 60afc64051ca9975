import { expect, test } from 'vitest';
import type { BoxConfig, Running } from '../doctor/box.ts';
import { describeStatus } from './describe-status.ts';

const CONFIG = { kind: 'gateway', name: 'house-17' } as BoxConfig;
const WELL: Running = { origin: 'sigill.example/house-17', logSize: 812, closedFor: null };
const linesOf = (running: Running) =>
  describeStatus(CONFIG, running, 0)
    .split('\n')
    .map((line) => line.replace(/ {2,}/g, '  '));

test('a log that grows is told by its length alone', () => {
  expect(linesOf(WELL)).toContain('site log  812 batches');
});

test('a later log of a site is told by its name', () => {
  const running = { ...WELL, origin: 'sigill.example/house-17/2', record: { generation: 2 } };
  expect(linesOf(running)).toContain(
    'site log  812 batches, sigill.example/house-17/2, generation 2',
  );
});

test('a gateway that others anchor says who, and when the last anchor covered it', () => {
  const anchored = (last: { index: number; at: number; size: number } | null) =>
    linesOf({ ...WELL, ledger: 'not anchored', anchoring: { by: 'notary', last } });
  expect(anchored({ index: 12, at: -600_000, size: 800 })).toContain(
    'ledger  the operator’s notary anchors this log: anchor 12 covers 800 batches, 10 min ago',
  );
  expect(anchored(null)).toContain(
    'ledger  the operator’s notary anchors this log; no final anchor of it yet',
  );
  const nobody = {
    ...WELL,
    ledger: 'not anchored',
    anchoring: { by: 'nobody', last: null },
  } as const;
  expect(linesOf(nobody)).toContain('ledger  not anchored');
});

test('a log that takes no more says why, and what comes after it', () => {
  const closed = { size: 800, cause: 'the card died' };
  const lines = linesOf({
    ...WELL,
    ...{ closedFor: 'the operator closed it', record: { generation: 1, closed } },
    nextLog: { state: 'waiting', text: 'sigill.example/house-17/2 waits for the operator' },
  });
  expect(lines).toContain('site log  812 batches, closed at 800');
  expect(lines).toContain('  it takes no more: the operator closed it');
  expect(lines).toContain('next log  sigill.example/house-17/2 waits for the operator');
});
