import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { meterObservation, startAgent } from '../agent-fixture.ts';
import { settle } from '../timers-fake.ts';
import { askStatus, followReadings, type ToldLine } from './control-client.ts';
import { type Control, startControl } from './control-server.ts';

let directory: string;
let control: Control | null;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sigill-control-'));
  control = null;
});
afterEach(async () => {
  await control?.stop();
  rmSync(directory, { recursive: true });
});

describe('the control socket', () => {
  it('tells the status, bytes as hex, to the owner of the directory alone', async () => {
    const status = () => ({ size: 7, id: Uint8Array.of(0xab), big: 5n });
    control = await startControl({ directory, status, subscribe: () => () => {} });
    expect(await askStatus(directory)).toEqual({ size: 7, id: 'ab', big: '5' });
    expect(statSync(join(directory, 'control.sock')).mode & 0o777).toBe(0o600);
  });

  it('tells readings once they are sealed, of one source if asked', async () => {
    const { agent } = await startAgent({ batch: { count: 4 } });
    control = await startControl({ directory, status: () => ({}), subscribe: agent.subscribe });
    const stop = new AbortController();
    const told: ToldLine[] = [];
    const lines = await followReadings(directory, 'house-17', stop.signal);
    const reading = (async () => {
      for await (const line of lines!) if (told.push(line) === 3) return;
    })();
    const values = ['1.0', '2.0', '3.0', '4.0', '5.0', '6.0'];
    await Promise.all(values.map((value) => agent.observe('house-17', meterObservation(value))));
    await settle();
    await reading;
    stop.abort();
    expect(told[0]).toMatchObject({ source: 'house-17', kind: 'meter', device: 'meter-1' });
    expect(told.map((line) => 'fields' in line && line.fields['energy.import.t1'])).toEqual(
      values.slice(0, 3).map((value) => ({ value, unit: 'kWh' })),
    );
  });

  it('says that nothing runs where nothing does, even after a kill left the socket behind', async () => {
    expect(await askStatus(directory)).toBeNull();
    expect(await askStatus(join(directory, 'none'))).toBeNull();
    control = await startControl({ directory, status: () => ({}), subscribe: () => () => {} });
    const second = await startControl({
      directory,
      status: () => ({ n: 2 }),
      subscribe: () => () => {},
    });
    expect(await askStatus(directory)).toEqual({ n: 2 });
    await second.stop();
    expect(await askStatus(directory)).toBeNull();
  });

  it('answers in a directory whose path is longer than a socket may be', async () => {
    const deep = join(directory, 'a'.repeat(120));
    mkdirSync(deep);
    control = await startControl({
      directory: deep,
      status: () => ({ deep: true }),
      subscribe: () => () => {},
    });
    expect(await askStatus(deep)).toEqual({ deep: true });
  });
});
