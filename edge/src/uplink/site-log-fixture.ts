import { generateKeyPairSync } from 'node:crypto';
import {
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

/** A site log in memory that gives real receipts; a batch offered again stays where it is. */
export function createSiteLog(signer: Signer = newSigner()) {
  const entries: { readonly batch: number; readonly leaf: Uint8Array }[] = [];
  return {
    signer,
    name: { origin: ORIGIN, publicKey: signer.publicKey },
    receipt({ number, seal }: SealedBatch): string {
      if (!entries.some(({ batch }) => batch === number))
        entries.push({ batch: number, leaf: leafHash(seal) });
      const index = entries.findIndex(({ batch }) => batch === number);
      const leaves = entries.map(({ leaf }) => leaf);
      const checkpoint = { origin: ORIGIN, size: leaves.length, root: treeRoot(leaves) };
      const path = inclusionPath(index, leaves.length, hashesOf(leaves));
      return formatReceipt({ index, path, note: signCheckpoint(checkpoint, signer) });
    },
  };
}

function newSigner(): Signer {
  const { privateKey } = generateKeyPairSync('ed25519');
  return createSigner(Uint8Array.from(privateKey.export({ format: 'der', type: 'pkcs8' })));
}
