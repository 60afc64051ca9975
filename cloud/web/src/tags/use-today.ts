/** How many readings a stream has had since midnight, from their numbers: they have no holes. */
import { useEffect, useState } from 'preact/hooks';
import type { Api } from '../api/client.ts';
import type { Reading, StreamKey } from '../api/model.ts';

/** Null until the server has answered. Asked once a day: from then on the newest number tells. */
export function useToday(
  api: Api,
  { agent, source, device }: StreamKey,
  newest: Reading | undefined,
  now: number,
): number | null {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const [before, setBefore] = useState<{ midnight: number; n: number } | null>(null);
  useEffect(() => {
    let current = true;
    const stream = { agent, source, device };
    api.readings({ stream, to: midnight, limit: 1 }).then(
      ([last]) => current && setBefore({ midnight, n: last?.n ?? -1 }),
      () => {}, // the count is left out; everything else says that the server is away
    );
    return () => {
      current = false;
    };
  }, [api, agent, source, device, midnight]);
  if (before === null || before.midnight !== midnight || newest === undefined) return null;
  return newest.time < midnight ? 0 : newest.n - before.n;
}
