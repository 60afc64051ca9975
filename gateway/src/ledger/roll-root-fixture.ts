/** For tests: roll-call roots that tell their number. */
import { sha256, utf8 } from '@sigill/evidence';

export function rollRootOf(n: number): Uint8Array {
  return sha256(utf8(`roll-call ${n}`));
}
