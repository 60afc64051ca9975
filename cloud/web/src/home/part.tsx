/** A part of the page that is fetched when it is first needed. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { EmptyState } from '../design/notice.tsx';
import { useWords } from '../strings/words.ts';

interface PartProps<T> {
  /** The same function each time: `() => import(…)` at the top of a file. */
  readonly load: () => Promise<T>;
  readonly waiting?: string;
  readonly children: (part: T) => JSX.Element;
}

export function Part<T>({ load, waiting, children }: PartProps<T>): JSX.Element {
  const { t } = useWords();
  const [part, setPart] = useState<{ readonly loaded: T } | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    load().then(
      (loaded) => setPart({ loaded }),
      () => setFailed(true),
    );
  }, [load]);
  if (failed) return <p class="tile-empty">{t.town.partFailed}</p>;
  return part === null ? <EmptyState title={waiting ?? t.empty.loading} /> : children(part.loaded);
}
