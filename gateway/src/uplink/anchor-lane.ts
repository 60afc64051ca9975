/**
 * Anchors to the cloud in their order: each when it is mined, and again when it is final.
 * @module
 */
import { GatewayError } from '../errors.ts';
import { type AnchorBundle, formatAnchorBundle } from './anchor-bundle.ts';
import type { CloudClient, CloudState } from './cloud-client.ts';

export interface AnchorSource {
  /** How many anchors have come this far. */
  mined(): number;
  final(): number;
  bundle(index: number, status: 'mined' | 'final'): AnchorBundle;
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
      const known = source.mined();
      if (sent.mined > known || sent.final > known) {
        throw new GatewayError(
          'CLOUD_AHEAD',
          `the cloud holds ${Math.max(sent.mined, sent.final)} anchors, the notary here made ${known}: its data directory was restored from an older copy; restore the newest`,
        );
      }
      mined = sent.mined;
      final = sent.final;
    },
    async push(signal) {
      while (mined < source.mined() && !signal.aborted) {
        await client.sendAnchor(formatAnchorBundle(source.bundle(mined, 'mined')), signal);
        mined += 1;
      }
      while (final < Math.min(source.final(), mined) && !signal.aborted) {
        await client.sendAnchor(formatAnchorBundle(source.bundle(final, 'final')), signal);
        final += 1;
      }
    },
  };
}
