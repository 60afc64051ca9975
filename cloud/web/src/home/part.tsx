/** A part of the page that is fetched when it is first needed. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { EmptyState } from '../design/notice.tsx';
import { useWords } from '../strings/words.ts';

interface PartProps<T> {
  /** The same function each time: `() => import(…)` at the top of a file. */
  readonly load: () => Promise<T>;
  readonly waiting?: string;
  /** Of what stands in its place meanwhile, so that nothing moves when it comes. */
  readonly className: string;
  readonly children: (part: T) => JSX.Element;
}

export function Part<T>({ load, waiting, className, children }: PartProps<T>): JSX.Element {
  const { t } = useWords();
  const [part, setPart] = useState<{ readonly loaded: T } | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    load().then(
      (loaded) => setPart({ loaded }),
      () => setFailed(true),
    );
  }, [load]);
  if (part !== null) return children(part.loaded);
  return (
    <section class={className}>
      <EmptyState title={failed ? t.town.partFailed : (waiting ?? t.empty.loading)} />
    </section>
  );
}
