/**
 * An agent to be killed while it seals twins: a day of its clock takes two and a half minutes, an hour six seconds.
 * Run as a process of its own, with the journal's directory.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { type Agent, createAgent } from './agent.ts';
import { keyOf, ORIGIN } from './agent-fixture.ts';
import { COLLAR, fix } from './cell-twin-fixture.ts';
import { systemDisk } from './journal/system-disk.ts';
import { readBootId } from './system-clock.ts';
import { systemTimers } from './timers.ts';

const FASTER = 600;
/** A minute of its clock. */
export const PERIOD_REAL_MS = 60_000 / FASTER;
const SENSITIVE = { ...COLLAR, sensitive: { cell: '0.1 deg', periodMs: 60_000 } };

export async function startFastAgent(directory: string): Promise<Agent> {
  return createAgent({
    directory,
    disk: systemDisk,
    timers: { after: (delayMs, run) => systemTimers.after(delayMs / FASTER, run) },
    clock: {
      nowMs: () => Date.now() * FASTER,
      uptimeMs: () => performance.now() * FASTER,
      quality: () => ({ quality: 1, maxErrorMs: null }),
    },
    random: (length) => randomBytes(length),
    signer: keyOf(1),
    origin: ORIGIN,
    sources: [SENSITIVE],
    boot: readBootId(),
    software: '0.1.0',
    configuration: new Uint8Array(32),
    batch: { count: 20 },
    journal: { commitWindowMs: 1, segmentBytes: 20_000 },
  });
}

if (import.meta.main) {
  const [directory = ''] = process.argv.slice(2);
  const agent = await startFastAgent(directory);
  // Straight to the pipe: what was said is said, however this process ends.
  const say = (line: string) => writeSync(1, `${line}\n`);
  agent.subscribe(({ number }) => say(`sealed ${number}`));
  for (let step = 0; ; step++) {
    const fixes = [0, 1, 2].map((animal) => fix(`63.${step % 1000}`, '12.05', `w-${animal}`));
    await Promise.all(fixes.map((one) => agent.observe('wolf', one)));
    say('durable');
  }
}
