/**
 * One thing that must be right for readings to arrive, and what the doctor says of it.
 * @module
 */
import type { Box } from './box.ts';

export type FindingStatus = 'ok' | 'warning' | 'fault' | 'skipped';

export interface Finding {
  readonly status: FindingStatus;
  /** What was found, in a sentence. */
  readonly found: string;
  /** What it leads to; null where all is well. */
  readonly why: string | null;
  /** The command or the deed that mends it. */
  readonly remedy: string | null;
}

export interface Check {
  /** Stable, for programs and for docs. */
  readonly id: string;
  readonly title: string;
  /** One finding, or one for each port, source or file. It may throw: then the check itself is the finding. */
  run(box: Box): Promise<Finding | readonly Finding[]>;
}

export const ok = (found: string): Finding => ({ status: 'ok', found, why: null, remedy: null });

/** Does not apply to this box, or needs something that another check already misses. */
export const skipped = (found: string): Finding => ({ ...ok(found), status: 'skipped' });

export const warning = (found: string, why: string, remedy: string): Finding => ({
  status: 'warning',
  ...{ found, why, remedy },
});

export const fault = (found: string, why: string, remedy: string): Finding => ({
  status: 'fault',
  ...{ found, why, remedy },
});
