import { useEffect, useRef, useState } from 'preact/hooks';
import type { SweepMark } from './sweep.ts';
import type { Examined } from './use-examination.ts';

/** Long enough to get on, short enough that the page stays responsive. */
const SLICE_MS = 30;

/** The sweep in slices between frames, stopped when its file goes. */
export function useSweep({ engine, file, policy, blocks, examination }: Examined, places: number) {
  const [marks, setMarks] = useState<readonly SweepMark[]>([]);
  const [running, setRunning] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  useEffect(() => {
    setMarks([]);
    setRunning(false);
    return () => clearTimeout(timer.current);
  }, [file]);

  const start = () => {
    const found: SweepMark[] = [];
    const places_ = engine.sweep(file, places, examination, (spoiled) =>
      engine.examine(spoiled, policy, blocks),
    );
    const slice = () => {
      const end = performance.now() + SLICE_MS;
      while (performance.now() < end) {
        const next = places_.next();
        if (next.done) {
          setRunning(false);
          break;
        }
        found.push(next.value);
      }
      setMarks([...found]);
      if (found.length < places) timer.current = setTimeout(slice, 0);
      else setRunning(false);
    };
    setRunning(true);
    slice();
  };

  return {
    marks,
    running,
    start,
    caught: marks.filter(({ result }) => result !== 'missed').length,
  };
}
