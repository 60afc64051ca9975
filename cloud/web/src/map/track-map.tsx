/** The map as a part of the page: drawn anew for another language or appearance, kept while readings come. */
import './map.css';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { useWords } from '../strings/words.ts';
import { type DrawnMap, drawMap } from './drawn-map.ts';
import type { Fix } from './fixes.ts';
import type { Standing, Track } from './layers.ts';

interface TrackMapProps {
  readonly tracks: readonly Track[];
  readonly standing: readonly Standing[];
  readonly town: boolean;
  readonly free: boolean;
  readonly theme: string;
  readonly marked: Fix | null;
  readonly onPick: (fix: Fix) => void;
  /** Hands out a way to bring everything into sight again. */
  readonly onReady?: (map: DrawnMap) => void;
}

export function TrackMap(props: TrackMapProps): JSX.Element {
  const { tracks, standing, town, free, theme, marked } = props;
  const { t, language } = useWords();
  const host = useRef<HTMLDivElement>(null);
  const drawn = useRef<DrawnMap | null>(null);
  const pick = useRef(props.onPick);
  pick.current = props.onPick;

  useEffect(() => {
    if (host.current === null) return;
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const words = { zoomIn: t.map.zoomIn, zoomOut: t.map.zoomOut };
    const look = { language, town, free, still, words };
    drawn.current = drawMap(host.current, look, (fix) => pick.current(fix));
    props.onReady?.(drawn.current);
    return () => drawn.current?.destroy();
  }, [language, theme, town, free]);

  // The same dots in the same colours are not drawn again.
  const shown = useMemo(() => JSON.stringify(tracks.map(trackKey)), [tracks]);
  const places = standing.map(({ name }) => name).join();
  useEffect(
    () => drawn.current?.update(tracks, standing),
    [...[shown, places, language, theme, town, free]],
  );
  useEffect(() => drawn.current?.mark(marked), [marked, language, theme, town, free]);

  const names = tracks.filter(({ fixes }) => fixes.length > 0).map(({ name }) => name);
  return (
    <section
      ref={host}
      class="map"
      aria-label={names.length === 0 ? t.map.labelEmpty : t.map.label(names.join(', '))}
    />
  );
}

const trackKey = ({ name, fixes }: Track) => [
  name,
  fixes.map(({ reading, state }) => `${reading.seq}${state}`),
];
