/** `sigill register succeed` */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { equalBytes } from '@sigill/evidence';
import type { Command, CommandIo } from '../command.ts';
import { CloudError } from '../errors.ts';
import { writeNewFile } from '../init/new-file.ts';
import type { OperatorAsk } from '../operator/ask-file.ts';
import {
  newestOperatorRecord,
  nextOperatorRecord,
  readSuccessor,
  readWitnessKeys,
} from '../operator/next-operator-record.ts';
import { keyFingerprint, openOperatorPen } from '../operator/sign-record.ts';
import { readKeyFile } from '../witness/key-file.ts';
import { asCommand, readArguments } from './arguments.ts';
import { writeAsk } from './ask.ts';
import type { LetIn } from './let-in.ts';
import { enterAsSigner, type SignersCloud } from './signer.ts';

const help = `
Usage: npx sigill register succeed FILE --key NEXT [--witness VKEY]... [--successor CHAIN:ADDRESS]
       npx sigill register succeed FILE --key KEY --witness VKEY... | --successor CHAIN:ADDRESS
       npx sigill register succeed --cloud URL --link LINK --key NEXT
       npx sigill register succeed FILE --ask ASK

Signs the operator’s own next record and brings it to the running cloud. With the key that the record in
force names as next (keys/operator-next.pem of cloud init), that key takes over, for ever, and another is
made and named to follow it one day. With the key in force, only what is given changes. Gateways, agents
and the notary take the record up by themselves; a policy still names the first key, and needs no change.

  --key FILE            the key that signs
  --following FILE      the key to be named next; else operator-next-REV.pem beside the key, made if it is
                        not there. Copy it to a safe place
  --witness VKEY        a cosigner that the operator runs itself; given once or more, these are all of them
  --successor CHAIN:ADDRESS
                        the contract that anchors will go to
  --ask ASK             sign nothing: write what is to be signed to ASK, for sigill register sign
  --cloud, --link, --certificate
                        as sigill cloud operator-link prints them
  --json                what was done, as JSON

Exit: 0 done, 1 the cloud refuses it, 2 usage, 3 a key is not the right one, or the cloud does not answer.
`;

export const registerSucceed: Command = asCommand(
  'register succeed',
  'change the operator’s key, witnesses or contract',
  help,
  succeed,
);

const OPTIONS = {
  key: { type: 'string' },
  following: { type: 'string' },
  witness: { type: 'string', multiple: true },
  successor: { type: 'string' },
  ask: { type: 'string' },
  cloud: { type: 'string' },
  link: { type: 'string' },
  certificate: { type: 'string' },
  json: { type: 'boolean' },
} as const;

async function succeed(args: readonly string[], io: CommandIo): Promise<void> {
  const { values, positionals } = readArguments(args, OPTIONS);
  const { ask: askFile, key, following } = values;
  const wanted = {
    witnesses: readWitnessKeys(values.witness),
    successor: readSuccessor(values.successor),
  };
  const { client } = await enterAsSigner(positionals[0], values, io);
  try {
    const { chain } = (await client.overview()).cloud;
    const ask = { ...wanted, chain };
    if (askFile !== undefined) return await writeAsk(askFile, { sign: 'operator', ask }, io);
    const { facts, text } = await signSuccession(client, ask, key, following);
    io.stdout.write(values.json === true ? `${JSON.stringify(facts)}\n` : `${text}\n`);
  } finally {
    await client.leave();
  }
}

/** @throws CloudError USAGE, OPERATOR_KEY_WRONG, RECORD_SIGNED */
export async function signSuccession(
  client: Pick<SignersCloud, 'bring'>,
  ask: OperatorAsk,
  keyFile: string | undefined,
  given: string | undefined,
): Promise<LetIn> {
  if (keyFile === undefined)
    throw new CloudError(
      'USAGE',
      '--key FILE is missing: the key named as next, or the one in force',
    );
  const last = newestOperatorRecord(ask.chain);
  const pen = await openOperatorPen(keyFile);
  const takesOver = !equalBytes(pen.publicKey, last.record.key);
  const rev = last.record.rev + 1;
  if (!takesOver && ask.witnesses === null && ask.successor === null && given === undefined)
    throw new CloudError(
      'USAGE',
      'this is the key in force, and nothing else is to change: sign with the key named as next (keys/operator-next.pem), or give --witness, --successor or --following',
    );
  // Checked before a key is made: a wrong one leaves nothing behind.
  nextOperatorRecord(last, pen.publicKey, takesOver ? last.record.key : null, ask);
  const usual = join(dirname(keyFile), `operator-next-${rev}.pem`);
  const path = given ?? (takesOver ? usual : null);
  const following = path === null ? null : await followingKey(path);
  const record = nextOperatorRecord(last, pen.publicKey, following, ask);
  const [written] = await client.bring(await pen.succeed(record));
  const fingerprint = keyFingerprint(pen.publicKey);
  const done = takesOver
    ? `The operator’s key is ${fingerprint} now, revision ${rev}; the one before signs nothing any more. ${path} is named to follow it: copy it to a safe place. Where cloud.yaml has operator.key, name ${keyFile} there.`
    : `The operator’s record is signed anew, revision ${rev}.`;
  const when =
    written === undefined
      ? ''
      : `\nFrom when ${written} was brought: sigill cloud bring FILE ${written}`;
  return { facts: { rev, key: fingerprint, following: path }, text: `${done}${when}` };
}

/** Made where it is not there: interrupted and tried again, it is the same. */
async function followingKey(path: string): Promise<Uint8Array> {
  if (!existsSync(path)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    await writeNewFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600);
  }
  return (await readKeyFile(path)).publicKey;
}
