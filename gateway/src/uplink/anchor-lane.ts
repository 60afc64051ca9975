/**
 * Anchors to the cloud in their order: each when it is mined, and again when it is final. A mined one
 * that its chain took back and mined elsewhere is told again, with those after it.
 * @module
 */
import { type AnchorLeaf, anchorLeafHash, toHex } from '@sigill/evidence';
import { GatewayError } from '../errors.ts';
import type { AnchorCounts } from './cloud-client.ts';

/** What is told of an anchor: a gateway alone and a notary tell it in different words. */
export interface AnchorSource<Told extends { readonly anchor: AnchorLeaf }> {
  /** How many anchors have come this far: given to the ledger, in a block, in a final block. */
  given(): number;
  mined(): number;
  final(): number;
  bundle(index: number, status: 'mined' | 'final'): Promise<Told>;
}

export interface AnchorLane {
  /** Where the cloud says it stands. @throws GatewayError CLOUD_AHEAD */
  resume(sent: AnchorCounts): void;
  push(signal: AbortSignal): Promise<void>;
}

export function createAnchorLane<Told extends { readonly anchor: AnchorLeaf }>(
  tell: (bundle: Told, signal: AbortSignal) => Promise<AnchorCounts>,
  source: AnchorSource<Told>,
): AnchorLane {
  let sent: AnchorCounts = { mined: 0, final: 0 };
  /** Leaf hashes as the cloud was told them, of anchors that are not final there. */
  const told = new Map<number, string>();

  async function send(index: number, status: 'mined' | 'final', signal: AbortSignal) {
    const bundle = await source.bundle(index, status);
    told.set(index, toHex(anchorLeafHash(bundle.anchor)));
    sent = await tell(bundle, signal);
    for (const known of told.keys()) if (known < sent.final) told.delete(known);
  }

  /** The first anchor that is in another block than the cloud was told. */
  async function firstUntold(): Promise<number> {
    const end = Math.min(sent.mined, source.mined());
    for (let index = sent.final; index < end; index += 1) {
      const { anchor } = await source.bundle(index, 'mined');
      if (told.get(index) !== toHex(anchorLeafHash(anchor))) return index;
    }
    return end;
  }

  return {
    resume(counts) {
      const given = source.given();
      if (Math.max(counts.mined, counts.final) > given) {
        throw new GatewayError(
          'CLOUD_AHEAD',
          `the cloud holds ${Math.max(counts.mined, counts.final)} anchors, the notary here made ${given}: its data directory was restored from an older copy; restore the newest`,
        );
      }
      sent = counts;
      told.clear();
    },
    async push(signal) {
      for (let index = await firstUntold(); index < source.mined() && !signal.aborted; index += 1) {
        await send(index, 'mined', signal);
      }
      while (sent.final < Math.min(source.final(), sent.mined) && !signal.aborted) {
        await send(sent.final, 'final', signal);
      }
    },
  };
}
