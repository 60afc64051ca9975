/** For tests: the code with which something is refused. */
import { EvidenceError } from '../errors.ts';

/** Null: it is not refused. */
export function codeOf(act: () => unknown): string | null {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof EvidenceError) return error.code;
    throw error;
  }
}
