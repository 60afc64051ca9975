/** The series of the chosen range, asked again as time moves on. */
import { useEffect, useState } from 'preact/hooks';
import type { Api } from '../api/client.ts';
import type { Series, StreamKey } from '../api/model.ts';
import { POINTS, RANGES, type RangeName, refreshMs } from './ranges.ts';

export interface SeriesState {
  /** The last good answer for this stream, field and range. */
  readonly series: Series | null;
  readonly failed: boolean;
}

const NOTHING: SeriesState = { series: null, failed: false };

export function useSeries(
  api: Api,
  { agent, source, device }: StreamKey,
  field: string,
  range: RangeName,
  connected: boolean,
): SeriesState {
  const [state, setState] = useState(NOTHING);

  useEffect(() => setState(NOTHING), [agent, source, device, field, range]);

  useEffect(() => {
    let current = true;
    const load = async () => {
      const to = Date.now();
      const stream = { agent, source, device };
      const query = { stream, field, from: to - RANGES[range], to, points: POINTS };
      const series = await api.series(query).catch(() => null);
      if (!current) return;
      setState((before) =>
        series === null ? { ...before, failed: true } : { series, failed: false },
      );
    };
    void load();
    const timer = setInterval(load, refreshMs(range));
    return () => {
      current = false;
      clearInterval(timer);
    };
    // A connection that comes back asks again at once.
  }, [api, agent, source, device, field, range, connected]);

  return state;
}
