/** `sigill cloud bring` */
import type { Command, CommandIo } from '../command.ts';
import { readGiven } from '../config-file.ts';
import { CloudError } from '../errors.ts';
import { isErasure, parseSigned } from '../operator/signed-file.ts';
import { asCommand, readArguments } from './arguments.ts';
import { enterAsSigner } from './signer.ts';

const help = `
Usage: npx sigill cloud bring FILE SIGNED...

Brings what the operator signed on another machine to the running cloud that FILE (cloud.yaml) describes:
records that let boxes in or put them out, the operator’s own next record, erasures. They count from now
on. Records that follow each other are brought in their order. The operator’s page takes them too.

  --json    what was brought, as JSON

Exit: 0 done, 1 the cloud refuses one of them, 2 usage, 3 the cloud does not answer.
`;

export const cloudBring: Command = asCommand(
  'cloud bring',
  'bring what the operator signed elsewhere',
  help,
  bring,
);

async function bring(args: readonly string[], io: CommandIo): Promise<void> {
  const { values, positionals } = readArguments(args, { json: { type: 'boolean' } });
  const [file, ...paths] = positionals;
  if (paths.length === 0) throw new CloudError('USAGE', 'FILE and SIGNED are expected');
  const signed: Uint8Array[] = [];
  for (const path of paths) signed.push(...parseSigned(await readGiven(path), path));
  const erasures = signed.filter(isErasure);
  const records = signed.filter((one) => !isErasure(one));
  const { client } = await enterAsSigner(file, {}, io);
  try {
    await client.bring(...records);
    if (erasures.length > 0) await client.erase(...erasures);
  } finally {
    await client.leave();
  }
  const facts = { records: records.length, erasures: erasures.length };
  io.stdout.write(
    values.json === true
      ? `${JSON.stringify(facts)}\n`
      : `Brought: ${facts.records} records, ${facts.erasures} erasures. They count from now on.\n`,
  );
}
