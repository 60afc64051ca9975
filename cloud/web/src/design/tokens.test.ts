import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

/** The colours of one appearance; dark overrides light. */
function coloursOf(...selectors: string[]): Map<string, string> {
  const blocks = selectors.map((selector) => css.slice(css.indexOf(`${selector} {`)).split('}')[0]);
  return new Map(
    [...blocks.join('').matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(
      ([, name, hex]) => [name, hex] as [string, string],
    ),
  );
}

/** WCAG 2.2, relative luminance and contrast ratio. */
function contrast(left: string, right: string): number {
  const [dark, light] = [luminance(left), luminance(right)].toSorted((a, b) => a - b) as [
    number,
    number,
  ];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)) as [
    number,
    number,
    number,
  ];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const TEXT = [
  'ink',
  'ink-2',
  'accent',
  'sealed',
  'logged',
  'witnessed',
  'anchored',
  'final',
  'broken',
  'waiting',
];
const PAIRS: [text: string, ground: string][] = [
  ...TEXT.flatMap((text): [string, string][] => [
    [text, 'panel'],
    [text, 'panel-2'],
    [text, 'ground'],
  ]),
  ['on-accent', 'accent'],
  ['ink', 'waiting-ground'],
  ['waiting', 'waiting-ground'],
  ['ink', 'broken-ground'],
  ['broken', 'broken-ground'],
  ['ink', 'holds-ground'],
  ['final', 'holds-ground'],
  ['ground', 'ink'],
  ['ink', 'map-land'],
  ['ink-2', 'map-land'],
  ['ink', 'map-water'],
  ['map-water-ink', 'map-land'],
  ['map-water-ink', 'map-water'],
  // White on the picture of a pallet.
  ['panel', 'witnessed'],
];

describe.each([
  ['light', coloursOf(':root')],
  ['dark', new Map([...coloursOf(':root'), ...coloursOf(':root[data-theme="dark"]')])],
])('%s', (_, colours) => {
  it.each(PAIRS)('%s can be read on %s: 4.5 to 1', (text, ground) => {
    expect(contrast(colours.get(text) ?? '', colours.get(ground) ?? '')).toBeGreaterThanOrEqual(
      4.5,
    );
  });

  it.each(['sealed', 'logged', 'witnessed', 'anchored', 'final'])(
    'a dot of %s can be seen on the map: 3 to 1',
    (state) => {
      for (const ground of ['map-land', 'map-way'])
        expect(
          contrast(colours.get(state) ?? '', colours.get(ground) ?? ''),
        ).toBeGreaterThanOrEqual(3);
    },
  );

  it.each(['line-strong', 'focus'])('%s can be seen on every ground: 3 to 1', (line) => {
    for (const ground of ['panel', 'panel-2', 'ground'])
      expect(contrast(colours.get(line) ?? '', colours.get(ground) ?? '')).toBeGreaterThanOrEqual(
        3,
      );
  });
});
