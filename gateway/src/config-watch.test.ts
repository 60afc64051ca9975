import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigWatch, SourceConfig } from '@sigill/edge';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseGatewayConfig } from './config.ts';
import { watchConfig } from './config-watch.ts';
import type { GatewayEvent } from './events.ts';
import { createFakeTimers, type FakeTimers } from './timers-fake.ts';

const HEAD = 'name: g\norigin: sigill.example/x\nrecords: [a, b]\n';
const SOURCE = '  - { name: gate, driver: dsmr-p1, transport: { tcp: "10.0.0.7:5084" } }\n';

let file: string;
let timers: FakeTimers;
let events: GatewayEvent[];
let applied: (readonly SourceConfig[])[];
let failing: Error | null;
let watch: ConfigWatch;

beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'config-')), 'gateway.yaml');
  timers = createFakeTimers();
  events = [];
  applied = [];
  failing = null;
  writeFileSync(file, HEAD);
  watch = watchConfig({
    ...{ file, text: HEAD, config: parseGatewayConfig(HEAD, file), timers },
    tell: (event) => events.push(event),
    apply: async (sources) => {
      if (failing !== null) throw failing;
      applied.push(sources);
    },
  });
});
afterEach(() => watch.stop());

/** The disk takes real time between two looks. */
async function save(text: string): Promise<void> {
  writeFileSync(file, text);
  for (let looks = 0; looks < 20; looks++) {
    timers.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const told = () => events.map(({ what }) => what);

test('sources are taken up while everything runs', async () => {
  await save(`${HEAD}sources:\n${SOURCE}`);
  expect(applied.map((sources) => sources.map(({ name }) => name))).toEqual([['gate']]);
  await save(HEAD);
  expect(applied.at(-1)).toEqual([]);
  expect(told()).toEqual(['config-sources', 'config-sources']);
});

test('a file saved without a change says nothing', async () => {
  await save(`# a note\n${HEAD}`);
  expect([applied, events]).toEqual([[], []]);
});

test('anything else waits for a restart, and is named', async () => {
  await save(`${HEAD}checkpoint: { intervalMs: 500 }\nbatch: { ageMs: 500 }\n`);
  expect(applied).toEqual([]);
  expect(events).toMatchObject([{ level: 'warning', what: 'config-restart' }]);
  expect(events[0]?.text).toContain('checkpoint, batch changed');
});

test('a file that cannot be read leaves everything as it was, and says where the fault is', async () => {
  await save(`${HEAD}sources:\n  - { name: gate }\n`);
  await save('}{');
  expect(applied).toEqual([]);
  expect(told()).toEqual(['config-invalid', 'config-invalid']);
  expect(events[0]?.text).toContain('sources[0].driver');
  expect(events[0]?.text).toContain('(line 5)');
  await save(`${HEAD}sources:\n${SOURCE}`);
  expect(applied).toHaveLength(1);
});

test('sources that are refused are told', async () => {
  failing = new Error('there is no such option');
  await save(`${HEAD}sources:\n${SOURCE}`);
  expect(events[0]?.text).toContain('there is no such option');
});
