export {
  ed25519Equation,
  loadPrivateKey,
  p256Verify,
  sha256,
} from '#crypto';
export type { LoadedPrivateKey } from './private-key.ts';
