/**
 * `sigill gateway init`
 * @module
 */
import { join } from 'node:path';
import { describeBox } from '@sigill/edge';
import { boxFingerprint } from '@sigill/evidence';
import type { Command, CommandIo } from '@sigill/firmware-bridge';
import {
  type AloneOptions,
  type EnrolledOptions,
  initBox,
  initGateway,
  type MadeGateway,
} from '../init/init-gateway.ts';
import { exitCodeOf } from './exit-code.ts';
import { readInitOptions } from './init-arguments.ts';

const help = `
Usage: npx sigill gateway init [DIR] --name NAME [--source NAME=DRIVER:PLACE]… [options]
       npx sigill gateway init [DIR] --name NAME --origin ORIGIN [options]

Without --origin: makes the keys and gateway.yaml of a box that an operator will let in, shows its
fingerprint, and says how to ask: sigill gateway enroll. With --origin: a gateway alone, with a new
operator of its own, its records and the policy that verifiers need, ready for: sigill gateway run
DIR/gateway.yaml. Overwrites nothing.

  --name NAME           what people call it: lower-case letters, digits, . _ -
  --source NAME=DRIVER:PLACE
                        a device; PLACE is a device file or host:port; may be repeated
  --ledger none|development
                        where anchors go (default none); development is a chain of this machine's own
  --account FILE        to be let in, with --ledger development: keys/anchor.json of the cloud on
                        this machine
  --json                tell what was made as JSON

A gateway alone:
  --origin ORIGIN       what its log is called for ever, such as example.org/site-17;
                        like a web address without its scheme, and without names of persons
  --cloud URL           where batches go; plain HTTP for a cloud on this machine (cloud.yaml is
                        made for it), else https, whose certificate is pinned as it is seen now
  --certificate PIN     the certificate to expect instead: sha256/…
  --witness VKEY        the key that cloud cosigns with, as it names itself; the operator's record
                        names it as its own, so that a verdict says so; may be repeated
`;

export const gatewayInit: Command = {
  name: 'gateway init',
  summary: 'make the keys, records and configuration of a new gateway',
  help,
  run,
};

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    const { box, alone, asJson } = await readInitOptions(args, io);
    io.stdout.write(box === null ? await makeAlone(alone, asJson) : makeBox(box, asJson));
    return 0;
  } catch (error) {
    const code = exitCodeOf(error);
    if (code === null) throw error;
    io.stderr.write(`sigill gateway init: ${(error as Error).message}\n`);
    return code;
  }
}

async function makeAlone(options: AloneOptions, asJson: boolean): Promise<string> {
  const made = await initGateway(options);
  const { directory } = options;
  return asJson ? `${JSON.stringify({ directory, ...made })}\n` : describe(options, made);
}

function makeBox(options: EnrolledOptions, asJson: boolean): string {
  const { files, ...keys } = initBox(options);
  const { directory } = options;
  const fingerprint = boxFingerprint(keys);
  if (asJson) return `${JSON.stringify({ directory, files, fingerprint })}\n`;
  return `Made in ${directory}
${files.map((file) => `  ${file}`).join('\n')}

${describeBox(keys)}
Next, with the address and the code that the operator gives you:
  npx sigill gateway enroll URL CODE ${directory}
`;
}

function describe({ directory, cloud, ledger }: AloneOptions, made: MadeGateway): string {
  const at = (file: string) => join(directory, file);
  const next = [
    `Move ${at('keys/operator.pem')} and ${at('keys/operator-next.pem')} to a safe place off this machine; a gateway runs without them.`,
    ...(ledger === 'none' ? [] : [`So too ${at('keys/guardian.json')} and its password.`]),
    `Give ${at('policy.json')} to whoever shall verify; compare the operator key's fingerprint with them.`,
    ...(made.hasCloudFile ? [`npx sigill cloud run ${at('cloud.yaml')}`] : []),
    ...(cloud !== null && !made.hasCloudFile
      ? [
          `Bring operator.record, slot-1.record and policy.json to the cloud (records and policy in its cloud.yaml).`,
        ]
      : []),
    `npx sigill gateway run ${at('gateway.yaml')}`,
  ];
  return `Made in ${directory}
${made.files.map((file) => `  ${file}`).join('\n')}

Operator key  ${made.fingerprint}
${cloud?.pin ? `Cloud         ${cloud.url.origin}, pinned to ${cloud.pin}\n` : ''}
Next
${next.map((step, index) => `  ${index + 1}. ${step}`).join('\n')}
`;
}
