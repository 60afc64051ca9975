/**
 * `sigill agent init`
 * @module
 */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { boxFingerprint } from '@sigill/evidence';
import type { Command, CommandIo } from '@sigill/firmware-bridge';
import { describeBox } from '../enrolment/describe.ts';
import { type InitAgentOptions, initAgent, type MadeAgent } from '../process/init-agent.ts';
import { type GivenSource, readSourceArgument } from '../process/source-argument.ts';
import { tellFailure, USAGE } from './exit-code.ts';

const help = `
Usage: npx sigill agent init [DIR] --name NAME [--source NAME=DRIVER:PLACE]…

Makes the key and agent.yaml of an agent on a box of its own, which reads devices, seals what they say
and sends it to a gateway elsewhere. Shows the box's fingerprint. Overwrites nothing.

  --name NAME           what people call it: lower-case letters, digits, . _ -
  --source NAME=DRIVER:PLACE
                        a device; PLACE is a device file or host:port; may be repeated
  --json                tell what was made as JSON
`;

export const agentInit: Command = {
  name: 'agent init',
  summary: 'make the key and configuration of an agent on a box of its own',
  help,
  run,
};

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const given = readArguments(args);
  if (typeof given === 'string') {
    io.stderr.write(`sigill agent init: ${given}\n`);
    return USAGE;
  }
  try {
    const made = initAgent(given);
    io.stdout.write(given.asJson ? asJson(given, made) : asText(given, made));
    return 0;
  } catch (error) {
    return tellFailure('agent init', error, io);
  }
}

function asJson({ directory }: InitAgentOptions, { files, agentKey }: MadeAgent): string {
  const fingerprint = boxFingerprint({ agentKey, logKey: null });
  return `${JSON.stringify({ directory, files, fingerprint })}\n`;
}

function asText({ directory }: InitAgentOptions, { files, agentKey }: MadeAgent): string {
  return `Made in ${directory}
${files.map((file) => `  ${join(directory, file)}`).join('\n')}

${describeBox({ agentKey, logKey: null })}
Next, with the address and the code that sigill gateway invite gives at the gateway:
  npx sigill agent enroll URL CODE ${directory}
`;
}

function readArguments(
  args: readonly string[],
): (InitAgentOptions & { readonly asJson: boolean }) | string {
  const parsed = parse(args);
  if (typeof parsed === 'string') return parsed;
  const { values, positionals } = parsed;
  if (positionals.length > 1) return `one directory, not ${positionals.join(' and ')}`;
  if (values.name === undefined) return '--name is missing; sigill agent init --help explains it';
  const sources: GivenSource[] = [];
  for (const written of values.source ?? []) {
    const source = readSourceArgument(written);
    if (typeof source === 'string') return source;
    sources.push(source);
  }
  const directory = resolve(positionals[0] ?? '.');
  return { directory, name: values.name, sources, asJson: values.json ?? false };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        source: { type: 'string', multiple: true },
        json: { type: 'boolean' },
      },
    });
  } catch (error) {
    return (error as Error).message;
  }
}
