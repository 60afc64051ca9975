/** The slots as sites: a log that was closed and the ones that go on from it are one. Pure. */
import type { Overview, SlotView, WaitingBox } from './model.ts';

export interface Site {
  /** The log in force, or the last one. */
  readonly newest: SlotView;
  /** Those that it goes on from, newest first. */
  readonly earlier: readonly SlotView[];
}

/** In the order of their newest slots. */
export function sitesOf(slots: readonly SlotView[]): Site[] {
  const continued = new Set(slots.map(({ continues }) => continues));
  return slots
    .filter(({ origin }) => !continued.has(origin))
    .map((newest) => ({ newest, earlier: earlierOf(newest, slots) }));
}

function earlierOf({ continues }: SlotView, slots: readonly SlotView[]): SlotView[] {
  const before = slots.find(({ origin }) => origin === continues);
  return before === undefined ? [] : [before, ...earlierOf(before, slots)];
}

/** What the operator decides when a gateway asks for its next log. */
export interface LogChange {
  readonly from: string;
  readonly to: string;
  /** Where the log ends. */
  readonly entries: number;
  /** It is closed already: the operator was interrupted, and the next one is missing. */
  readonly closed: boolean;
}

/** Null for a box that asks for anything else. */
export function logChangeOf(
  { kind, gateway, origin }: WaitingBox,
  { slots }: Pick<Overview, 'slots'>,
): LogChange | null {
  const from = slots.find((slot) => slot.origin === gateway);
  if (kind !== 'generation' || from === undefined) return null;
  const entries = from.closed?.size ?? from.entries;
  return { from: from.origin, to: origin, entries, closed: from.closed !== null };
}
