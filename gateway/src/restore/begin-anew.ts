/**
 * How a site goes on when its log can grow no more: for the people who read it in an alarm.
 * @module
 */
import type { SlotRecord } from '@sigill/evidence';

export const BEGIN_ANEW =
  'begin this site’s next log: run sigill gateway new-generation gateway.yaml on this box and read the 16 digits to the operator, who approves it; this box and all its agents then go on by themselves';

/** How somebody goes on whose gateway the operator took out, for ever. */
export const BEGIN_AS_ANOTHER =
  'begin as another gateway: sigill gateway init in a new folder, sigill gateway enroll; agents that sent here are enrolled there anew, with keys of their own';

/** The cause in the last record of a gateway that the operator took out. */
const TAKEN_OUT = 'revoked';

/** Why a log that its operator closed takes nothing, and what comes then. */
export function whyClosed({ origin, closed }: SlotRecord): string {
  const { size, cause } = closed!;
  if (cause === TAKEN_OUT)
    return `the operator took this gateway out and closed ${origin}, for ever, at ${size} entries; to go on, ${BEGIN_AS_ANOTHER}`;
  return `the operator closed ${origin}, for ever, at ${size} entries (${cause}): it takes no more, and readings wait in the agents' journals until the next log of this site begins, by itself as soon as the operator has signed it; if nobody has asked for one, ${BEGIN_ANEW}`;
}
