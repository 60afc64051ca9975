/** The words after `sigill prove`. Pure. */
import { parseArgs } from 'node:util';
import { cloudAddress } from './ask-cloud.ts';
import type { AskedRange } from './prove-range.ts';

export interface AskedReadings {
  readonly readings: readonly { readonly agent: string; readonly seq: string }[];
  readonly cloud: URL;
  readonly output: string;
}

/** Or what is wrong with them. */
export function parseProveWords(args: readonly string[]): AskedReadings | AskedRange | string {
  let words: ReturnType<typeof parse>;
  try {
    words = parse(args);
  } catch (error) {
    return (error as Error).message;
  }
  const { values, positionals } = words;
  if (values.cloud === undefined) return '--cloud URL is expected';
  if (values.output === undefined) return '-o FILE is expected';
  const cloud = cloudAddress(values.cloud);
  if (cloud === null)
    return `--cloud ${values.cloud}: an address such as http://127.0.0.1:7445 is expected`;
  const { output } = values;
  if (values.source !== undefined) {
    if (positionals.length > 0) return `${positionals[0]}: AGENT/SEQ or --source, not both`;
    return parseRangeWords({ cloud, output }, { ...values, source: values.source });
  }
  const stray = RANGE_ONLY.find((name) => values[name] !== undefined);
  if (stray !== undefined) return `--${stray} goes with --source`;
  if (positionals.length === 0) return 'AGENT/SEQ is expected, or --source';
  if (positionals.length > 1 && output === '-') return 'one reading only goes to standard output';
  const readings: { agent: string; seq: string }[] = [];
  for (const word of positionals) {
    const match = /^([0-9a-f]{32})\/(0|[1-9]\d{0,15})$/.exec(word);
    if (match === null) return `${word}: AGENT/SEQ is expected, 32 hexadecimal digits and a number`;
    readings.push({ agent: match[1] ?? '', seq: match[2] ?? '' });
  }
  return { readings, cloud, output };
}

const RANGE_ONLY = ['from', 'to', 'device', 'agent', 'projection', 'assumptions'] as const;

type Values = ReturnType<typeof parse>['values'];

function parseRangeWords(
  place: Pick<AskedRange, 'cloud' | 'output'>,
  { source, device, agent, from, to, projection, assumptions }: Values & { source: string },
): AskedRange | string {
  if (from === undefined || to === undefined) return '--from and --to are expected with --source';
  if (agent !== undefined && !/^[0-9a-f]{32}$/.test(agent))
    return `--agent ${agent}: 32 hexadecimal digits expected`;
  const [begin, end] = [parseTime(from), parseTime(to)];
  if (begin === null) return `--from ${from}: ${TIME_WORDS}`;
  if (end === null) return `--to ${to}: ${TIME_WORDS}`;
  if (begin >= end) return '--to is a later time than --from: the first that is not in it';
  if (assumptions !== undefined && projection === undefined)
    return '--assumptions goes with --projection';
  return { ...place, source, device, agent, from: begin, to: end, projection, assumptions };
}

const TIME_WORDS = 'a day as 2026-11-01 or a time as 2026-11-01T06:00:00Z is expected';

/** Days are UTC; a time names its offset, so that it means the same wherever it is typed. Null for anything else. */
export function parseTime(text: string): number | null {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const isTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(
    text,
  );
  const ms = isDay || isTime ? Date.parse(text) : Number.NaN;
  // Date.parse makes 31 November the first of December: such a day is nobody's intention.
  const isMeant = !isDay || (Number.isFinite(ms) && new Date(ms).toISOString().startsWith(text));
  return Number.isFinite(ms) && isMeant && ms >= 0 ? ms : null;
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...{ cloud: text, output: { type: 'string', short: 'o' } as const },
      ...{ source: text, device: text, agent: text, from: text, to: text },
      ...{ projection: text, assumptions: text },
    },
  });
}
