/** HMAC-SHA256 (RFC 2104), from the hash alone, so that it is the same in Node and in browsers. */
import { sha256 } from '../crypto/index.ts';

const BLOCK_BYTES = 64;

export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES);
  block.set(key.length > BLOCK_BYTES ? sha256(key) : key);
  const inner = sha256(
    block.map((byte) => byte ^ 0x36),
    message,
  );
  return sha256(
    block.map((byte) => byte ^ 0x5c),
    inner,
  );
}
