/** `sigill cloud erase` */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command, CommandIo } from '../command.ts';
import { readGiven } from '../config-file.ts';
import type { Erasable, ReadingName } from '../erasure/erasable.ts';
import { readReason, signErasures } from '../erasure/erasure-ask.ts';
import { countOf, describeErasable, WHAT_STAYS } from '../erasure/erasure-text.ts';
import { CloudError } from '../errors.ts';
import { writeNewFile } from '../init/new-file.ts';
import { parseAsk } from '../operator/ask-file.ts';
import type { ErasureQuestion } from '../operator/client.ts';
import { openOperatorPen } from '../operator/sign-record.ts';
import { formatSigned } from '../operator/signed-file.ts';
import { asCommand, readArguments } from './arguments.ts';
import { writeAsk } from './ask.ts';
import { readLine } from './read-line.ts';
import { enterAsSigner, type SignersCloud } from './signer.ts';

const help = `
Usage: npx sigill cloud erase FILE AGENT/SEQ... --reason TEXT [--yes COUNT] [--key FILE]
       npx sigill cloud erase FILE --source S [--device D] [--agent A] --from TIME --to TIME --reason TEXT
       npx sigill cloud erase --cloud URL --link LINK --key FILE AGENT/SEQ... --reason TEXT
       npx sigill cloud erase FILE AGENT/SEQ... --reason TEXT --ask ASK
       npx sigill cloud erase --ask ASK --key FILE -o SIGNED

Erases readings for ever: their bytes, their salt and the device’s own frame go from everything this
cloud holds. What remains is their leaf hash and the operator’s signed word, so that the evidence of all
others holds as before, and a range says that readings are missing, and why. It cannot be undone.

Says what would go and asks for the number of readings; with --yes it asks nobody. In the fourth form
nothing is signed: ASK is taken to the machine that has the key, signed there by the fifth, and SIGNED is
brought back with sigill cloud bring.

  --reason TEXT         why, for all who ever verify a range around them; it must not say what they said
  --source, --device, --agent, --from, --to
                        all readings of a source in a time, 2026-01-31T10:00Z or ms since 1970; --to excluded
  --yes COUNT           go on without asking if exactly so many readings would go
  --key FILE            the operator’s key; else operator.key of FILE, or keys/operator.pem beside it
  --cloud, --link, --certificate
                        as sigill cloud operator-link prints them
  --json                what was done, as JSON

Exit: 0 gone, 1 it cannot be or nobody confirmed it, 2 usage, 3 the cloud does not answer.
`;

export const cloudErase: Command = asCommand(
  'cloud erase',
  'erase readings for ever, on the operator’s signed word',
  help,
  erase,
);

const OPTIONS = {
  reason: { type: 'string' },
  source: { type: 'string' },
  device: { type: 'string' },
  agent: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  yes: { type: 'string' },
  key: { type: 'string' },
  cloud: { type: 'string' },
  link: { type: 'string' },
  certificate: { type: 'string' },
  ask: { type: 'string' },
  output: { type: 'string', short: 'o' },
  json: { type: 'boolean' },
} as const;
type Values = ReturnType<typeof readArguments<typeof OPTIONS>>['values'];

const POLL_MS = 200;

async function erase(args: readonly string[], io: CommandIo): Promise<void> {
  const { values, positionals } = readArguments(args, OPTIONS);
  const { cloud, ask: askFile } = values;
  if (cloud === undefined && positionals.length === 0 && askFile !== undefined)
    return signElsewhere(askFile, values, io);
  const file = cloud === undefined ? positionals[0] : undefined;
  const names = cloud === undefined ? positionals.slice(1) : positionals;
  const question = readQuestion(names, values);
  const reason = readReason(values.reason);
  const { client, key } = await enterAsSigner(file, { ...values, from: undefined }, io);
  try {
    const { readings } = await client.erasable(question);
    const { chain } = (await client.overview()).cloud;
    const ask = { reason, readings, chain };
    if (askFile !== undefined) {
      io.stdout.write(describeErasable(readings));
      return await writeAsk(askFile, { sign: 'erase', ask }, io);
    }
    if (readings.length === 0) return tell(io, values, 0, 'Nothing is left to erase.\n');
    const pen = await openOperatorPen(key());
    if (values.json !== true) io.stdout.write(`Would go for ever:\n${describeErasable(readings)}`);
    await confirm(readings, values, io);
    await client.erase(...signErasures(ask, pen));
    await untilGone(client, io.signal);
    tell(io, values, readings.length, `${countOf(readings.length)} erased.\n${WHAT_STAYS}`);
  } finally {
    await client.leave();
  }
}

