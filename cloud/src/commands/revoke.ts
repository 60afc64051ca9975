/** `sigill cloud revoke` */
import type { Command, CommandIo } from '../command.ts';
import { CloudError } from '../errors.ts';
import { parseFingerprint, revocationOf } from '../operator/records.ts';
import { openRegisterView } from '../operator/register-view.ts';
import { openOperatorPen } from '../operator/sign-record.ts';
import { headsIn } from '../operator/slot-views.ts';
import { asCommand, readArguments } from './arguments.ts';
import { enterAsSigner } from './signer.ts';

const help = `
Usage: npx sigill cloud revoke FILE FINGERPRINT [--key FILE] [--json]
       npx sigill cloud revoke --cloud URL --link LINK --key FILE FINGERPRINT
       npx sigill cloud revoke --from FILE -o RECORD --key FILE FINGERPRINT

Puts a box out, for ever: what it seals from now on is not believed, here or by any verifier. A
gateway’s slot is closed with it. It cannot be undone; the box comes back only with new keys.

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
    const pen = await openOperatorPen(key());
    const overview = await client.overview();
    const slots = openRegisterView(overview, pen);
    const record = revocationOf(fingerprint, slots, headsIn(overview.slots));
    const [written] = await client.bring(await pen.sign(record));
    const { slot, rev, origin, closed } = record;
    const state = closed === null ? 'open' : 'closed';
    const text =
      state === 'closed'
        ? `${origin} is closed and its box revoked, for ever.`
        : `The agent ${fingerprint} of ${origin} is revoked, for ever.`;
    const when =
      written === undefined ? '' : `\nFrom when ${written} was brought to the operator’s page.`;
    io.stdout.write(
      values.json === true
        ? `${JSON.stringify({ revoked: fingerprint, slot, rev, origin, state })}\n`
        : `${text}${when}\n`,
    );
  } finally {
    await client.leave();
  }
}
