import { formatAddress } from '@sigill/evidence';

/** Under what name a tree's tiles lie in the database. */
export function siteTree(origin: string): string {
  return `site ${origin}`;
}

export function anchorTree(chainId: number, contract: Uint8Array): string {
  return `anchors ${chainId} ${formatAddress(contract)}`;
}
