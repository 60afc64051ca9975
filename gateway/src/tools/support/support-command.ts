/**
 * `sigill support`
 * @module
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Command, CommandIo } from '@sigill/firmware-bridge';
import { GatewayError } from '../../errors.ts';
import { lookAtThisBox } from '../doctor/look.ts';
import { toolCommand } from '../tool-command.ts';
import { collectSupport } from './collect.ts';

const help = `
Usage: npx sigill support [FILE] [-o OUTPUT]

One text file that tells someone far away what this box is and how it is: what doctor finds, the
status, the configuration, versions, disks, ports, the last of the log. Keys, passwords and codes are
taken out; what stands in the key files is looked for everywhere. Read it before you send it.

  FILE         gateway.yaml or agent.yaml (default: here, then /etc/sigill)
  -o OUTPUT    where to (default sigill-support-NAME-DATE.txt here; - for standard output)

Exit codes: 0 made, 2 usage, 3 it could not be written.
`;

export const supportCommand: Command = toolCommand({
  name: 'support',
  summary: 'collect what someone far away needs, without secrets',
  help,
  run,
});

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { file, output } = readArguments(args);
  const box = await lookAtThisBox(file);
  const { config } = box;
  const moving = (io.stderr as { isTTY?: boolean }).isTTY === true;
  const { text, removed } = await collectSupport({
    box,
    secrets: config === null ? [] : readSecrets(config.keys),
    status: box.running,
    configuration: config === null ? null : readFileSync(config.file, 'utf8'),
    collecting: (title) => {
      if (moving) io.stderr.write(`\r\u001b[Kcollecting ${title} …`);
    },
  });
  if (moving) io.stderr.write('\r\u001b[K');
  if (output === '-') {
    io.stdout.write(text);
    return 0;
  }
  const date = new Date(box.now()).toISOString().slice(0, 16).replace(':', '');
  const path = resolve(output ?? `sigill-support-${config?.name ?? 'box'}-${date}.txt`);
  write(path, text);
  const kib = Math.ceil(Buffer.byteLength(text) / 1024);
  io.stdout.write(
    `${path} (${kib} KiB, ${removed} secrets taken out)\nRead it before you send it.\n`,
  );
  return 0;
}

function readArguments(args: readonly string[]): { file: string | null; output: string | null } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { output: { type: 'string', short: 'o' } },
    });
    if (positionals.length > 1) throw new Error(`one file, not ${positionals.join(' and ')}`);
    return { file: positionals[0] ?? null, output: values.output ?? null };
  } catch (error) {
    throw new GatewayError('USAGE', (error as Error).message);
  }
}

function readSecrets(directory: string): Uint8Array[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap(({ name }) => {
      try {
        return [readFileSync(join(directory, name))];
      } catch {
        return []; // not ours to read: then nothing we print can hold it either
      }
    });
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new GatewayError(
      code === 'EEXIST' ? 'FILE_EXISTS' : 'FILE_NOT_WRITTEN',
      `${path} cannot be written (${code}); name another with -o`,
      { cause },
    );
  }
}
