/**
 * `sigill tail`
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { followReadings, type ToldLine } from '@sigill/edge';
import type { Command, CommandIo } from '@sigill/firmware-bridge';
import { GatewayError } from '../../errors.ts';
import { requireConfig } from '../doctor/read-box.ts';
import { toolCommand } from '../tool-command.ts';
import { describeReading } from './describe-reading.ts';

const help = `
Usage: npx sigill tail [SOURCE] [--config FILE] [--json] [--count N]

Readings of this box as they are sealed, newest last, until Ctrl-C. A ? after the time says that
the clock is not known to be right; red lines are gaps: readings known to be missing, with the cause.
When the process restarts, it goes on.

  --config FILE  gateway.yaml or agent.yaml (default: here, then /etc/sigill)
  --count N      stop after N readings
  --json         all fields, one JSON object a line

Exit codes: 0 done, 1 nothing runs, 2 usage.
`;

export const tailCommand: Command = toolCommand({
  name: 'tail',
  summary: 'watch readings of this box as they are sealed',
  help,
  run,
});

const RETRY_MS = 1000;

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { source, file, count, asJson } = readArguments(args);
  const { data } = requireConfig(file);
  const colour = (io.stdout as { isTTY?: boolean }).isTTY === true && io.env.NO_COLOR === undefined;
  const done = new AbortController();
  const signal = AbortSignal.any([io.signal, done.signal]);
  let told = 0;
  let connected = false;
  while (!signal.aborted) {
    const lines = await followReadings(data, source, signal);
    if (lines === null && !connected) {
      io.stderr.write(
        'nothing runs on this data directory; sigill doctor tells why and what to do\n',
      );
      return 1;
    }
    connected = true;
    for await (const line of lines ?? []) {
      io.stdout.write(`${asJson ? JSON.stringify(line) : describeLine(line, colour)}\n`);
      if ('missed' in line) continue;
      told += 1;
      if (told >= count) {
        done.abort();
        break;
      }
    }
    // It stopped or was killed; a service comes back in a moment.
    if (!signal.aborted) await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
  }
  return 0;
}

function describeLine(line: ToldLine, colour: boolean): string {
  if ('missed' in line)
    return `… ${line.missed} readings were not shown: this terminal was too slow`;
  return describeReading(line, colour);
}

function readArguments(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { config: { type: 'string' }, count: { type: 'string' }, json: { type: 'boolean' } },
    });
    if (positionals.length > 1) throw new Error(`one source, not ${positionals.join(' and ')}`);
    const count = values.count === undefined ? Number.POSITIVE_INFINITY : Number(values.count);
    if (!(count >= 1)) throw new Error(`--count ${values.count}: write a number of at least 1`);
    return {
      source: positionals[0] ?? null,
      file: values.config ?? null,
      count,
      asJson: values.json ?? false,
    };
  } catch (error) {
    throw new GatewayError('USAGE', (error as Error).message);
  }
}
