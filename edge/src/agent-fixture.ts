import { createPrivateKey } from 'node:crypto';
import {
  type ChainHead,
  checkBatch,
  createSigner,
  type Field,
  originHash,
  parseDecimal,
  type Reading,
  toHex,
  utf8,
} from '@sigill/evidence';
import { type Agent, createAgent } from './agent.ts';
import type { AgentParts } from './agent-parts.ts';
import { streamKey } from './agent-state.ts';
import { createFakeDisk, type FakeDisk } from './journal/disk-fake.ts';
import type { AgentObservation } from './observation.ts';
import type { SealedBatch } from './sealer.ts';
import type { SourcePlan } from './sources/source-plan.ts';
import { createFakeTimers, type FakeTimers, settle } from './timers-fake.ts';

export const ORIGIN = 'sigill.example/test';
/** Of the logs that continue it. */
export const LATER_ORIGINS = [`${ORIGIN}/2`, `${ORIGIN}/3`] as const;
const LOGS = [ORIGIN, ...LATER_ORIGINS].map(originHash);
export const BOOT = new Uint8Array(16).fill(0xb0);
export const OTHER_BOOT = new Uint8Array(16).fill(0xb1);
export const START_MS = Date.UTC(2026, 0, 31);

export const METER: SourcePlan = {
  name: 'house-17',
  driver: 'dsmr-p1',
  cadenceMs: 1000,
  heartbeatMs: 60_000,
  heartbeats: 'device',
  frames: 'keep',
};
export const GATE: SourcePlan = {
  name: 'gate',
  driver: 'reader',
  cadenceMs: null,
  heartbeatMs: 120_000,
  heartbeats: 'source',
  frames: 'hash',
};

/** An Ed25519 key from its 32 secret bytes. */
export function keyOf(secret: number): ReturnType<typeof createSigner> {
  const pkcs8 = Buffer.concat([
    Buffer.from('302e020100300506032b657004220420', 'hex'),
    Buffer.alloc(32, secret),
  ]);
  createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  return createSigner(pkcs8);
}

/** Reproducible, and no good for anything but tests. */
export function createFakeRandom(seed = 1): (length: number) => Uint8Array {
  let state = seed >>> 0 || 1;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    });
}

export interface World {
  readonly disk: FakeDisk;
  readonly timers: FakeTimers;
  readonly parts: AgentParts;
  readonly agent: Agent;
}

export async function startAgent(
  given: Partial<AgentParts> & { readonly disk?: FakeDisk; readonly timers?: FakeTimers } = {},
): Promise<World> {
  const timers = given.timers ?? createFakeTimers();
  const disk = given.disk ?? createFakeDisk();
  const parts: AgentParts = {
    directory: '/agent',
    clock: {
      nowMs: () => START_MS + timers.elapsedMs,
      uptimeMs: () => timers.elapsedMs,
      quality: () => ({ quality: 2, maxErrorMs: 50 }),
    },
    random: createFakeRandom(),
    signer: keyOf(1),
    origin: ORIGIN,
    sources: [METER, GATE],
    boot: BOOT,
    software: '0.1.0',
    configuration: new Uint8Array(32),
    ...given,
    journal: { commitWindowMs: 0, ...given.journal },
    disk,
    timers,
  };
  const agent = await createAgent(parts);
  await settle();
  return { disk, timers, parts, agent };
}

export function meterObservation(value: string, device = 'meter-1'): AgentObservation {
  return {
    kind: 'meter',
    device,
    time: null,
    fields: { 'energy.import.t1': { value: parseDecimal(value), unit: 'kWh', code: '1-0:1.8.1' } },
    frame: utf8(`/frame ${value}!`),
  };
}

export async function sealedBatches(agent: Agent, from = 0): Promise<SealedBatch[]> {
  const batches: SealedBatch[] = [];
  for await (const batch of agent.batches(from)) batches.push(batch);
  return batches;
}

/** What a gateway would take, checked as it would check it, and that each stream is numbered without a hole. */
export function checkedReadings(
  batches: readonly SealedBatch[],
  publicKey: Uint8Array = keyOf(1).publicKey,
): Reading[] {
  let head: ChainHead | null = null;
  const nextN = new Map<string, number>();
  return batches.flatMap((batch) => {
    const checked = checkBatch(batch.bytes, publicKey, LOGS, head);
    head = checked.head;
    const touched = new Set<string>();
    const readings = checked.readings.map((reading) => {
      if (reading === null) throw new Error('a reading is missing');
      const key = streamKey(reading.source, reading.device);
      touched.add(key);
      if (reading.n !== (nextN.get(key) ?? 0))
        throw new Error(`${key}: n ${reading.n} is out of turn`);
      nextN.set(key, reading.n + 1);
      return reading;
    });
    const told = batch.streams?.map(({ source, device, nextN: n }) => {
      const key = streamKey(source, device);
      if (nextN.get(key) !== n) throw new Error(`${key} does not go on with ${n}`);
      return key;
    });
    if (told !== undefined && told.toSorted().join() !== [...touched].sort().join())
      throw new Error(`batch ${batch.number} tells of other streams than it touches`);
    return readings;
  });
}

export function fieldsOf(reading: Pick<Reading, 'fields'>): Record<string, unknown> {
  return Object.fromEntries(reading.fields.map(({ name, value }) => [name, plain(value)]));
}

function plain(value: Field['value']): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value === 'object') return Number(value.mantissa) * 10 ** value.exponent;
  return value;
}

export function ofKind(readings: readonly Reading[], kind: string): Reading[] {
  return readings.filter((reading) => reading.kind === kind);
}
