/** What was read: one reading, or the series of a range with what is missing in them. */
import type { Claim } from '@sigill/evidence';
import { formatDigits, formatUnit } from '../../src/format/digits.ts';
import { formatMoment } from '../../src/format/times.ts';
import { quantityWords } from '../../src/strings/quantity-words.ts';
import type {
  HoleRun,
  Judged,
  ShownGap,
  ShownReading,
  ShownStream,
} from '../judging/examination.ts';
import type { Words } from '../strings/words.ts';
import { curveView } from './curve.ts';
import { type Child, h, hash, terms } from './html.ts';
import { valueTable } from './value-table.ts';

type Pair = readonly [string, Child];

export function readingsSection(judged: Judged, words: Words): HTMLElement {
  const { reading, range, claims } = judged;
  const { t } = words;
  const title = { reading: t.readTitle, range: t.rangeTitle, number: t.numberTitle }[judged.kind];
  const mark = holds(claims, 'sealed') ? null : h('p', { class: 'mark' }, t.notProven);
  const parts: Child[] = [];
  if (reading !== null) parts.push(...readingView(reading, claims, words));
  if (range !== null) {
    const { number, period } = range;
    const value = number && [formatDigits(number.value, words.language), formatUnit(number.unit)];
    parts.push(
      value && [
        h('p', { class: 'value' }, value.join(' ')),
        !holds(claims, 'recomputed') && h('p', {}, t.notRecomputed),
      ],
      terms([
        [t.computedBy, number && hash(number.projection)],
        [t.assumptions, number && hash(number.assumptions)],
        [t.period, period ? span(period.from, period.to, t.until, words) : t.wholeStream],
        ...sealedPairs(claims, range.agent, words),
      ]),
      range.streams.map((stream) => streamView(stream, words)),
    );
  }
  return h('section', { class: 'panel readings' }, h('h2', {}, title), mark, parts);
}

const holds = (claims: readonly Claim[], id: string): boolean =>
  claims.some(({ claim, holds }) => claim === id && holds === 'yes');

function readingView(reading: ShownReading, claims: readonly Claim[], words: Words): Child[] {
  const { t, language } = words;
  const text = ({ value, unit, measures }: ShownReading['fields'][number]) =>
    `${measures ? formatDigits(value, language) : value} ${formatUnit(unit)}`;
  const { fields, leading } = reading;
  return [
    leading !== null && [
      h('p', { class: 'quiet' }, quantityWords(leading.name, language)),
      h('p', { class: 'value' }, text(leading)),
    ],
    terms([
      [t.read, formatMoment(reading.time, language)],
      [t.from, [reading.source, reading.device].filter(Boolean).join(' · ')],
      [t.numbered, String(reading.n)],
      ...sealedPairs(claims, reading.agent, words),
    ]),
    h(
      'details',
      {},
      h('summary', {}, t.allFields(fields.length)),
      terms(fields.map((field): Pair => [quantityWords(field.name, language), text(field)])),
    ),
  ];
}

/** Who sealed, for which log, and when: as far as the claims about it hold. */
function sealedPairs(claims: readonly Claim[], agent: string | null, words: Words): Pair[] {
  const { t, language } = words;
  const factsOf = (id: string) =>
    claims.find(({ claim, holds }) => claim === id && holds === 'yes')?.facts ?? {};
  const { notBefore, notAfter } = factsOf('bracket');
  const { origin } = factsOf('registered');
  const pairs: Pair[] = [[t.agent, agent && hash(agent)]];
  if (origin !== undefined) pairs.push([t.site, String(origin)]);
  if (typeof notBefore === 'number')
    pairs.push([t.sealedBetween, span(notBefore, Number(notAfter), t.and, words)]);
  else if (typeof notAfter === 'number')
    pairs.push([t.sealedBefore, formatMoment(notAfter, language)]);
  return pairs;
}

const span = (from: number, to: number, word: string, { language }: Words): string =>
  `${formatMoment(from, language)} ${word} ${formatMoment(to, language)}`;

function streamView(stream: ShownStream, words: Words): HTMLElement {
  const { t, language } = words;
  const { source, device, first, count, present, holes, holeRuns, gaps, gapCount } = stream;
  const moment = (ms: number | null) => ms !== null && formatMoment(ms, language);
  const digits = (value: number) => formatDigits(String(value), language);
  return h(
    'div',
    { class: 'stream' },
    h('h3', {}, [source, device].filter(Boolean).join(' · ')),
    terms([
      [
        t.there,
        h('b', { class: present < count ? 'bad' : 'good' }, t.of(digits(present), digits(count))),
      ],
      [t.numbers, count === 0 ? null : `${digits(first)} – ${digits(first + count - 1)}`],
      [t.first, moment(stream.firstTime) || null],
      [t.last, moment(stream.lastTime) || null],
      [t.missing, holes.length === 0 ? t.nothingMissing : holeList(holes, holeRuns, words)],
    ]),
    gapCount > 0 && [h('p', {}, t.gapsTitle), gapList(gaps, gapCount, words)],
    curveView(stream, words),
    stream.rows.length > 0 && valueTable(stream, words),
  );
}

const list = (items: readonly string[], all: number, { t }: Words): HTMLElement =>
  h(
    'ul',
    { class: 'list' },
    items.map((item) => h('li', {}, item)),
    all > items.length && h('li', {}, t.more(all - items.length)),
  );

const holeList = (holes: readonly HoleRun[], all: number, words: Words): HTMLElement => {
  const { t, language } = words;
  const digits = (value: number) => formatDigits(String(value), language);
  const text = ({ from, to, erased }: HoleRun) =>
    `${t.hole(digits(from), digits(to))}: ${erased === null ? t.unexplained : `${t.erased}, ${erased}`}`;
  return list(holes.map(text), all, words);
};

const gapList = (gaps: readonly ShownGap[], all: number, words: Words): HTMLElement => {
  const { t, language } = words;
  const moment = (ms: number | null) => (ms === null ? '…' : formatMoment(ms, language));
  const text = ({ from, to, count, cause }: ShownGap) =>
    `${moment(from)} ${t.until} ${moment(to)}: ${t.causes[cause] ?? cause}, ${t.gap(count)}`;
  return list(gaps.map(text), all, words);
};
