/** `sigill cloud rebuild` */
import { setTimeout as sleep } from 'node:timers/promises';
import { parsePolicy } from '@sigill/evidence';
import type { Command, CommandIo } from '../command.ts';
import { readCloudConfig, readGiven } from '../config-file.ts';
import { asCommand, onlyFile, readArguments } from './arguments.ts';

const help = `
Usage: npx sigill cloud rebuild FILE [--json]

Makes the database of the cloud that FILE (cloud.yaml) describes again, after it was lost: from the archive
of its batches and the keepsakes beside it, both in the data directory. Every entry is compared with its
batch, every checkpoint with its log’s signature, the anchors with the state of the ledger; what does not
agree is told, and nothing is put in place then. The cloud must not run, and the old database must not be there.

Evidence files come out as before. Not made again: open invitations, and the bytes of batches that were
never believed (their seals are).

  --json    what was made, as JSON

Exit: 0 made, 1 a part is missing or does not agree, 2 usage, 3 the data directory is in use.
`;

export const cloudRebuild: Command = asCommand(
  'cloud rebuild',
  'make a lost database again, from the archive',
  help,
  rebuild,
);

async function rebuild(args: readonly string[], io: CommandIo): Promise<void> {
  const { values, positionals } = readArguments(args, { json: { type: 'boolean' } });
  const config = await readCloudConfig(onlyFile(positionals));
  const policy = (await readGiven(config.policy)).toString('utf8').trimEnd();
  const { rebuildCloud } = await import('../keepsakes/rebuild-cloud.ts');
  const counts = await rebuildCloud(config.data, parsePolicy(policy), Date.now);
  const { openCore } = await import('../core.ts');
  const core = await openCore({
    ...{ data: config.data, records: [], policy, witness: null, now: Date.now, era: '' },
    wait: (ms) => sleep(ms),
    log: { warn: (_, text) => void io.stderr.write(`${text}\n`) },
  });
  await core.idle();
  const { readings } = core.counts;
  await core.close();
  const { records, entries, checkpoints, anchors, erasures } = counts;
  io.stdout.write(
    values.json === true
      ? `${JSON.stringify({ ...counts, readings })}\n`
      : `Made again and compared: ${records} records, ${entries} entries, ${checkpoints} checkpoints, ${anchors} anchors, ${erasures} erasures; ${readings} readings for charts and lists.\n`,
  );
}
