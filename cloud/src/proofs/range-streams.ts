/**
 * Which numbers of which streams an evidence file of a period is about. Times select, numbers count: a clock that jumped
 * leaves no hole, because everything between the least and the greatest number of the period is in the file.
 * @module
 */
import type { RangeStream } from '@sigill/evidence';
import { CloudError } from '../errors.ts';
import type {
  NumberPlace,
  NumberSpan,
  NumbersOf,
  ReadingStore,
} from '../readings/reading-store.ts';

export interface RangeQuestion {
  readonly agent: string;
  readonly source: string;
  /** All devices of the source if not given. */
  readonly device?: string | undefined;
  /** ms since the Unix epoch. */
  readonly from: number;
  /** Excluded. */
  readonly to: number;
}

export interface ChosenStreams {
  readonly streams: readonly RangeStream[];
  /** Of all readings to be shown, those that bound the period among them, by sequence. */
  readonly places: readonly NumberPlace[];
}

// A device that was silent in the period is shown by the readings on both sides of it, where they are this near: further
// ones would carry weeks of headers. Whoever wants those asks for that device.
const NEAR_MS = 86_400_000;

/** @param upTo the last batch that counts. @throws CloudError RANGE_EMPTY */
export async function chooseStreams(
  store: ReadingStore,
  question: RangeQuestion,
  upTo: number,
): Promise<ChosenStreams> {
  const { agent, source, device } = question;
  const spans = await store.spans({ ...question, upTo });
  const asked = spans.flatMap((span) => toNumbers(span) ?? []);
  const places = await store.placesOf({ agent, source, upTo }, asked.map(withBounds));
  const chosen = asked.filter(
    ({ device: one, silent }) => !silent || device !== undefined || isNear(places, one, question),
  );
  if (chosen.length === 0) {
    throw new CloudError(
      'RANGE_EMPTY',
      `nothing of ${source}${device === undefined ? '' : `, device ${device || '(none)'},`} by agent ${agent} can be proven of this time: no reading in it, or none on both sides of it`,
    );
  }
  const devices = new Set(chosen.map(({ device: one }) => one));
  return {
    streams: chosen.map(({ device: one, first, last }) => ({
      ...{ source, device: one, first },
      count: last - first + 1,
    })),
    places: places.filter(({ device: one }) => devices.has(one)),
  };
}

interface AskedNumbers extends NumbersOf {
  /** No reading of this device lies in the period. */
  readonly silent: boolean;
}

/**
 * From behind the reading before the period to before the one after it: numbers that are not there in between count as
 * missing, because they may lie in the period. Null for a stream that had not begun, or has ended.
 */
function toNumbers({ device, inside, before, after }: NumberSpan): AskedNumbers | null {
  const silent = inside === null;
  if (silent && (before === null || after === null)) return null;
  const first = before === null ? 0 : before + 1;
  const last = after === null ? (inside as { last: number }).last : after - 1;
  return { device, first, last, silent };
}

const withBounds = ({ device, first, last }: NumbersOf): NumbersOf => ({
  device,
  first: first - 1,
  last: last + 1,
});

function isNear(places: readonly NumberPlace[], device: string, { from, to }: RangeQuestion) {
  const bounds = places.filter((place) => place.device === device);
  return bounds.every(({ time }) => time >= from - NEAR_MS && time < to + NEAR_MS);
}
