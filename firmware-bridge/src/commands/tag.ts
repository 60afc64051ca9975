/**
 * `sigill tag`: what is written on a tag, in every notation.
 * @module
 */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { Command, CommandIo } from '../command.ts';
import { IdentifierError } from '../identifiers/errors.ts';
import { type IdentifierReading, type ReadOptions, readIdentifier } from '../identifiers/read.ts';
import { NO, OK, tellUsage, writeLine } from './io.ts';

const HELP = `
Usage: sigill tag [--prefix N] [--filter N] [--pretty] ID…

Reads identifiers in any notation and prints each in all others, one line of JSON an identifier:
EPC as the bits of a tag (hexadecimal), as tag URI, pure identity URI, GS1 element string or GS1
Digital Link; animal transponders of ISO 11784 as 15 digits, dotted hexadecimal or 64 bits in
either direction. What can be read as more than one thing is told as each of them. For - it reads
identifiers from standard input, one a line.

  --prefix N    how many digits the company's prefix has, 6 to 12: a GS1 key alone does not tell, and
                its EPC depends on it
  --filter N    the filter value to write on a tag (default 0)
  --pretty      for people: a line a notation

Example: sigill tag 3074257BF7194E4000001A85

Exit codes: 0 each was read; 1 one is no identifier, the reason on its line; 2 usage.
`;

export const tag: Command = {
  name: 'tag',
  summary: 'what is written on a tag, in every notation',
  help: HELP,
  run,
};

interface Request {
  readonly ids: readonly string[];
  readonly options: ReadOptions;
  readonly pretty: boolean;
}

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  let request: Request;
  try {
    request = parseRequest(args);
  } catch (error) {
    return tellUsage(io, 'tag', error);
  }
  let code = OK;
  for await (const id of idsOf(request.ids, io)) {
    if (io.signal.aborted) break;
    try {
      const readings = readIdentifier(id, request.options);
      await writeLine(
        io.stdout,
        request.pretty ? forPeople(id, readings) : { input: id, readings },
      );
    } catch (error) {
      if (!(error instanceof IdentifierError)) throw error;
      code = NO;
      const refusal = { input: id, readings: [], code: error.code, message: error.message };
      await writeLine(io.stdout, request.pretty ? `${id}\n  ${error.message}` : refusal);
    }
  }
  return code;
}

function parseRequest(args: readonly string[]): Request {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      prefix: { type: 'string' },
      filter: { type: 'string' },
      pretty: { type: 'boolean', default: false },
    },
  });
  if (positionals.length === 0) throw new Error('an identifier is needed, or - for standard input');
  const prefixLength = wholeNumber('--prefix', values.prefix, 6, 12);
  const filter = wholeNumber('--filter', values.filter, 0, 7);
  return {
    ids: positionals,
    options: {
      ...(prefixLength === undefined ? {} : { prefixLength }),
      ...(filter === undefined ? {} : { filter }),
    },
    pretty: values.pretty,
  };
}

function wholeNumber(
  option: string,
  text: string | undefined,
  least: number,
  most: number,
): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,2}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
  throw new Error(`${option} takes a number from ${least} to ${most}, got ${text}`);
}

async function* idsOf(ids: readonly string[], io: CommandIo): AsyncGenerator<string> {
  for (const id of ids) {
    if (id !== '-') {
      yield id;
      continue;
    }
    for await (const line of createInterface({ input: io.stdin }))
      if (line.trim() !== '') yield line.trim();
  }
}

function forPeople(id: string, readings: readonly IdentifierReading[]): string {
  const lines = readings.flatMap((reading, i) => [
    ...(readings.length > 1
      ? [`  as ${kindOf(reading)}, reading ${i + 1} of ${readings.length}`]
      : []),
    ...rowsOf(reading).map(([name, value]) => `  ${name.padEnd(16)} ${value}`),
  ]);
  return [id, ...lines].join('\n');
}

function kindOf(reading: IdentifierReading): string {
  if (reading.kind === 'epc') return `EPC (${reading.type})`;
  return reading.kind === 'gs1' ? 'GS1 key' : 'animal transponder';
}

type Rows = readonly (readonly [name: string, value: string | number])[];

function rowsOf(reading: IdentifierReading): Rows {
  if (reading.kind === 'gs1')
    return [
      ['element string', reading.elementString],
      ['Digital Link', reading.digitalLink],
      ...Object.entries(reading.attributes).map(([ai, value]) => [`(${ai})`, value] as const),
      ['note', reading.note],
    ];
  if (reading.kind === 'transponder')
    return [
      ['decimal', reading.decimal],
      ['dotted hex', reading.dotHex],
      ['64 bits', reading.hex],
      ['as over the air', reading.hexReversed],
      [reading.issuer === 'country' ? 'country' : 'issued by', issuerOf(reading.country)],
    ];
  const { elementString, digitalLink, filter, filterMeans } = reading;
  return [
    ['pure identity', reading.pureIdentity],
    ...(elementString === null ? [] : [['element string', elementString] as const]),
    ...(digitalLink === null ? [] : [['Digital Link', digitalLink] as const]),
    ...(filter === null ? [] : [['filter', `${filter} (${filterMeans})`] as const]),
    ...reading.encodings.flatMap(
      ({ scheme, tagUri, hex }) =>
        [
          [scheme, hex],
          ['', tagUri],
        ] as const,
    ),
  ];
}

function issuerOf(code: number): string {
  if (code === 999) return 'nobody: 999 marks a test';
  return code < 900
    ? `${String(code).padStart(3, '0')} (ISO 3166-1)`
    : `${code} (ICAR manufacturer)`;
}
