/** A small curve of a series, with its holes left open. */
import { formatChartNumber, formatUnit } from '../../src/format/digits.ts';
import { quantityWords } from '../../src/strings/quantity-words.ts';
import type { Curve, ShownStream } from '../judging/examination.ts';
import type { Words } from '../strings/words.ts';
import { h, svg } from './html.ts';

const WIDTH = 600;
const HEIGHT = 120;
const MARGIN = 4;

export function curveView({ curve, columns }: ShownStream, words: Words): HTMLElement | null {
  const [column] = columns;
  if (curve === null || column === undefined) return null;
  const digits = (value: number) =>
    `${formatChartNumber(value, words.language)} ${formatUnit(column.unit)}`;
  const caption = words.t.curve(
    quantityWords(column.name, words.language),
    digits(curve.low),
    digits(curve.high),
  );
  return h(
    'figure',
    {},
    svg(
      'svg',
      {
        viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
        role: 'img',
        'aria-label': caption,
        preserveAspectRatio: 'none',
      },
      svg('path', { d: pathOf(curve), class: 'curve' }),
    ),
    h('figcaption', { class: 'small quiet' }, caption),
  );
}

export function pathOf({ low, high, points }: Curve): string {
  const from = points[0]!.time;
  const span = points.at(-1)!.time - from || 1;
  const x = (time: number) => (((time - from) / span) * WIDTH).toFixed(1);
  const y = (value: number) =>
    (HEIGHT - MARGIN - ((value - low) / (high - low || 1)) * (HEIGHT - 2 * MARGIN)).toFixed(1);
  return points
    .map(({ time, low: down, high: up, broken }, at) => {
      const to = `${at === 0 || broken ? 'M' : 'L'}${x(time)} ${y(down)}`;
      return down === up ? to : `${to}V${y(up)}`;
    })
    .join('');
}
