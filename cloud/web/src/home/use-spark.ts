/** The past of one number, for a small curve: asked once and then each minute, grown by what is read meanwhile. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Api } from '../api/client.ts';
import type { Reading, Series, StreamKey } from '../api/model.ts';
import { extendSeries } from '../meter/curve-data.ts';

const REFRESH_MS = 60_000;

export interface SparkAsked {
  readonly api: Api;
  readonly stream: StreamKey;
  readonly field: string | null;
  readonly rangeMs: number;
  readonly points: number;
  readonly readings: readonly Reading[];
}

/** Null until the server has answered. What fails is asked again with the next minute. */
export function useSpark(asked: SparkAsked): Series | null {
  const { api, stream, field, rangeMs, points, readings } = asked;
  const { agent, source, device } = stream;
  const [series, setSeries] = useState<Series | null>(null);
  useEffect(() => {
    let current = true;
    const load = async () => {
      if (field === null) return;
      const to = Date.now();
      const query = { stream: { agent, source, device }, field, from: to - rangeMs, to, points };
      const answer = await api.series(query).catch(() => null);
      if (current && answer !== null) setSeries(answer);
    };
    void load();
    const timer = setInterval(load, REFRESH_MS);
    return () => {
      current = false;
      clearInterval(timer);
    };
  }, [api, agent, source, device, field, rangeMs, points]);
  return useMemo(
    () => series && field && extendSeries(series, readings, field),
    [series, readings, field],
  ) as Series | null;
}
