import { decodeBatch, decodeReading, decodeSeal, headerHash, toHex } from '@sigill/evidence';
import { checkedReadings } from './agent-fixture.ts';
import { streamKey } from './agent-state.ts';
import type { GatewayHead } from './gateway-head.ts';
import type { StreamHead } from './link/messages.ts';
import type { SealedBatch } from './sealer.ts';

/** What a gateway holds of one agent: takes batches as they come, and knows a second history when it meets one. */
export function createFakeGateway() {
  const batches: SealedBatch[] = [];
  return {
    batches,
    /** Whether it is taken; false: it contradicts what is held. */
    take(batch: SealedBatch): boolean {
      const known = batches[batch.number];
      if (known !== undefined) return toHex(known.headerHash) === toHex(batch.headerHash);
      if (batch.number !== batches.length) return false;
      if (toHex(batch.header.previous) !== toHex(batches.at(-1)?.headerHash ?? new Uint8Array(32)))
        return false;
      batches.push(batch);
      return true;
    },
    head: (): GatewayHead => headAfter(batches),
    ask: async (): Promise<GatewayHead> => headAfter(batches),
    /** Every check a gateway makes, over all that it took. */
    readings: () => checkedReadings(batches),
  };
}

export function headAfter(batches: readonly SealedBatch[]): GatewayHead {
  const streams = new Map<string, StreamHead>();
  for (const { bytes } of batches) {
    for (const reading of decodeBatch(bytes).readings) {
      const { source, device, n } = decodeReading(reading);
      streams.set(streamKey(source, device), { source, device, nextN: n + 1 });
    }
  }
  const last = batches.at(-1);
  const opened = last && decodeSeal(decodeBatch(last.bytes).seal);
  return {
    state: 'open',
    head: opened
      ? {
          batch: opened.header.batch,
          headerHash: headerHash(opened.headerBytes),
          nextSeq: opened.header.firstSeq + opened.header.count,
        }
      : null,
    streams: [...streams.values()],
  };
}
