/** Sixteen digits in four groups, as large as the screen allows: people read them to each other. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { useOperatorWords } from './words.ts';

export function Fingerprint({ digits }: { digits: string }): JSX.Element {
  const { t } = useOperatorWords();
  return (
    <p class="fingerprint">
      <span class="spoken">{t.waiting.fingerprint}: </span>
      {digits.split(' ').map((group) => (
        <span key={group} class="group">
          {group}{' '}
        </span>
      ))}
    </p>
  );
}

const GROUPS = 4;

/** The groups that somebody has ticked, how to tick one, and whether all are. */
export function useTicks(): [ReadonlySet<number>, (group: number) => void, boolean] {
  const [ticked, setTicked] = useState<ReadonlySet<number>>(new Set());
  const tick = (group: number) => {
    const next = new Set(ticked);
    if (!next.delete(group)) next.add(group);
    setTicked(next);
  };
  return [ticked, tick, ticked.size === GROUPS];
}

interface ComparedProps {
  readonly digits: string;
  readonly ticked: ReadonlySet<number>;
  readonly onTick: (group: number) => void;
}

/** Each group is ticked by itself: nobody compares sixteen digits at one glance. */
export function ComparedFingerprint({ digits, ticked, onTick }: ComparedProps): JSX.Element {
  const { t } = useOperatorWords();
  return (
    <div class="compared">
      {digits.split(' ').map((group, index) => (
        // By its place: two groups may have the same digits.
        <label key={index} class={ticked.has(index) ? 'ticked' : ''}>
          <input
            type="checkbox"
            checked={ticked.has(index)}
            aria-label={t.approve.group(group)}
            onChange={() => onTick(index)}
          />
          <span aria-hidden="true">{group}</span>
        </label>
      ))}
    </div>
  );
}
