/** A month of a source as the server knows it; asked again now and then, because late readings fill their days. */
import { useEffect, useState } from 'preact/hooks';
import type { PageError } from '../errors.ts';
import { fetchMonth, type SourceName } from './ask.ts';
import { type MonthName, monthBounds } from './calendar.ts';
import type { StreamMonth } from './model.ts';

// A day is counted on while someone looks at it.
const AGAIN_MS = 15_000;

export interface MonthState {
  readonly month: MonthName;
  /** Null until the first answer. */
  readonly streams: readonly StreamMonth[] | null;
  readonly error: PageError | null;
}

export function useMonth({ agent, source }: SourceName, month: MonthName): MonthState {
  const [state, setState] = useState<MonthState>({ month, streams: null, error: null });
  useEffect(() => {
    let current = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = () =>
      fetchMonth((url, init) => fetch(url, init), { agent, source }, monthBounds(month))
        .then(
          (streams) => current && setState({ month, streams, error: null }),
          (error: PageError) =>
            current &&
            setState((before) => ({
              ...before,
              streams: before.month === month ? before.streams : null,
              month,
              error,
            })),
        )
        .finally(() => {
          if (current) timer = setTimeout(ask, AGAIN_MS);
        });
    void ask();
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [agent, source, month]);
  return state.month === month ? state : { month, streams: null, error: null };
}
