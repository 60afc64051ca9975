import { dsmrP1 } from '@sigill/firmware-bridge';
import { createP1Simulator } from '@sigill/firmware-bridge/simulators';
import { describe, expect, it } from 'vitest';
import { diagnose } from './diagnosis.ts';
import { linesDriver } from './source-fixture.ts';

const telegram = createP1Simulator({ seed: 7 }).telegram(Date.UTC(2026, 0, 31));
const drivers = [dsmrP1, linesDriver];

function withParity(bytes: Uint8Array, odd: 0 | 1): Uint8Array {
  return bytes.map((byte) => {
    let sum = odd;
    for (let bit = 0; bit < 7; bit++) sum += (byte >> bit) & 1;
    return (byte & 0x7f) | ((sum % 2) << 7);
  });
}

/** What a port hears that listens `times` faster than the device speaks: each bit of a frame lasts as many of its own. */
function heardTooFast(bytes: Uint8Array, times: number): Uint8Array {
  const line: number[] = [];
  for (const byte of bytes) {
    const bits = [0, ...Array.from({ length: 8 }, (_, bit) => (byte >> bit) & 1), 1];
    for (const bit of bits) for (let i = 0; i < times; i++) line.push(bit);
  }
  const heard: number[] = [];
  for (let at = 0; at + 9 < line.length; ) {
    if (line[at] === 1) {
      at++;
      continue;
    }
    heard.push(line.slice(at + 1, at + 9).reduce((byte, bit, index) => byte | (bit << index), 0));
    at += 9;
  }
  return Uint8Array.from(heard.slice(0, 4096));
}

describe('bytes of which a driver makes nothing', () => {
  it('are named after the driver that reads them', () => {
    expect(diagnose(telegram, 'lines', drivers)).toEqual({
      kind: 'other driver',
      driver: 'dsmr-p1',
    });
  });

  it.each([
    ['even', 0],
    ['odd', 1],
  ] as const)('are text with %s parity', (parity, odd) => {
    expect(diagnose(withParity(telegram, odd), 'dsmr-p1', drivers)).toEqual({
      kind: 'parity',
      parity,
    });
  });

  it.each([4, 8, 12])('were spoken %i times more slowly than the port listens', (times) => {
    expect(diagnose(heardTooFast(telegram, times), 'dsmr-p1', drivers)?.kind).toBe('speed');
  });

  it('are text in which the device may say nothing to record', () => {
    const text = new TextEncoder().encode('$GNGGA,,,,,,0,00,99.99,,,,,,*56\r\n');
    expect(diagnose(text, 'dsmr-p1', drivers)).toEqual({ kind: 'text' });
  });

  it('are something else', () => {
    const bytes = Uint8Array.from({ length: 500 }, (_, i) => (i * 167 + (i >> 3) * 13) & 0xff);
    expect(diagnose(bytes, 'dsmr-p1', drivers)).toEqual({ kind: 'binary' });
  });

  it('are too few to say', () => {
    expect(diagnose(telegram.subarray(0, 31), 'lines', drivers)).toBeNull();
  });
});
