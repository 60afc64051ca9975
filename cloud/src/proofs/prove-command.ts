/**
 * `sigill prove`: fetches evidence files from a cloud.
 * @module
 */
import { writeFile } from 'node:fs/promises';
import type { Command, CommandIo } from '../command.ts';
import { askCloud, severalNames, USAGE } from './ask-cloud.ts';
import { proveRange } from './prove-range.ts';
import { type AskedReadings, parseProveWords } from './prove-words.ts';

const TIMEOUT_MS = 30_000;

export const proveCommand: Command = {
  name: 'prove',
  summary: 'fetch the evidence file of a reading, or of all readings of a time',
  help: `
Usage: npx sigill prove AGENT/SEQ… --cloud URL -o FILE
       npx sigill prove --source S --from T --to T [--device D] --cloud URL -o FILE

Fetches from the cloud everything that is needed to check readings without it. AGENT is 32 hexadecimal digits
and SEQ the reading's number, as the dashboards and the API show them. With several readings, FILE gets
-AGENT-SEQ before its ending, one file for each. Judge what you got with: sigill verify

With --source: all readings of that source in a time, with the ones before and after it, so that none can be
missing unseen; it says how many came. Where several agents have read the source, FILE gets -AGENT, one for each.

  --cloud URL      the cloud, such as http://127.0.0.1:7445
  -o FILE          where to write it, such as reading.sigill; - for standard output
  --from T --to T  a day as 2026-11-01 (UTC, from its beginning) or a time as 2026-11-01T06:00:00Z; T of --to is
                   not in it
  --device D       one device of the source
  --agent AGENT    one agent
  --projection P   a number computed from them, such as consumption@v1, and
  --assumptions A  what it assumes besides: JSON

Exit: 0 written, 1 the cloud has no evidence for it (yet), 2 usage, 3 the cloud cannot be reached.
`,
  run,
};

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const asked = parseProveWords(args);
  if (typeof asked === 'string') {
    io.stderr.write(`sigill prove: ${asked}\n`);
    return USAGE;
  }
  if ('source' in asked) return proveRange(asked, io);
  let worst = 0;
  for (const reading of asked.readings) worst = Math.max(worst, await prove(reading, asked, io));
  return worst;
}

async function prove(
  { agent, seq }: AskedReadings['readings'][number],
  { cloud, output, readings }: AskedReadings,
  io: CommandIo,
): Promise<number> {
  const answer = await askCloud(new URL(`api/v1/evidence/${agent}/${seq}`, cloud), io, TIMEOUT_MS);
  if (!('text' in answer)) {
    io.stderr.write(`sigill prove: ${agent}/${seq}: ${answer.reason}\n`);
    return answer.exit;
  }
  const name = readings.length === 1 ? output : severalNames(output, `${agent}-${seq}`);
  if (output === '-') io.stdout.write(answer.text);
  else await writeFile(name, answer.text);
  return 0;
}
