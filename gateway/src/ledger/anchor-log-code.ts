/**
 * The code of an anchor log as a chain keeps it: the compiler's, with the guardian written into it by the constructor.
 * @module
 */
import { keccak256 } from 'ethers';
import artifact from '../../contracts/AnchorLog.json' with { type: 'json' };

/** keccak-256 as 0x…. */
export function anchorLogCodeHash(guardian: Uint8Array): string {
  const code = Buffer.from(artifact.deployedBytecode.slice(2), 'hex');
  for (const { start, length } of artifact.immutableReferences)
    code.set(guardian, start + length - guardian.length);
  return keccak256(code);
}
