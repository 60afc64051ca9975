/**
 * `sigill agent enroll`
 * @module
 */
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { boxFingerprint } from '@sigill/evidence';
import type { Command, CommandIo } from '@sigill/firmware-bridge';
import { describeBox, describeEnrolmentEvent } from './describe.ts';
import { enrolAgent } from './enrol-agent.ts';
import { EnrolmentError } from './enrolment-error.ts';

const help = `
Usage: npx sigill agent enroll URL CODE [DIR]

Asks to be let in at the gateway at URL, and waits until the operator has decided. CODE is from: sigill
gateway invite, on that gateway. The operator compares the fingerprint that this box shows with what
they see. Whatever happens in between, a power cut too: run the same command again.

  --json    tell what was written as JSON

Exit: 0 let in, ready for sigill agent run; 1 not let in, and why; 2 usage; 3 no answer.
`;

export const agentEnroll: Command = {
  name: 'agent enroll',
  summary: 'ask to be let in at a gateway, with a code',
  help,
  run,
};

const NO = 1;
const USAGE = 2;
const ENVIRONMENT = 3;
const USAGE_CODES = new Set(['CODE_MALFORMED', 'ENROLMENT_URL']);
const NO_ANSWER = new Set(['ENROLMENT_UNREACHABLE', 'ENROLMENT_BUSY', 'ENROLMENT_STOPPED']);
const ENVIRONMENT_CODES = new Set(['AGENT_NOT_MADE', ...NO_ANSWER]);

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const given = readArguments(args);
  if (typeof given === 'string') {
    io.stderr.write(`sigill agent enroll: ${given}\n`);
    return USAGE;
  }
  try {
    await work(given, io);
    return 0;
  } catch (error) {
    if (!(error instanceof EnrolmentError)) throw error;
    io.stderr.write(`sigill agent enroll: ${error.code}: ${error.message}\n`);
    if (USAGE_CODES.has(error.code)) return USAGE;
    return ENVIRONMENT_CODES.has(error.code) ? ENVIRONMENT : NO;
  }
}

interface Given {
  readonly url: string;
  readonly code: string;
  readonly directory: string;
  readonly asJson: boolean;
}

async function work({ url, code, directory, asJson }: Given, io: CommandIo): Promise<void> {
  const say = (text: string) => (asJson ? io.stderr : io.stdout).write(`${text}\n`);
  let fingerprint = '';
  const enrolled = await enrolAgent({
    ...{ directory, url, code, signal: io.signal },
    shown(keys) {
      fingerprint = boxFingerprint(keys);
      say(describeBox(keys));
    },
    tell: (event) => say(describeEnrolmentEvent(event)),
    wait: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => {}),
  });
  const { origin, gateway, files } = enrolled;
  if (asJson) io.stdout.write(`${JSON.stringify({ directory, fingerprint, ...enrolled })}\n`);
  else if (files.length === 0)
    say(`This agent is enrolled already: it sends to ${gateway}, for ${origin}.`);
  else say(`Let in: it sends to ${gateway}, for ${origin}. Written: ${files.join(', ')}.`);
  say(`\nNext\n  npx sigill agent run ${join(directory, 'agent.yaml')}`);
}

function readArguments(args: readonly string[]): Given | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean' } },
    });
    const [url, code, directory, ...more] = positionals;
    if (url !== undefined && code !== undefined && more.length === 0)
      return { url, code, directory: resolve(directory ?? '.'), asJson: values.json ?? false };
  } catch (error) {
    return (error as Error).message;
  }
  return 'the address and the code are expected: sigill agent enroll URL CODE [DIR]; write the code with hyphens or in quotes';
}
