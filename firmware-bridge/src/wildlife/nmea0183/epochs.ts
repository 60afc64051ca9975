/**
 * Which sentences belong together. A receiver says one moment in several sentences; an epoch is those of one moment, and
 * its frame is the bytes from the first to the last of them, with whatever stood between.
 *
 * A new epoch begins with a sentence that tells another time of day, or that this epoch has already (GSA, one for each
 * constellation, may come several times in a row), or that would make the frame too long. A pause ends one, and the end of
 * the line. So it depends on the bytes alone, not on how they were cut, and the frame by itself is the same epoch again.
 * @module
 */
import { isSameTime } from './nmea-time.ts';
import type { Statement } from './statement.ts';

// The fullest epoch of 61 recorded receivers has 2,300 bytes. At 9600 baud a second has 960.
export const MAX_EPOCH_LENGTH = 8192;

export interface Epoch {
  readonly start: number;
  readonly end: number;
  readonly statements: readonly Statement[];
  /** Sentences of which nothing is read, makers' own apart. */
  readonly unread: number;
  readonly proprietary: number;
}

/** A good sentence and where it was; `statement` is null where nothing is read of it. */
export interface Arrival {
  readonly start: number;
  readonly end: number;
  readonly address: string;
  readonly statement: Statement | null;
}

export interface EpochCutter {
  /** The epoch that this sentence ended, if it did. */
  push(arrival: Arrival): Epoch | null;
  /** What is open now is over. */
  flush(): Epoch | null;
  /** Where the open epoch began; null: none is open. */
  readonly start: number | null;
}

export function createEpochCutter(): EpochCutter {
  let open: Arrival[] = [];
  const flush = (): Epoch | null => {
    const [first, last] = [open[0], open.at(-1)];
    if (first === undefined || last === undefined) return null;
    const silent = open.filter(({ statement }) => statement === null);
    const proprietary = silent.filter(({ address }) => address.startsWith('P')).length;
    const epoch = {
      start: first.start,
      end: last.end,
      statements: open.flatMap(({ statement }) => statement ?? []),
      unread: silent.length - proprietary,
      proprietary,
    };
    open = [];
    return epoch;
  };
  return {
    push(arrival) {
      const first = open[0];
      const isTooLong = first !== undefined && arrival.end - first.start > MAX_EPOCH_LENGTH;
      const ended = isTooLong || beginsAnother(arrival, open) ? flush() : null;
      open.push(arrival);
      return ended;
    },
    flush,
    get start() {
      return open[0]?.start ?? null;
    },
  };
}

function beginsAnother({ address, statement }: Arrival, open: readonly Arrival[]): boolean {
  if (statement === null) return false;
  const { time, sentence } = statement;
  const told = open.find((one) => one.statement?.time)?.statement?.time;
  if (time !== null && told && !isSameTime(time, told)) return true;
  if (!open.some((one) => one.address === address)) return false;
  return sentence.type !== 'GSA' || open.at(-1)?.statement?.sentence.type !== 'GSA';
}
