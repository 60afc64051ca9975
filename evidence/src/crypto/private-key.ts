/** What both back ends make of a private key: its kind, its public SPKI and its raw signing function. */
export interface LoadedPrivateKey {
  readonly kind: 'ed25519' | 'p256';
  readonly spki: Uint8Array;
  signRaw(message: Uint8Array): Uint8Array;
}
