/** `sigill cloud revoke` */
import type { Command, CommandIo } from '../command.ts';
import { CloudError } from '../errors.ts';
import { parseFingerprint } from '../operator/records.ts';
import { asCommand, readArguments } from './arguments.ts';
import { writeAsk } from './ask.ts';
import { putOut } from './put-out.ts';
import { enterAsSigner } from './signer.ts';

const help = `
Usage: npx sigill cloud revoke FILE FINGERPRINT [--key FILE] [--json]
       npx sigill cloud revoke --cloud URL --link LINK --key FILE FINGERPRINT
       npx sigill cloud revoke --from FILE -o RECORD --key FILE FINGERPRINT

Puts a box out, for ever: what it seals from now on is not believed, here or by any verifier. A
gateway’s slot is closed with it. It cannot be undone; the box comes back only with new keys.

  --ask ASK             sign nothing: write what is to be signed to ASK, for sigill register sign
  --key FILE            the operator’s key; else operator.key of FILE, or keys/operator.pem beside it
  --cloud, --link, --certificate
                        as sigill cloud operator-link prints them
  --json                what was done, as JSON

Exit: 0 done, 1 there is no such box or it is out already, 2 usage, 3 the cloud does not answer.
`;

export const cloudRevoke: Command = asCommand(
  'cloud revoke',
  'put a box out, for ever',
  help,
  revoke,
);

const OPTIONS = {
  key: { type: 'string' },
  cloud: { type: 'string' },
  link: { type: 'string' },
  certificate: { type: 'string' },
  from: { type: 'string' },
  output: { type: 'string', short: 'o' },
  ask: { type: 'string' },
  json: { type: 'boolean' },
} as const;

async function revoke(args: readonly string[], io: CommandIo): Promise<void> {
  const { values, positionals } = readArguments(args, OPTIONS);
  const far = values.cloud !== undefined || values.from !== undefined;
  const [file, ...more] = far ? [undefined, ...positionals] : positionals;
  if (more.length === 0)
    throw new CloudError(
      'USAGE',
      'FINGERPRINT is missing; sigill cloud operator-link shows who is in',
    );
  const fingerprint = parseFingerprint(more.join(''));
  const { client, key } = await enterAsSigner(file, values, io);
  try {
    const overview = await client.overview();
    if (values.ask !== undefined)
      return await writeAsk(values.ask, { sign: 'revoke', ask: { fingerprint, overview } }, io);
    const { facts, text } = await putOut({ client, overview, keyFile: key() }, fingerprint);
    io.stdout.write(values.json === true ? `${JSON.stringify(facts)}\n` : `${text}\n`);
  } finally {
    await client.leave();
  }
}
