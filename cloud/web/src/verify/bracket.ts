/** The times that bound a reading, and where they lie on a line from 0 to 1. Pure. */
import type { ClaimId, Examination } from './examination.ts';
import { waits } from './summary.ts';

export interface BracketPoint {
  readonly name: 'beacon' | 'read' | 'closed' | 'anchor';
  readonly time: number;
  readonly place: number;
}

export interface TimeLine {
  readonly points: readonly BracketPoint[];
  /** Block times; null where nothing bounds the sealing. */
  readonly beacon: number | null;
  readonly anchor: number | null;
  /** The anchor is only not final yet; else a claim that the times rest on does not hold. */
  readonly waiting: boolean;
}

// An open end still gets some line, to show that it goes on.
const MARGIN = 0.12;

/** Null when the file tells no time at all. */
export function bracketOf(examination: Examination): TimeLine | null {
  if (examination.outcome === 'refused' || examination.reading === null) return null;
  const beacon = factOf(examination, 'bracket', 'notBefore');
  const anchor = factOf(examination, 'bracket', 'notAfter');
  const times = [
    { name: 'beacon', time: beacon },
    { name: 'read', time: examination.reading.time },
    { name: 'closed', time: examination.closedAt },
    { name: 'anchor', time: anchor },
  ] as const;
  const known = times.filter((one): one is typeof one & { time: number } => one.time !== null);
  const first = Math.min(...known.map(({ time }) => time));
  const last = Math.max(...known.map(({ time }) => time));
  const [left, right] = [beacon === null ? MARGIN : 0, anchor === null ? 1 - MARGIN : 1];
  const place = (time: number) =>
    last === first ? (left + right) / 2 : left + ((time - first) / (last - first)) * (right - left);
  return {
    points: known.map(({ name, time }) => ({ name, time, place: place(time) })),
    beacon,
    anchor,
    waiting: examination.claims.some((claim) => claim.claim === 'bracket' && waits(claim)),
  };
}

function factOf(
  examination: Exclude<Examination, { outcome: 'refused' }>,
  claim: ClaimId,
  name: string,
): number | null {
  const fact = examination.claims.find((one) => one.claim === claim)?.facts[name];
  return typeof fact === 'number' ? fact : null;
}
