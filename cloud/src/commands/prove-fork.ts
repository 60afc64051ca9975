/** `sigill witness prove-fork` */
import { EvidenceError, formatNoteKey, judgeForkFile, parseFork } from '@sigill/evidence';
import type { Command, CommandIo } from '../command.ts';
import { readGiven } from '../config-file.ts';
import { CloudError } from '../errors.ts';
import { asCommand, onlyFile, readArguments } from './arguments.ts';

const help = `
Usage: npx sigill witness prove-fork FILE [--log KEY]

Checks the proof that a site log has two histories: FILE is one (sigill-fork@v1), or what a cloud gives at
/api/v1/forks or a witness at /forks. Two heads that one key signed and that cannot both be true prove it, to
anyone and without any server.

  --log KEY     the log's key (name+ID+key), as you know it from its record; a proof under another is none
  --json        what was found as JSON

Exit: 0 proven, 1 not proven, 2 usage, 3 the file cannot be read.
`;

export const witnessProveFork: Command = asCommand(
  'witness prove-fork',
  'check the proof that a log has two histories',
  help,
  proveFork,
);

interface Found {
  readonly log: string;
  readonly size: number;
}

async function proveFork(args: readonly string[], io: CommandIo): Promise<void> {
  const { values, positionals } = readArguments(args, {
    log: { type: 'string' },
    json: { type: 'boolean' },
  });
  const text = (await readGiven(onlyFile(positionals))).toString('utf8').trimEnd();
  const found = filesIn(text).map((file) => judged(file, values.log));
  if (found.length === 0) throw notProven('there is no proof in the file');
  if (values.json === true) return void io.stdout.write(`${JSON.stringify({ forks: found })}\n`);
  for (const { log, size } of found)
    io.stdout.write(`Two histories, proven: ${log.split('+')[0]} has two different beginnings of ${size} entries, both signed by
  ${log}
${values.log === undefined ? 'Compare this key with the one in the log’s record: the file is no source for it.\n' : ''}`);
}

/** One proof, or a list of them as servers give it. */
function filesIn(text: string): string[] {
  if (text.startsWith('{"format"')) return [text];
  try {
    const { forks } = JSON.parse(text) as { forks?: unknown };
    if (Array.isArray(forks)) return forks.map(({ file }) => String(file));
  } catch {
    // Then it is none of both.
  }
  throw notProven('it is no sigill-fork@v1, and no list of them');
}

function judged(text: string, expected: string | undefined): Found {
  try {
    const file = parseFork(text);
    const log = formatNoteKey(file.log);
    if (expected !== undefined && expected !== log)
      throw notProven(`it is under another key, ${log}`);
    const judgement = judgeForkFile(file);
    if (judgement.kind === 'fork') return { log, size: judgement.size };
    throw notProven(
      judgement.kind === 'one history'
        ? `${judgement.origin}: both heads are of one history`
        : `${judgement.origin}: the heads are of different sizes and nothing shows how the larger began; a log that refuses to show it is suspect, and nothing is proven`,
    );
  } catch (error) {
    if (error instanceof EvidenceError) throw notProven(`${error.code}: ${error.message}`);
    throw error;
  }
}

function notProven(why: string): CloudError {
  return new CloudError('FORK_UNPROVEN', `not proven: ${why}`);
}
