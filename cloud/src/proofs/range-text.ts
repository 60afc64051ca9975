/** A range or a number as a person reads it in a terminal. */
import { type RangeVerdict, type StreamVerdict, toHex } from '@sigill/evidence';
import { town } from '../../web/src/strings/town-en.ts';
import { countIn, type NumberRun } from '../completeness/number-runs.ts';
import type { StatedGap } from '../completeness/stated-gap.ts';
import { type StreamSummary, summariseStream } from '../completeness/stream-summary.ts';

// The list in the JSON has them all.
const MOST_NAMED = 8;

export function formatRangeHead({ agent, period, number, streams }: RangeVerdict): string[] {
  const summaries = streams.map((stream) => summariseStream(stream, period));
  const source = [...new Set(summaries.map((one) => one.source))].join(', ');
  const whose = agent === null ? '' : `, by agent ${toHex(agent)}`;
  const when = period === null ? '' : `, from ${iso(period.from)} to ${iso(period.to)}`;
  return [
    ...(number === null
      ? []
      : [
          `What the file says was computed: ${number.value} ${number.unit}`,
          `  by ${number.projection}, assuming ${number.assumptions}`,
        ]),
    `What the file says was read: source ${source || '(none)'}${when}${whose}`,
    ...summaries.flatMap(streamLines),
  ];
}

/** "3 streams, 8,640 readings, complete", or how many are missing. */
export function formatRangeCounts(
  streams: readonly StreamVerdict[],
  period: RangeVerdict['period'],
): string {
  const summaries = streams.map((stream) => summariseStream(stream, period));
  const sum = (part: (one: StreamSummary) => number) =>
    summaries.reduce((total, one) => total + part(one), 0);
  const missing = sum((one) => countIn(one.missing));
  const erased = sum((one) => one.erased.length);
  const gaps = sum((one) => one.gaps.length);
  const parts = [
    counted(summaries.length, 'stream'),
    counted(
      sum(({ held }) => held),
      'reading',
    ),
    missing + erased === 0 ? 'complete' : '',
    missing === 0 ? '' : `${number(missing)} MISSING`,
    erased === 0 ? '' : `${number(erased)} erased`,
    gaps === 0 ? '' : `${counted(gaps, 'gap')} stated by the agent`,
  ];
  return parts.filter(Boolean).join(', ');
}

function streamLines(stream: StreamSummary): string[] {
  const { device, held, count, first, missing, erased, gaps, astray } = stream;
  const numbers = count === 0 ? '' : `, numbers ${first} to ${first + count - 1}`;
  const of = held === count ? number(held) : `${number(held)} of ${number(count)}`;
  return [
    `  ${device === '' ? 'the source itself' : `device ${device}`}: ${of} readings${numbers}`,
    ...(missing.length === 0
      ? []
      : [`      MISSING, nobody says why: ${named(missing.map(runText))}`]),
    ...(erased.length === 0
      ? []
      : [`      erased: ${named(erased.map(({ n, reason }) => `${n} (${reason})`))}`]),
    ...gaps.slice(0, MOST_NAMED).map((gap) => `      the agent states: ${gapText(gap)}`),
    ...(gaps.length > MOST_NAMED ? [`      and ${gaps.length - MOST_NAMED} more gaps`] : []),
    ...(astray === 0
      ? []
      : [
          `      ${counted(astray, 'reading')} of another time between them: the clock jumped, and numbers count`,
        ]),
  ];
}

function gapText({ from, to, count, cause }: StatedGap): string {
  const when = from === null ? `up to ${iso(to)}` : `nothing known from ${iso(from)} to ${iso(to)}`;
  const lost = count === null ? '' : `, ${counted(count, 'reading')} lost`;
  return `${when}: ${town.gapCauses[cause] ?? cause}${lost}`;
}

const runText = ([first, last]: NumberRun): string =>
  first === last ? String(first) : `${first} to ${last}`;

const named = (texts: readonly string[]): string =>
  `${texts.slice(0, MOST_NAMED).join(', ')}${texts.length > MOST_NAMED ? ' and others' : ''}`;

const number = (value: number): string => value.toLocaleString('en-US');
const counted = (count: number, word: string): string =>
  `${number(count)} ${word}${count === 1 ? '' : 's'}`;

/** Times here are anybody's claim; beyond the year 275760 no calendar has a name for them. */
function iso(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `${ms} ms` : date.toISOString();
}
