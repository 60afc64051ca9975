/**
 * A gateway without devices on this machine's disk, with a clock that a test turns.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSourceSet, systemDisk } from '@sigill/edge';
import { parseGatewayConfig } from './config.ts';
import { nodeFileSystem } from './disk/file-system.ts';
import { toLog } from './events.ts';
import { type Gateway, type GatewayParts, startGateway } from './gateway.ts';
import type { FakeTimers } from './timers-fake.ts';
import { createHttpClient } from './uplink/http-client.ts';

export interface FixtureGatewayParts
  extends Pick<GatewayParts, 'agentKey' | 'logKeys' | 'register' | 'ledger' | 'tell'> {
  readonly directory: string;
  readonly origin: string;
  readonly cloud: URL;
  readonly timers: FakeTimers;
  readonly startAnew: () => void;
  readonly change: Partial<GatewayParts>;
}

export async function startFixtureGateway(parts: FixtureGatewayParts): Promise<Gateway> {
  const { directory, origin, cloud, timers, tell, change, ...given } = parts;
  const clock = {
    nowMs: timers.now,
    uptimeMs: () => timers.now() - 1_760_000_000_000,
    quality: () => ({ quality: 0 as const, maxErrorMs: null }),
  };
  const openTransport = () => {
    throw new Error('no device here');
  };
  const starting = startGateway({
    config: {
      ...parseGatewayConfig(
        `{ name: g, origin: ${origin}, records: [a, b], cloud: { url: ${cloud.origin}, keepMs: 0 } }`,
        'gateway.yaml',
      ),
      data: directory,
    },
    ...{ ...given, timers, clock, tell },
    http: createHttpClient(cloud, null),
    sources: createSourceSet({ sources: [], openTransport, clock, timers, log: toLog(tell) }),
    fileSystem: nodeFileSystem,
    journalDisk: systemDisk,
    random: () => 0.5,
    randomBytes: (length) => Uint8Array.from(randomBytes(length)),
    boot: new Uint8Array(16).fill(9),
    software: 'sigill/test',
    configuration: new Uint8Array(32),
    sealed: () => {},
    diskUse: () => null,
    damage: null,
    policy: null,
    ...change,
  });
  let isOver = false;
  void starting.then(
    () => {
      isOver = true;
    },
    () => {
      isOver = true;
    },
  );
  // The agent waits two seconds for the cloud's word, which must be able to come.
  while (!isOver) {
    timers.advance(1);
    await sleep(1);
  }
  return starting;
}

/** Turns the clock until it is so, five hundred times as fast as it goes: disk and network get the real time they need. */
export async function turnUntil(timers: FakeTimers, condition: () => boolean): Promise<void> {
  while (!condition()) {
    timers.advance(500);
    await sleep(1);
  }
}
