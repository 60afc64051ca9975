/** `sigill cloud invite` */
import { renderUnicodeCompact } from 'uqr';
import type { Command, CommandIo } from '../command.ts';
import { asCommand, enterHere, onlyFile, readArguments } from './arguments.ts';

const help = `
Usage: npx sigill cloud invite FILE [--for TEXT] [--json]

Makes a code with which one gateway can ask to be let in, at the running cloud that FILE (cloud.yaml)
describes. The code is told once, here; it is good for seven days and for one box, and lets nobody in
by itself: an operator approves.

  --for TEXT    what it is for, as a note to yourself: a site, a person
  --json        one JSON object instead

Exit: 0 made, 2 usage, 3 the cloud does not run here.
`;

export const cloudInvite: Command = asCommand(
  'cloud invite',
  'make a code with which one gateway can ask to be let in',
  help,
  invite,
);

async function invite(args: readonly string[], io: CommandIo): Promise<void> {
  const { values, positionals } = readArguments(args, {
    for: { type: 'string' },
    json: { type: 'boolean' },
  });
  const { client } = await enterHere(onlyFile(positionals), io.signal);
  const made = await client.invite(values.for ?? null);
  await client.leave();
  if (values.json === true) return void io.stdout.write(`${JSON.stringify(made)}\n`);
  const command = `npx sigill gateway enroll ${made.url} ${made.code}`;
  io.stdout.write(`
  ${made.code}

Good until ${new Date(made.expiresAt).toISOString().slice(0, 16).replace('T', ' ')} UTC, for one gateway. On the box, after sigill gateway init:

  ${command}

${renderUnicodeCompact(command)}
Then compare the box’s fingerprint and approve it: npx sigill cloud approve ${positionals[0]}
`);
}
