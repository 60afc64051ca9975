/** `sigill register sign` */
import type { Command, CommandIo } from '../command.ts';
import { readGiven } from '../config-file.ts';
import { signErasures } from '../erasure/erasure-ask.ts';
import { countOf, describeErasable } from '../erasure/erasure-text.ts';
import { CloudError } from '../errors.ts';
import { writeNewFile } from '../init/new-file.ts';
import { type Ask, parseAsk } from '../operator/ask-file.ts';
import type { Overview } from '../operator/overview.ts';
import { openOperatorPen } from '../operator/sign-record.ts';
import { formatSigned } from '../operator/signed-file.ts';
import { asCommand, readArguments } from './arguments.ts';
import { type LetIn, letIn, stayIn } from './let-in.ts';
import { putOut } from './put-out.ts';
import { readLine } from './read-line.ts';
import { signSuccession } from './register-succeed.ts';
import type { SignersCloud } from './signer.ts';

const help = `
Usage: npx sigill register sign ASK --key FILE -o SIGNED [--following FILE] [--yes]

Signs what a file asks, on a machine that needs no network and holds the operator’s key. ASK was written by
sigill cloud approve, cloud revoke, cloud erase or register succeed with --ask. Says what would be signed
and asks for yes. SIGNED is taken back: sigill cloud bring FILE SIGNED, or the operator’s page.

Of a slot and revision one record is signed, ever: what was signed is kept beside the key.

  --key FILE            the operator’s key
  --following FILE      of a change of the operator’s key: the key to be named next
  --yes                 sign without asking

Exit: 0 signed, 1 it cannot be or nobody said yes, 2 usage, 3 the key is not the right one.
`;

export const registerSign: Command = asCommand(
  'register sign',
  'sign what a file asks, on a machine without a network',
  help,
  sign,
);

const OPTIONS = {
  key: { type: 'string' },
  following: { type: 'string' },
  output: { type: 'string', short: 'o' },
  yes: { type: 'boolean' },
} as const;

async function sign(args: readonly string[], io: CommandIo): Promise<void> {
  const { values, positionals } = readArguments(args, OPTIONS);
  const { key, output, following } = values;
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0 || key === undefined || output === undefined)
    throw new CloudError('USAGE', 'ASK, --key FILE and -o SIGNED are expected');
  const asked = parseAsk((await readGiven(path)).toString('utf8'), path);
  io.stdout.write(`${describeAsk(asked)}\n`);
  if (values.yes !== true) {
    io.stdout.write('Type yes to sign: ');
    if ((await readLine(io)).trim() !== 'yes')
      throw new CloudError('CLOUD_REFUSED', 'nobody said yes; nothing was signed');
  }
  const { text } = await carryOut(asked, { key, output, following });
  io.stdout.write(`${text}\n`);
}

function describeAsk({ sign: what, ask }: Ask): string {
  switch (what) {
    case 'erase':
      return `Erase for ever, because: ${ask.reason}\n${describeErasable(ask.readings).trimEnd()}`;
    case 'approve': {
      const box = boxIn(ask.overview, ask.fingerprint);
      const name = box === undefined ? 'a box that is in, once more' : `${box.name} (${box.kind})`;
      const place =
        ask.succeeds === undefined ? '' : `, in the place of ${ask.succeeds}, which is revoked`;
      return `Let in ${name}, fingerprint ${ask.fingerprint}${place}.`;
    }
    case 'revoke':
      return `Revoke, for ever, the box with the fingerprint ${ask.fingerprint}.`;
    case 'operator':
      return 'The operator’s own next record; with the key named as next, that key takes over for ever.';
  }
}

interface SignOptions {
  readonly key: string;
  readonly output: string;
  readonly following: string | undefined;
}

async function carryOut(asked: Ask, { key, output, following }: SignOptions): Promise<LetIn> {
  const client = writingTo(output);
  if (asked.sign === 'erase') {
    const pen = await openOperatorPen(key);
    await client.bring(...signErasures(asked.ask, pen));
    const count = countOf(asked.ask.readings.length);
    const text = `Signed: ${count} go when ${output} is brought: sigill cloud bring FILE ${output}`;
    return { facts: {}, text };
  }
  if (asked.sign === 'operator') return signSuccession(client, asked.ask, key, following);
  const { overview, fingerprint } = asked.ask;
  const signing = { client, overview, keyFile: key };
  if (asked.sign === 'revoke') return putOut(signing, fingerprint);
  const box = boxIn(overview, fingerprint);
  return box === undefined ? stayIn(signing, fingerprint) : letIn(signing, box, asked.ask);
}

const boxIn = ({ waiting }: Overview, fingerprint: string) =>
  waiting.find((box) => box.fingerprint === fingerprint);

/** All in one file, which `bring` and the operator's page take. */
function writingTo(output: string): Pick<SignersCloud, 'bring'> {
  return {
    async bring(...signed) {
      await writeNewFile(output, formatSigned(signed));
      return [output];
    },
  };
}
