/** The live state and the clock, as hooks. */
import { useEffect, useState } from 'preact/hooks';
import type { Live } from './live.ts';
import type { LiveState } from './live-state.ts';

export function useLive(live: Live): LiveState {
  const [state, setState] = useState(live.state());
  useEffect(() => {
    setState(live.state());
    return live.subscribe(() => setState(live.state()));
  }, [live]);
  return state;
}

/** The time, again every `everyMs`. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
