import { generateKeyPairSync } from 'node:crypto';
import {
  type Checkpoint,
  consistencyPath,
  createSigner,
  formatReceipt,
  hashesOf,
  inclusionPath,
  leafHash,
  type Signer,
  signCheckpoint,
  treeRoot,
} from '@sigill/evidence';
import type { SealedBatch } from '../sealer.ts';

const ORIGIN = 'sigill.example/test/site';

interface Entry {
  readonly batch: number;
  readonly seal: Uint8Array;
}

/** A site log in memory that gives real receipts; a batch offered again stays where it is. */
export function createSiteLog(
  signer: Signer = newSigner(),
  begun: readonly Entry[] = [],
  origin = ORIGIN,
): FixtureSiteLog {
  const entries: Entry[] = [...begun];
  const leaves = () => entries.map(({ seal }) => leafHash(seal));
  const head = (): Checkpoint => ({
    origin,
    size: entries.length,
    root: treeRoot(leaves()),
  });
  return {
    signer,
    entries,
    name: { origin, publicKey: signer.publicKey },
    head,
    checkpoint: () => signCheckpoint(head(), signer),
    next: (number = 2) => createSiteLog(newSigner(), [], `${ORIGIN}/${number}`),
    consistency: (from: number) =>
      from > entries.length ? [] : consistencyPath(from, entries.length, hashesOf(leaves())),
    add({ number, seal }: Pick<SealedBatch, 'number' | 'seal'>): Uint8Array {
      const known = entries.find(({ batch }) => batch === number);
      if (known === undefined) entries.push({ batch: number, seal });
      return known?.seal ?? seal;
    },
    receipt(batch: Pick<SealedBatch, 'number' | 'seal'>): string {
      this.add(batch);
      const index = entries.findIndex(({ batch: number }) => number === batch.number);
      const path = inclusionPath(index, entries.length, hashesOf(leaves()));
      return formatReceipt({ index, path, note: signCheckpoint(head(), signer) });
    },
  };
}

export interface FixtureSiteLog {
  readonly signer: Signer;
  readonly entries: Entry[];
  readonly name: { readonly origin: string; readonly publicKey: Uint8Array };
  head(): Checkpoint;
  checkpoint(): string;
  /** The log that continues this one, with a key of its own. */
  next(number?: number): FixtureSiteLog;
  consistency(from: number): Uint8Array[];
  add(batch: Pick<SealedBatch, 'number' | 'seal'>): Uint8Array;
  receipt(batch: Pick<SealedBatch, 'number' | 'seal'>): string;
}

function newSigner(): Signer {
  const { privateKey } = generateKeyPairSync('ed25519');
  return createSigner(Uint8Array.from(privateKey.export({ format: 'der', type: 'pkcs8' })));
}
