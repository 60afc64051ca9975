/**
 * The agent of the restart bench, as a process that can be killed: fills its journal with what meters say until it is
 * killed, or starts on what it left and tells when its first new reading is durable.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createAgent, createSystemClock, readBootId, systemDisk, systemTimers } from '@sigill/edge';
import { createSigner } from '@sigill/evidence';
import type { DecodedObservation } from '@sigill/firmware-bridge/drivers';
import { WORKLOADS } from './workloads.ts';

const { values } = parseArgs({
  options: {
    directory: { type: 'string', default: '' },
    key: { type: 'string', default: '' },
    bytes: { type: 'string', default: '0' },
    devices: { type: 'string', default: '1' },
  },
});
// Straight to the pipe: what was said is said, however this process ends.
const say = (line: object) => writeSync(1, `${JSON.stringify(line)}\n`);

const loadedMs = performance.now();
const agent = await createAgent({
  directory: values.directory,
  disk: systemDisk,
  timers: systemTimers,
  clock: createSystemClock(),
  random: (length) => randomBytes(length),
  signer: createSigner(Uint8Array.from(Buffer.from(values.key, 'base64'))),
  origin: 'sigill.example/bench',
  sources: [
    {
      ...{ name: 'meters', driver: 'dsmr-p1', cadenceMs: null, heartbeatMs: 300_000 },
      ...{ heartbeats: 'source', frames: 'keep' },
    },
  ],
  boot: readBootId(),
  software: 'bench',
  configuration: new Uint8Array(32),
  journal: { maxBytes: 4 * 1024 ** 3 },
  maxStreams: 100_000,
});
const openMs = performance.now() - loadedMs;

const { driver, messages } = WORKLOADS[0]!;
const session = driver.createSession({});
const made = messages(600).flatMap((bytes) => session.receive({ bytes }, 0).observations);
const devices = Number(values.devices);
let count = 0;

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The same telegrams over again, from one device after the other. */
function next(): DecodedObservation {
  const observation = made[count % made.length]!;
  return { ...observation, device: `meter-${count++ % devices}` };
}

if (Number(values.bytes) === 0) {
  await agent.observe('meters', next(), { withinMs: 0 });
  const { position, journal } = agent.status();
  say({
    durableMs: performance.now(),
    ...{ loadedMs, openMs },
    heldBytes: journal?.heldBytes,
    nextSeq: position?.nextSeq,
    batches: position?.sealedBefore,
    rss: process.memoryUsage.rss(),
    processorMs: processorMs(),
  });
  process.kill(process.pid, 'SIGKILL');
}
for (let isFull = false; ; ) {
  // As a line brings them: some together, and their sync before the next.
  await Promise.all(
    Array.from({ length: 500 }, () => agent.observe('meters', next(), { withinMs: 0 })),
  );
  const held = agent.status().journal?.heldBytes ?? 0;
  if (!isFull && held >= Number(values.bytes)) {
    isFull = true;
    say({ heldBytes: held });
  }
}