async function signElsewhere(askFile: string, values: Values, io: CommandIo): Promise<void> {
  const { key, output } = values;
  if (key === undefined || output === undefined)
    throw new CloudError(
      'USAGE',
      '--ask alone signs what is asked: --key FILE and -o SIGNED are expected',
    );
  const ask = parseAsk((await readGiven(askFile)).toString('utf8'), askFile);
  if (ask.sign !== 'erase')
    throw new CloudError('USAGE', `${askFile} asks for something else; use sigill register sign`);
  const { readings } = ask.ask;
  const pen = await openOperatorPen(key);
  if (values.json !== true)
    io.stdout.write(`Would go for ever, because: ${ask.ask.reason}\n${describeErasable(readings)}`);
  await confirm(readings, values, io);
  await writeNewFile(output, formatSigned(signErasures(ask.ask, pen)));
  const text = `Signed. They go when ${output} is brought: sigill cloud bring FILE ${output}\n`;
  tell(io, values, readings.length, text);
}

/** @throws CloudError USAGE, ERASURE_REFUSED */
async function confirm(
  readings: readonly Erasable[],
  { yes }: Values,
  io: CommandIo,
): Promise<void> {
  const count = String(readings.length);
  if (yes === undefined) io.stdout.write(`Type ${count} to erase ${countOf(readings.length)}: `);
  const said = yes ?? (await readLine(io));
  if (said.trim() === count) return;
  throw new CloudError(
    'ERASURE_REFUSED',
    `${count} readings would go, and ${said.trim() === '' ? 'nobody confirmed it' : `${said.trim()} was said`}; nothing was erased`,
  );
}

async function untilGone(client: SignersCloud, signal: AbortSignal): Promise<void> {
  while ((await client.erasuresOpen()) > 0) await sleep(POLL_MS, undefined, { signal });
}

function tell(io: CommandIo, { json }: Values, erased: number, text: string): void {
  io.stdout.write(json === true ? `${JSON.stringify({ erased })}\n` : text);
}

/** @throws CloudError USAGE */
function readQuestion(names: readonly string[], values: Values): ErasureQuestion {
  const { source, device, agent, from, to } = values;
  if (source === undefined) {
    if (names.length > 0) return { readings: names.map(readName) };
    throw new CloudError('USAGE', 'AGENT/SEQ, or --source with --from and --to, is expected');
  }
  if (names.length > 0)
    throw new CloudError('USAGE', `either AGENT/SEQ or --source, not both: ${names.join(' ')}`);
  const period = { from: readTime('--from', from), to: readTime('--to', to) };
  return { source, ...(device !== undefined && { device }), ...(agent && { agent }), ...period };
}

function readName(written: string): ReadingName {
  const [, agent = '', seq = ''] = /^([0-9a-f]{32})\/(\d{1,15})$/.exec(written) ?? [];
  if (agent !== '') return { agent, seq: Number(seq) };
  throw new CloudError(
    'USAGE',
    `${written}: write AGENT/SEQ, as evidence and sigill verify name a reading: 32 digits, a slash, its number`,
  );
}

function readTime(option: string, written: string | undefined): number {
  const time = /^\d{1,15}$/.test(written ?? '') ? Number(written) : Date.parse(written ?? '');
  if (Number.isSafeInteger(time)) return time;
  throw new CloudError(
    'USAGE',
    `${option}: write a time such as 2026-01-31T10:00Z, got ${written ?? 'none'}`,
  );
}
