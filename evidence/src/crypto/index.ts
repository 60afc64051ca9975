export {
  ed25519Equation,
  type LoadedPrivateKey,
  loadPrivateKey,
  p256Verify,
  sha256,
} from '#crypto';
