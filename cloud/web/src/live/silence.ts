/** When a silence is worth a word, and what the agent itself says of time that is lost. Pure. */
import type { Reading } from '../api/model.ts';
import type { View } from './views.ts';

// Meters speak every 1 to 10 s and a batch closes within 10 s: a minute of nothing is worth a word.
export const SILENT_MS = 60_000;
// Who passes a reader comes when it comes; but every 5 minutes, if it is not told otherwise, an agent says that it lives.
const PASSING_MS = 1.5 * 5 * 60_000;
// Sensors on batteries and readers at quiet places: nothing is known of their rhythm yet.
const UNKNOWN_MS = 15 * 60_000;
const FEW = 3;
const ROOM = 1.5;

/**
 * How long nothing has been heard, where that is worth a word: longer than the longest silence that this stream has shown,
 * and half of that again. Null: it speaks as it does.
 * A device that has a rhythm must be heard itself. Where things pass now and then, an agent's sign of life tells that
 * nothing passed, if the way to the reader was open. Silences that a gap already tells are no rhythm.
 * @param readings newest first
 */
export function silenceOf(readings: readonly Reading[], view: View, now: number): number | null {
  const heard = readings.filter((one) => one.kind !== 'heartbeat' || isWatching(one, view));
  const newest = heard.find(({ kind }) => kind !== 'gap');
  if (newest === undefined) return null;
  const silence = now - newest.time;
  return silence > longestUsual(heard, view) ? silence : null;
}

/** Nothing passed, and the way to the reader was open. */
function isWatching({ fields }: Reading, view: View): boolean {
  const transport = fields.find(({ name }) => name === 'heartbeat.transport')?.value ?? 'open';
  return view === 'tags' && transport === 'open';
}

function longestUsual(heard: readonly Reading[], view: View): number {
  if (heard.length < FEW) return UNKNOWN_MS;
  const steps = heard
    .slice(1)
    .map((older, i) => ({ step: (heard[i] as Reading).time - older.time, to: heard[i] }))
    .filter(({ to }) => to?.kind !== 'gap');
  const longest = steps.reduce((most, { step }) => Math.max(most, step), 0);
  return Math.max(view === 'tags' ? PASSING_MS : SILENT_MS, longest * ROOM);
}

export interface Gap {
  /** Null: since nobody knows when. */
  readonly from: number | null;
  readonly to: number;
  readonly count: string | null;
  readonly cause: string;
}

/** What a gap says; null for every other reading. */
export function gapOf({ kind, fields }: Reading): Gap | null {
  const text = (name: string) => fields.find((field) => field.name === name)?.value ?? null;
  const [from, to] = [text('gap.from'), Number(text('gap.to') ?? Number.NaN)];
  if (kind !== 'gap' || !Number.isFinite(to)) return null;
  return {
    from: from === null ? null : Number(from),
    to,
    count: text('gap.count'),
    cause: text('gap.cause') ?? '',
  };
}

/** Signs of life and gaps are about the stream; the newest of the others is what the device said last. */
export const isAboutStream = ({ kind }: Reading): boolean => kind === 'heartbeat' || kind === 'gap';
