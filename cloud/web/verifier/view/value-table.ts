/** Some values of a series: its first and last readings, with the device's own digits. */
import { formatDigits, formatUnit } from '../../src/format/digits.ts';
import { formatMoment } from '../../src/format/times.ts';
import { quantityWords } from '../../src/strings/quantity-words.ts';
import type { ShownRow, ShownStream } from '../judging/examination.ts';
import type { Words } from '../strings/words.ts';
import { h } from './html.ts';

export function valueTable(stream: ShownStream, { t, language }: Words): HTMLElement {
  const { source, device, columns, rows, present } = stream;
  const heads = [
    t.number,
    t.time,
    ...columns.map(({ name, unit }) => `${quantityWords(name, language)} ${formatUnit(unit)}`),
  ];
  const row = ({ n, time, kind, values }: ShownRow) =>
    line([
      formatDigits(String(n), language),
      formatMoment(time, language),
      ...columns.map((_, at) => formatDigits(values[at] ?? (at === 0 ? kind : '–'), language)),
    ]);
  const lines = rows.map(row);
  // Where those in the middle are left out, a person should see that they are.
  if (rows.length < present) lines.splice(rows.length / 2, 0, line(heads.map(() => '…')));
  const label = `${t.valuesOf}, ${source} ${device}`;
  return h(
    'details',
    {},
    h('summary', {}, t.valuesOf),
    h('p', { class: 'small quiet' }, t.shownRows(rows.length, present)),
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': label },
      h('table', {}, h('thead', {}, h('tr', {}, heads.map(head))), h('tbody', {}, lines)),
    ),
  );
}

const head = (text: string): HTMLElement => h('th', { scope: 'col' }, text);

const line = (cells: readonly string[]): HTMLElement =>
  h(
    'tr',
    {},
    cells.map((cell) => h('td', {}, cell)),
  );
