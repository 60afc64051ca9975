/**
 * `sigill notary init`
 * @module
 */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type ChainProfile, findChainProfile, toHex } from '@sigill/evidence';
import type { Command, CommandIo } from '@sigill/firmware-bridge';
import type { GatewayError } from '../errors.ts';
import type { MadeNotary, NewChain, NotaryLedger } from '../notary-service/init-notary.ts';
import { readGivenText } from '../read-given.ts';
import { systemTimers } from '../timers.ts';
import { createHttpClient } from '../uplink/http-client.ts';
import { exitCodeOf } from './exit-code.ts';
import { readCloud, required, usage } from './init-arguments.ts';

const help = `
Usage: npx sigill notary init DIR --cloud URL --ledger development --account FILE
       npx sigill notary init DIR --cloud URL --rpc URL… [--account FILE]
       npx sigill notary init DIR --cloud URL --rpc URL… --chain PROFILE --guardian 0x…

Makes what a notary needs: policy and records are fetched from the cloud and checked against each
other, the account that anchors is made or taken over, and notary.yaml written. Overwrites nothing.
The third form is for an operator whose policy names no ledger yet: it shows the policy to give on.

  --cloud URL           the operator's cloud; its certificate is pinned as it is seen now
  --certificate PIN     the certificate to expect instead: sha256/…
  --policy FILE         the policy, from the operator's own hand; else the cloud's is taken, and its
                        fingerprint is to be compared
  --account FILE        keystore of the account that anchors, which the policy names, such as
                        keys/anchor.json of the cloud; its password lies beside it
  --ledger development  a chain of this machine's own, run by the notary
  --rpc URL             a node of the ledger; may be repeated
  --chain PROFILE       ethereum or besu-qbft
  --chain-id N          where the profile leaves it open
  --guardian 0x…        the account that may only rotate or freeze: its key belongs elsewhere
  --validator 0x…       who seals the blocks of a besu-qbft chain; one for each
  --json                tell what was made as JSON
`;

export const notaryInit: Command = {
  name: 'notary init',
  summary:
    'make the account and configuration of a notary that anchors all gateways of an operator',
  help,
  run,
};

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    const { values, positionals } = parse(args);
    const [directory, ...more] = positionals;
    if (directory === undefined || more.length > 0) throw usage('one directory is expected');
    const written = required('cloud', values.cloud);
    const cloud = await readCloud(written, values.certificate, io);
    const ledger = readLedgerChoice(values);
    const { initNotary } = await import('../notary-service/init-notary.ts');
    const { fetchRegister } = await import('../notary-service/fetch-register.ts');
    const pin =
      cloud.pin === null ? null : Buffer.from(cloud.pin.slice('sha256/'.length), 'base64');
    const http = createHttpClient(cloud.url, pin && Uint8Array.from(pin));
    const fetched = await fetchRegister(http, systemTimers, io.signal).finally(() => http.close());
    const made = await initNotary({
      ...{ directory: resolve(directory), cloud, ledger, records: fetched.records },
      policy: values.policy === undefined ? fetched.policy : readGivenText(values.policy),
      account: values.account ?? null,
    });
    io.stdout.write(values.json === true ? asJson(made) : describe(resolve(directory), made));
    return 0;
  } catch (error) {
    const code = exitCodeOf(error);
    if (code === null) throw error;
    const { code: name, message } = error as GatewayError;
    io.stderr.write(`sigill notary init: ${name}: ${message}\n`);
    return code;
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        cloud: { type: 'string' },
        certificate: { type: 'string' },
        policy: { type: 'string' },
        account: { type: 'string' },
        ledger: { type: 'string' },
        rpc: { type: 'string', multiple: true },
        chain: { type: 'string' },
        'chain-id': { type: 'string' },
        guardian: { type: 'string' },
        validator: { type: 'string', multiple: true },
        json: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw usage((error as Error).message);
  }
}

type Values = ReturnType<typeof parse>['values'];

function readLedgerChoice(values: Values): NotaryLedger {
  const { ledger, rpc = [] } = values;
  if (ledger === 'development' && rpc.length === 0) return { kind: 'development' };
  if (ledger !== undefined || rpc.length === 0)
    throw usage('say where it anchors: --ledger development, or --rpc URL of a node');
  const wrong = rpc.find((url) => !/^https?:\/\/./.test(url) || !URL.canParse(url));
  if (wrong !== undefined)
    throw usage(`--rpc ${wrong}: write an address such as http://127.0.0.1:8545`);
  return { kind: 'evm', rpc, chain: readChain(values) };
}

function readChain(values: Values): NewChain | null {
  if (values.chain === undefined && values.guardian === undefined) return null;
  const profile = findChainProfile(values.chain ?? '');
  if (profile === undefined)
    throw usage(`--chain ${values.chain ?? ''}: write ethereum or besu-qbft`);
  const validators = [...(values.validator ?? [])].map(readAddress('validator')).sort();
  if (profile.seals !== null && validators.length === 0)
    throw usage('--validator is missing: verifiers count the seals of those who are named');
  return {
    ...{ profile, validators, chainId: readChainId(profile, values['chain-id']) },
    guardian: readAddress('guardian')(required('guardian', values.guardian)),
  };
}

function readChainId({ chainId, id }: ChainProfile, written: string | undefined): number {
  const given = written === undefined ? null : Number(written);
  if (given !== null && (!Number.isSafeInteger(given) || given < 1))
    throw usage(`--chain-id ${written}: write a number`);
  const number = given ?? chainId;
  if (number === null) throw usage(`--chain-id is missing: each ${id} network has its own`);
  if (chainId !== null && number !== chainId)
    throw usage(`--chain-id ${number}: ${id} has ${chainId}`);
  return number;
}

function readAddress(option: string) {
  return (written: string): string => {
    if (/^0x[0-9a-fA-F]{40}$/.test(written)) return written.toLowerCase();
    throw usage(`--${option} ${written}: write 0x and 40 digits`);
  };
}

function asJson({ operator, ...made }: MadeNotary): string {
  return `${JSON.stringify({ ...made, operator: toHex(operator) })}\n`;
}

function describe(directory: string, made: MadeNotary): string {
  const at = (file: string) => join(directory, file);
  const fingerprint = (toHex(made.operator).slice(0, 16).match(/.{4}/g) ?? []).join(' ');
  const next = [
    'Compare the operator key’s fingerprint with the operator; everything rests on it.',
    ...(made.newPolicy === null
      ? []
      : [
          `Give the account ${made.account} some coins for gas, then: npx sigill notary deploy ${at('notary.yaml')}`,
          `Give ${at('policy.json')} to the cloud (policy in cloud.yaml) and to whoever shall verify.`,
        ]),
    `npx sigill notary run ${at('notary.yaml')}`,
  ];
  return `Made in ${directory}
${made.files.map((file) => `  ${file}`).join('\n')}

Operator key  ${fingerprint}
Slots         ${made.slots}
Account       ${made.account}
Anchor log    ${made.contract}
${made.newPolicy === null ? '' : `Policy        ${made.newPolicy}\n`}
Next
${next.map((step, index) => `  ${index + 1}. ${step}`).join('\n')}
`;
}
