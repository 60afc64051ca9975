/**
 * What a gateway's own agent has of its devices, read from its journal while nobody else does.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createAgent,
  createSystemClock,
  readBootId,
  type SealedBatch,
  systemDisk,
  systemTimers,
} from '@sigill/edge';
import { createSigner, decodeBatch, decodeReading, fromBase64 } from '@sigill/evidence';
import { type BrokerSite, ORIGIN } from '../testing/broker-site.ts';

/** Every reading of a publisher in the agent's journal, as `device count`. */
export async function readJournal({ directory }: BrokerSite): Promise<string[]> {
  const pem = readFileSync(join(directory, 'keys/agent.pem'), 'utf8');
  const agent = await createAgent({
    directory: join(directory, 'data/agent'),
    disk: systemDisk,
    timers: systemTimers,
    clock: createSystemClock(),
    random: (length) => Uint8Array.from(randomBytes(length)),
    signer: createSigner(fromBase64(pem.replace(/-----[^-]+-----|\s/g, ''))),
    ...{ origin: ORIGIN, sources: [], boot: readBootId(), software: 'sigill/test' },
    configuration: new Uint8Array(32),
  });
  const batches = new Map<number, SealedBatch>();
  for await (const batch of agent.batches(0)) batches.set(batch.number, batch);
  agent.subscribe((batch) => batches.set(batch.number, batch));
  await agent.close();
  return [...batches.values()].flatMap(({ bytes }) =>
    decodeBatch(bytes).readings.flatMap((reading) => {
      const { source, device, fields } = decodeReading(reading!);
      const count = fields.find(({ name }) => name === 'other.mqtt-json.count')?.value;
      if (source !== 'devices' || typeof count !== 'object' || !('mantissa' in count)) return [];
      return [`${device} ${Number(count.mantissa) * 10 ** count.exponent}`];
    }),
  );
}

/** How often each was said. */
export function countTimes(readings: readonly string[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const reading of readings) times.set(reading, (times.get(reading) ?? 0) + 1);
  return times;
}
