/**
 * Frame -> reading: whether the device's own bytes say the same.
 * @module
 */
import { equalBytes } from '../bytes/bytes.ts';
import { sha256 } from '../crypto/index.ts';
import type { Reading } from '../reading/reading.ts';
import { type Established, Refuted, Unchecked } from './claims.ts';

/** Whether a device's frame decodes to a reading: null if this decoder is not at hand. */
export type DecodeAgain = (
  reading: Reading,
  frame: Uint8Array,
) => { readonly agrees: boolean; readonly detail: string } | null;

export function judgeDecoding(
  frame: Uint8Array | null,
  reading: Reading,
  decodeAgain: DecodeAgain | undefined,
): Established<null> {
  assertDecodes(frame, reading, decodeAgain);
  const { driver } = reading.origin;
  const bytes = frame?.length ?? 0;
  return {
    value: null,
    provenBy: `the ${bytes} bytes the device sent decode to the same values with driver ${driver}`,
    trust: ['agent'] as const,
    facts: { driver, bytes },
  };
}

/** @throws Refuted, Unchecked */
export function assertDecodes(
  frame: Uint8Array | null,
  reading: Reading,
  decodeAgain: DecodeAgain | undefined,
): void {
  if (frame === null)
    throw new Unchecked('NO_FRAME', 'the device’s bytes were not kept or not given');
  const named = reading.origin.frameHash;
  if (named === null || !equalBytes(sha256(frame), named))
    throw new Refuted('OTHER_FRAME', 'the frame is not the one the reading names');
  let again: ReturnType<DecodeAgain>;
  try {
    again = decodeAgain?.(reading, frame) ?? null;
  } catch (error) {
    throw new Refuted('OTHER_READING', `the frame does not decode: ${(error as Error).message}`);
  }
  if (again === null)
    throw new Unchecked('NO_DECODER', `no decoder for ${reading.origin.driver} at hand here`);
  if (!again.agrees) throw new Refuted('OTHER_READING', again.detail);
}
