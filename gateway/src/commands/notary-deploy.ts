/**
 * `sigill notary deploy`
 * @module
 */
import { formatAddress, formatPolicy, parsePolicy } from '@sigill/evidence';
import type { Command, CommandIo } from '@sigill/firmware-bridge';
import type { GatewayError } from '../errors.ts';
import { readGivenText } from '../read-given.ts';
import { systemTimers } from '../timers.ts';
import { exitCodeOf } from './exit-code.ts';
import { usage } from './init-arguments.ts';

const help = `
Usage: npx sigill notary deploy FILE

Puts the anchor log that the policy names on its chain: by CREATE2 through the factory that the chain's
profile pins, so that the address follows from code and accounts and nobody can put anything else there.
The account in keys/anchor.json pays. Doing it again finds it there and pays nothing. Prints the address
and the policy to give to whoever shall verify.

  FILE    notary.yaml

Exit: 0 it stands, 2 usage, 3 the chain could not be reached or refused.
`;

export const notaryDeploy: Command = {
  name: 'notary deploy',
  summary: 'put the anchor log on its chain; again changes nothing',
  help,
  run,
};

const WEI_PER_GWEI = 10n ** 9n;
const POLL_MS = 4_000;
const PATIENCE_MS = 10 * 60_000;
const RPC_TIMEOUT_MS = 30_000;

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    const [file, ...more] = args;
    if (file === undefined || file.startsWith('-') || more.length > 0)
      throw usage('one file is expected: sigill notary deploy notary.yaml');
    io.stdout.write(await deploy(file));
    return 0;
  } catch (error) {
    const code = exitCodeOf(error);
    if (code === null) throw error;
    const { code: name, message } = error as GatewayError;
    io.stderr.write(`sigill notary deploy: ${name}: ${message}\n`);
    return code;
  }
}

async function deploy(file: string): Promise<string> {
  const { parseNotaryConfig } = await import('../notary-service/notary-config.ts');
  const config = parseNotaryConfig(readGivenText(file), file);
  const policy = parsePolicy(readGivenText(config.policy).trimEnd());
  const { ledger: named } = policy;
  if (named === null)
    throw usage(`${config.policy} names no ledger; sigill notary init writes one`);
  const contract = formatAddress(named.contract);
  const tail = `Policy        ${formatPolicy(policy)}\n`;
  if (config.ledger.kind !== 'evm')
    return `Anchor log    ${contract}, made with the development chain when the notary runs\n${tail}`;
  const { openSigner } = await import('../open-ledger.ts');
  const { createJsonRpc } = await import('../ledger/json-rpc.ts');
  const { deployAnchorLog } = await import('../ledger/deploy-anchor-log.ts');
  const { created } = await deployAnchorLog({
    rpc: createJsonRpc(config.ledger.rpc[0] ?? '', RPC_TIMEOUT_MS),
    ...{ chainId: named.chainId, profile: named.profile, timers: systemTimers },
    roles: { operator: named.operator, guardian: named.guardian },
    signer: await openSigner(config.ledger.account),
    feeCap: BigInt(config.ledger.maxFeeGwei) * WEI_PER_GWEI,
    ...{ pollMs: POLL_MS, patienceMs: PATIENCE_MS },
  });
  return `Anchor log    ${contract}, ${created ? 'made now' : 'was there already'}\n${tail}`;
}
