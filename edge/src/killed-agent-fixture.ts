/**
 * An agent to be killed: observes without end and says on stdout what became durable and what was sealed.
 * Run as a process of its own, with the journal's directory and the first value.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { toHex } from '@sigill/evidence';
import { type Agent, createAgent } from './agent.ts';
import { keyOf, METER, meterObservation, ORIGIN } from './agent-fixture.ts';
import { systemDisk } from './journal/system-disk.ts';
import { createSystemClock, readBootId } from './system-clock.ts';
import { systemTimers } from './timers.ts';

export async function startRealAgent(directory: string): Promise<Agent> {
  return createAgent({
    directory,
    disk: systemDisk,
    timers: systemTimers,
    clock: createSystemClock(),
    random: (length) => randomBytes(length),
    signer: keyOf(1),
    origin: ORIGIN,
    sources: [METER],
    boot: readBootId(),
    software: '0.1.0',
    configuration: new Uint8Array(32),
    batch: { count: 20 },
    journal: { commitWindowMs: 1, segmentBytes: 20_000 },
  });
}

if (import.meta.main) {
  const [directory = '', first = '0'] = process.argv.slice(2);
  const agent = await startRealAgent(directory);
  // Straight to the pipe: what was said is said, however this process ends.
  const say = (line: string) => writeSync(1, `${line}\n`);
  const tellSealed = ({ number, headerHash }: { number: number; headerHash: Uint8Array }) =>
    say(`sealed ${number} ${toHex(headerHash)}`);
  for await (const batch of agent.batches(0)) tellSealed(batch);
  agent.subscribe(tellSealed);
  for (let value = Number(first); ; value += 7) {
    const values = Array.from({ length: 7 }, (_, index) => String(value + index));
    await Promise.all(
      values.map(async (text) => {
        await agent.observe(METER.name, meterObservation(text));
        say(`durable ${text}`);
      }),
    );
  }
}
