/**
 * `sigill prove`: fetches the evidence file of a reading from a cloud.
 * @module
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Command, CommandIo } from '../command.ts';

const REFUSED = 1;
const USAGE = 2;
const ENVIRONMENT = 3;
const TIMEOUT_MS = 30_000;

export const proveCommand: Command = {
  name: 'prove',
  summary: 'fetch the evidence file of a reading',
  help: `
Usage: npx sigill prove AGENT/SEQ… --cloud URL -o FILE

Fetches from the cloud everything that is needed to check a reading without it. AGENT is 32 hexadecimal digits
and SEQ the reading's number, as the dashboards and the API show them. With several readings, FILE gets
-AGENT-SEQ before its ending, one file for each. Judge what you got with: sigill verify

  --cloud URL   the cloud, such as http://127.0.0.1:7445
  -o FILE       where to write it, such as reading.sigill; - for standard output

Exit: 0 written, 1 the cloud has no evidence for it (yet), 2 usage, 3 the cloud cannot be reached.
`,
  run,
};

interface Asked {
  readonly readings: readonly { readonly agent: string; readonly seq: string }[];
  readonly cloud: URL;
  readonly output: string;
}

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const asked = parseWords(args);
  if (typeof asked === 'string') {
    io.stderr.write(`sigill prove: ${asked}\n`);
    return USAGE;
  }
  let worst = 0;
  for (const reading of asked.readings) worst = Math.max(worst, await prove(reading, asked, io));
  return worst;
}

async function prove(
  { agent, seq }: Asked['readings'][number],
  { cloud, output, readings }: Asked,
  io: CommandIo,
): Promise<number> {
  const url = new URL(`api/v1/evidence/${agent}/${seq}`, cloud);
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, {
      signal: AbortSignal.any([io.signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    text = await answer.text();
  } catch (error) {
    const { cause } = error as Error;
    io.stderr.write(`sigill prove: ${cloud.origin} does not answer: ${String(cause ?? error)}\n`);
    return ENVIRONMENT;
  }
  if (!answer.ok) {
    io.stderr.write(`sigill prove: ${agent}/${seq}: ${reasonIn(text, answer.status)}\n`);
    return answer.status >= 500 ? ENVIRONMENT : REFUSED;
  }
  if (output === '-') io.stdout.write(text);
  else await writeFile(readings.length === 1 ? output : severalNames(output, agent, seq), text);
  return 0;
}

function parseWords(args: readonly string[]): Asked | string {
  let words: ReturnType<typeof parse>;
  try {
    words = parse(args);
  } catch (error) {
    return (error as Error).message;
  }
  const { values, positionals } = words;
  if (values.cloud === undefined) return '--cloud URL is expected';
  if (values.output === undefined) return '-o FILE is expected';
  const cloud = URL.parse(values.cloud.endsWith('/') ? values.cloud : `${values.cloud}/`);
  if (cloud === null || !/^https?:$/.test(cloud.protocol)) {
    return `--cloud ${values.cloud}: an address such as http://127.0.0.1:7445 is expected`;
  }
  if (positionals.length === 0) return 'AGENT/SEQ is expected';
  if (positionals.length > 1 && values.output === '-')
    return 'one reading only goes to standard output';
  const readings: { agent: string; seq: string }[] = [];
  for (const word of positionals) {
    const match = /^([0-9a-f]{32})\/(0|[1-9]\d{0,15})$/.exec(word);
    if (match === null) return `${word}: AGENT/SEQ is expected, 32 hexadecimal digits and a number`;
    readings.push({ agent: match[1] ?? '', seq: match[2] ?? '' });
  }
  return { readings, cloud, output: values.output };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { cloud: { type: 'string' }, output: { type: 'string', short: 'o' } },
  });
}

/** reading.sigill, agent, 7: reading-agent-7.sigill */
function severalNames(output: string, agent: string, seq: string): string {
  const [, stem = output, ending = ''] = /^(.*?)(\.[^./]+)?$/s.exec(output) ?? [];
  return `${stem}-${agent}-${seq}${ending}`;
}

function reasonIn(text: string, status: number): string {
  try {
    const { code, detail } = JSON.parse(text);
    if (typeof code === 'string' && typeof detail === 'string') return `${detail} [${code}]`;
  } catch {
    // Something else than a cloud of ours answered.
  }
  return `HTTP ${status}`;
}
