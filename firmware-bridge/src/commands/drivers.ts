/**
 * `sigill drivers`: the catalogue.
 * @module
 */
import { parseArgs } from 'node:util';
import { drivers as catalogue } from '../catalogue.ts';
import type { Command, CommandIo } from '../command.ts';
import type { Manifest } from '../driver.ts';
import { OK, tellUsage, writeLine } from './io.ts';

const HELP = `
Usage: sigill drivers [--json]

Lists the devices that can be read: the id for configuration and commands, how they are connected,
their options, their specification. --json adds the quantities each can tell.
`;

export const drivers: Command = {
  name: 'drivers',
  summary: 'the devices that can be read',
  help: HELP,
  run,
};

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  let json: boolean;
  try {
    const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean' } } });
    json = values.json ?? false;
  } catch (error) {
    return tellUsage(io, 'drivers', error);
  }
  const manifests = [...catalogue.values()].map((driver) => driver.manifest);
  if (json) await writeLine(io.stdout, JSON.stringify(manifests, null, 2));
  else for (const manifest of manifests) await writeLine(io.stdout, describe(manifest));
  return OK;
}

function describe(manifest: Manifest): string {
  const options = Object.entries(manifest.options).map(
    ([name, option]) => `    --option ${name}=${option.default}   ${option.summary}`,
  );
  const lines = [
    `${manifest.id}  ${manifest.title}`,
    `    over ${manifest.transports.join(', ')}; tells ${manifest.kinds.join(', ')}; ${manifest.spec}`,
    ...options,
  ];
  return lines.join('\n');
}
