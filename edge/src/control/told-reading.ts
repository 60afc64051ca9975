/**
 * A reading as the tools show it: one line of JSON.
 * @module
 */
import { decodeBatch, decodeReading, formatValue, toHex } from '@sigill/evidence';
import type { SealedBatch } from '../sealer.ts';

export interface ToldReading {
  readonly agent: string;
  readonly seq: number;
  readonly batch: number;
  readonly source: string;
  readonly device: string;
  readonly n: number;
  readonly kind: string;
  /** ISO 8601, by the agent's clock. */
  readonly time: string;
  readonly clockQuality: number;
  readonly fields: Readonly<
    Record<string, { readonly value: string; readonly unit: string | null }>
  >;
}

const HASH_BYTES = 32;

/** All that a sealed batch says: only what is sealed may leave the process. */
export function tellReadings(batch: SealedBatch): ToldReading[] {
  return decodeBatch(batch.bytes)
    .readings.filter((bytes) => bytes.length !== HASH_BYTES)
    .map((bytes) => {
      const { agent, seq, source, device, n, kind, time, clock, fields } = decodeReading(bytes);
      return {
        agent: toHex(agent),
        batch: batch.number,
        ...{ seq, source, device, n, kind },
        time: new Date(time).toISOString(),
        clockQuality: clock.quality,
        fields: Object.fromEntries(
          fields.map(({ name, value, unit }) => [name, { value: formatValue(value), unit }]),
        ),
      };
    });
}
