/** Line icons of our own, drawn on 24 x 24. Always beside words, so hidden from screen readers. */
import type { JSX } from 'preact';

const PATHS = {
  sealed: 'M12 3v4M12 7a7 7 0 1 0 .01 0M9 14l2 2 4-4',
  logged: 'M5 6h14M5 12h14M5 18h9',
  witnessed:
    'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.5a2.5 2.5 0 1 0 .01 0',
  anchored: 'M12 8v13M12 3a2.5 2.5 0 1 0 .01 0M4 13a8 8 0 0 0 16 0M8 12h8',
  final: 'M7 11V8a5 5 0 0 1 10 0v3M5 11h14v10H5zM9.5 16l2 2 3.5-3.5',
  broken: 'M12 3 2 20.5h20zM12 10v4.5M12 17.6v.01',
  missing: 'M5 12h3M11 12h2M16 12h3',
  erased: 'M4 16l8-9 7 6-6 7H8zM4 20h16',
  yes: 'M4.5 12.5l5 5 10-11',
  no: 'M6 6l12 12M18 6L6 18',
  wait: 'M12 3a9 9 0 1 0 .01 0M12 7.5V12l3 2',
  close: 'M6 6l12 12M18 6L6 18',
  more: 'M6 9l6 6 6-6',
  download: 'M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  sun: 'M12 8a4 4 0 1 0 .01 0M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6 19 19M19 5l-1.4 1.4M6.4 17.6 5 19',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z',
  spoil: 'M13 2 5 13.5h6L10 22l9-12.5h-6.5z',
  link: 'M10 14a4 4 0 0 0 6 .4l3-3a4.2 4.2 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6-.4l-3 3a4.2 4.2 0 0 0 6 6l1-1',
  power: 'M3 15c3 0 3-9 6-9s3 12 6 12 3-7 6-7',
  tag: 'M4 4h8l8 8-8 8-8-8zM8 8v.01',
  position: 'M12 21s-7-6.5-7-11.5a7 7 0 0 1 14 0C19 14.5 12 21 12 21zM12 7.5a2.2 2.2 0 1 0 .01 0',
  level: 'M6 4h12l-1.2 17H7.2zM6.7 13c2-1.5 3.5 1.5 5.300 0s3.300-1.5 5.300 0',
  gauge: 'M4.5 18a9 9 0 1 1 15 0M12 14l4-5M12 14v.01',
  animal: 'M3 12c3-5 8-6 12-3l5-3v12l-5-3c-4 3-9 2-12-3zM7.5 11v.01',
  load: 'M3 20h18M5 20v-2M12 20v-2M19 20v-2M3 18h18M5 18v-7h7v7M12 18v-7h7v7M8.5 11V4h7v7',
  case: 'M4 8l8-4 8 4v9l-8 4-8-4zM4 8l8 4 8-4M12 12v9',
  thing: 'M4 4h8l8 8-8 8-8-8zM8 8v.01',
  back: 'M14 6l-6 6 6 6',
  forward: 'M10 6l6 6-6 6',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The mark of Sigill: a seal pressed over a curve. */
export function SealMark(): JSX.Element {
  return (
    <svg class="seal-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <circle cx="16" cy="16" r="14.5" />
      <circle class="ring" cx="16" cy="16" r="11" />
      <path d="M8.5 18.5c2.5 0 2.5-6 5-6s2.5 8 5 8 2.5-5 5-5" />
    </svg>
  );
}
