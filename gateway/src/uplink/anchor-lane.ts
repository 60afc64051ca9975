/**
 * Anchors to the cloud in their order: each when it is mined, and again when it is final.
 * @module
 */
import { GatewayError } from '../errors.ts';
import { type AnchorBundle, formatAnchorBundle } from './anchor-bundle.ts';
import type { CloudClient, CloudState } from './cloud-client.ts';

export interface AnchorSource {
  /** How many anchors have come this far: given to the ledger, in a block, in a final block. */
  given(): number;
  mined(): number;
  final(): number;
  bundle(index: number, status: 'mined' | 'final'): Promise<AnchorBundle>;
}

export interface AnchorLane {
  resume(sent: CloudState['anchors']): void;
  push(signal: AbortSignal): Promise<void>;
}

export function createAnchorLane(client: CloudClient, source: AnchorSource): AnchorLane {
  let mined = 0;
  let final = 0;

  return {
    resume(sent) {
      const given = source.given();
      if (Math.max(sent.mined, sent.final) > given) {
        throw new GatewayError(
          'CLOUD_AHEAD',
          `the cloud holds ${Math.max(sent.mined, sent.final)} anchors, the notary here made ${given}: its data directory was restored from an older copy; restore the newest`,
        );
      }
      mined = sent.mined;
      final = sent.final;
    },
    async push(signal) {
      while (mined < source.mined() && !signal.aborted) {
        await send(mined, 'mined', signal);
        mined += 1;
      }
      while (final < Math.min(source.final(), mined) && !signal.aborted) {
        await send(final, 'final', signal);
        final += 1;
      }
    },
  };

  async function send(index: number, status: 'mined' | 'final', signal: AbortSignal) {
    await client.sendAnchor(formatAnchorBundle(await source.bundle(index, status)), signal);
  }
}
