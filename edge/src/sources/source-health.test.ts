import type { TransportState } from '@sigill/firmware-bridge';
import { describe, expect, it } from 'vitest';
import type { SourceConfig } from './config.ts';
import { createSourceAdvice } from './source-advice.ts';
import { linesDriver, OPEN, SOURCE, WAITING } from './source-fixture.ts';
import { createSourceHealth } from './source-health.ts';

const CONNECTING: TransportState = { status: 'connecting', reason: null, code: null };
const REJECTION = { code: 'CHECKSUM_MISMATCH', message: 'no', length: 3, bytes: new Uint8Array(3) };
const BINARY = Uint8Array.from({ length: 500 }, (_, i) => (i * 167 + (i >> 3) * 13) & 0xff);
const TEXT = new TextEncoder().encode('no position yet, and none to come for a while\r\n');

function create(change: Partial<SourceConfig> = {}) {
  const source = { ...SOURCE, ...change };
  return createSourceHealth(source.cadenceMs, createSourceAdvice(source, [linesDriver]));
}

function opened(change: Partial<SourceConfig> = {}) {
  const health = create(change);
  health.transport(OPEN, 0);
  return health;
}

describe('a source', () => {
  it('connects, and waits with the reason of its way', () => {
    const health = create();
    expect(health.judge(0).state).toBe('connecting');
    health.transport(CONNECTING, 0);
    expect(health.judge(0).state).toBe('connecting');
    health.transport(WAITING, 0);
    const { reason, code } = WAITING;
    expect(health.judge(0)).toEqual({ state: 'waiting', reason, code });
  });

  it('starts when its way is open, and is well once its device was heard', () => {
    const health = opened();
    expect(health.judge(1000)).toMatchObject({ state: 'starting', code: null });
    health.observed(1, 1500);
    expect(health.judge(2000)).toEqual({ state: 'ok', code: null, reason: null });
  });

  it.each([
    [1000, 60_000],
    [30_000, 90_000],
  ])('of a cadence of %i ms is silent after %i ms', (cadenceMs, afterMs) => {
    const health = opened({ cadenceMs });
    health.observed(1, 500);
    expect(health.judge(500 + afterMs - 1).state).toBe('ok');
    expect(health.judge(500 + afterMs)).toMatchObject({ state: 'silent', code: 'SOURCE_SILENT' });
    health.observed(1, 500 + afterMs);
    expect(health.judge(501 + afterMs).state).toBe('ok');
  });

  it('without a rhythm is never silent', () => {
    const health = opened({ cadenceMs: null });
    expect(health.judge(1e9).state).toBe('starting');
    health.observed(1, 1e9);
    expect(health.judge(2e9).state).toBe('ok');
  });

  it.each([
    [
      SOURCE.transport,
      'lines',
      'that the cable sits at both ends, and that its baud rate is 115200',
    ],
    [SOURCE.transport, 'dsmr-p1', 'that its request line (pin 2) is driven'],
    [{ kind: 'tcp', host: 'box', port: 1 }, 'lines', 'box:1 is open, but nothing came for 60 s'],
    [{ kind: 'broker', topics: ['a/+'] }, 'lines', 'that they publish to these topics'],
  ] as const)('that is silent says what to check: %j', (transport, driver, advice) => {
    expect(opened({ transport, driver }).judge(60_000).reason).toContain(advice);
  });

  it('whose device speaks text without telling anything is silent, and says so', () => {
    const health = opened();
    for (let ms = 0; ms < 70_000; ms += 1000) health.bytes(TEXT);
    expect(health.judge(30_000).state).toBe('starting');
    expect(health.judge(70_000)).toMatchObject({ state: 'silent', code: 'SOURCE_TELLS_NOTHING' });
  });

  it('babbles when bytes come for twenty seconds and nothing is a frame', () => {
    const health = opened();
    health.bytes(BINARY);
    expect(health.judge(19_999).state).toBe('starting');
    expect(health.judge(20_000)).toMatchObject({ state: 'babbling', code: 'SOURCE_UNREADABLE' });
    expect(health.judge(20_000).reason).toContain('now, 115200 baud, 8 data bits, parity none');
    health.observed(1, 21_000);
    expect(health.judge(21_000).state).toBe('ok');
  });

  it('babbles at once when very much comes', () => {
    const health = opened();
    for (let i = 0; i < 140; i++) health.bytes(BINARY);
    expect(health.isNoise).toBe(true);
    expect(health.judge(100).state).toBe('babbling');
  });

  it('that was heard and has no rhythm may chatter', () => {
    const health = opened({ cadenceMs: null });
    health.observed(1, 0);
    for (let i = 0; i < 2000; i++) health.bytes(BINARY);
    expect(health.judge(100_000).state).toBe('ok');
  });

  it('says which driver reads what comes', () => {
    const health = createSourceHealth(
      1000,
      createSourceAdvice({ ...SOURCE, driver: 'dsmr-p1' }, [linesDriver]),
    );
    health.bytes(new TextEncoder().encode('meter-1 1\nmeter-1 2\nmeter-1 3\nmeter-1 4\n'));
    health.transport(OPEN, 0);
    health.bytes(new TextEncoder().encode('meter-1 1\nmeter-1 2\nmeter-1 3\nmeter-1 4\n'));
    expect(health.judge(20_000)).toMatchObject({
      state: 'babbling',
      code: 'SOURCE_OTHER_DRIVER',
      reason: 'what comes is read by the driver lines, not by dsmr-p1: write driver: lines',
    });
  });

  it('babbles when most frames are refused, until half are not', () => {
    const health = opened();
    for (let i = 0; i < 11; i++) health.rejected(REJECTION);
    health.observed(1, 10);
    expect(health.judge(10).state).toBe('ok');
    health.rejected(REJECTION);
    expect(health.judge(20)).toMatchObject({ state: 'babbling', code: 'SOURCE_UNREADABLE' });
    expect(health.judge(20).reason).toContain('CHECKSUM_MISMATCH (no): bits are lost on the line');
    let taken = 0;
    while (health.judge(30).state === 'babbling') {
      health.observed(1, 30);
      taken++;
    }
    expect(taken).toBeGreaterThan(4);
    expect(taken).toBeLessThan(12);
  });

  it('is refused while the agent cannot take it', () => {
    const health = opened();
    health.observed(1, 0);
    health.refused('JOURNAL_FULL', 'no room');
    expect(health.judge(0)).toEqual({ state: 'refused', code: 'JOURNAL_FULL', reason: 'no room' });
    health.accepted();
    expect(health.judge(0).state).toBe('ok');
  });

  it('floods until twenty seconds after the last that was dropped', () => {
    const health = opened();
    health.observed(1, 0);
    health.dropped(1000);
    expect(health.judge(20_999)).toMatchObject({ state: 'babbling', code: 'SOURCE_FLOOD' });
    health.observed(1, 21_000);
    expect(health.judge(21_000).state).toBe('ok');
  });

  it('counts', () => {
    const health = opened();
    health.bytes(BINARY);
    health.observed(2, 0);
    health.rejected(REJECTION);
    health.refused(null, 'no');
    health.dropped(0);
    health.transport(WAITING, 0);
    health.transport(OPEN, 0);
    expect(health.counts).toEqual({
      ...{ bytes: 500, observations: 2, rejected: 1 },
      ...{ refused: 1, dropped: 1, reconnects: 1 },
    });
  });
});
