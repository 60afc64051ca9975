/**
 * Puts an anchor log on a chain: by CREATE2 through the factory that the chain's profile pins, so that its address
 * follows from code and accounts. Doing it again finds it there and pays nothing.
 * @module
 */
import {
  type AnchorLogRoles,
  anchorLogAddress,
  anchorLogInitCode,
  type ChainProfile,
  formatAddress,
  parseAddress,
  toHex,
} from '@sigill/evidence';
import { keccak256 } from 'ethers';
import type { Timers } from '../timers.ts';
import { anchorLogCodeHash } from './anchor-log-code.ts';
import { bringFactory } from './create2-factory.ts';
import { readFees } from './fees.ts';
import type { JsonRpc } from './json-rpc.ts';
import { LedgerError } from './ledger-error.ts';
import { type Signer, signExactly } from './signer.ts';

export interface DeployParts {
  readonly rpc: JsonRpc;
  readonly chainId: number;
  readonly profile: Pick<ChainProfile, 'id' | 'factory' | 'factoryCodeHash'>;
  readonly roles: AnchorLogRoles;
  /** Of the account that pays: any, since the address does not follow from it. */
  readonly signer: Signer;
  /** In wei per gas. */
  readonly feeCap: bigint;
  readonly timers: Timers;
  readonly pollMs: number;
  /** How long a block is waited for. */
  readonly patienceMs: number;
}

export interface Deployed {
  readonly contract: Uint8Array;
  /** False: it was there. */
  readonly created: boolean;
}

const GAS_MARGIN_PERCENT = 120n;

/** @throws LedgerError LEDGER_WRONG_CHAIN, LEDGER_NO_FACTORY, LEDGER_DEPLOY_FAILED, SIGNER_…, LEDGER_UNREACHABLE */
export async function deployAnchorLog(parts: DeployParts): Promise<Deployed> {
  const { rpc, chainId, profile, roles } = parts;
  const actual = Number(await rpc.call<string>('eth_chainId'));
  if (actual !== chainId)
    throw new LedgerError(
      'LEDGER_WRONG_CHAIN',
      `chain ${chainId} expected, the node is of chain ${actual}`,
    );
  const contract = anchorLogAddress(parseAddress(profile.factory), roles);
  if (await isThere(rpc, contract, roles)) return { contract, created: false };
  const giveUpAt = parts.timers.now() + parts.patienceMs;
  await patiently(parts, giveUpAt, 'its factory', () => bringFactory(rpc, profile));
  const refusal = await send(parts);
  const what = `the anchor log at ${formatAddress(contract)}${refusal === null ? '' : `: ${refusal.message}`}`;
  await patiently(parts, giveUpAt, what, () => isThere(rpc, contract, roles));
  return { contract, created: true };
}

async function patiently(
  { timers, pollMs, patienceMs }: DeployParts,
  giveUpAt: number,
  what: string,
  done: () => Promise<boolean>,
): Promise<void> {
  while (!(await done())) {
    if (timers.now() >= giveUpAt)
      throw new LedgerError(
        'LEDGER_DEPLOY_FAILED',
        `after ${patienceMs / 1000} s no block holds ${what}; doing it again goes on`,
        { retryable: true },
      );
    await timers.wait(pollMs, new AbortController().signal);
  }
}

async function isThere(
  rpc: JsonRpc,
  contract: Uint8Array,
  { guardian }: AnchorLogRoles,
): Promise<boolean> {
  const code = await rpc.call<string>('eth_getCode', formatAddress(contract), 'latest');
  if (code === '0x') return false;
  if (keccak256(code) === anchorLogCodeHash(guardian)) return true;
  throw new LedgerError(
    'LEDGER_DEPLOY_FAILED',
    `at ${formatAddress(contract)} lies code that is not ours: no honest chain has that`,
  );
}

/** What the node said against it, if anything: it may have the same transaction from an earlier try. */
async function send(parts: DeployParts): Promise<LedgerError | null> {
  const { rpc, signer, profile, chainId } = parts;
  const data = `0x${'00'.repeat(32)}${toHex(anchorLogInitCode(parts.roles))}`; // salt 0, then the code
  const call = { from: signer.address, to: profile.factory, data };
  try {
    const gas = BigInt(await rpc.call<string>('eth_estimateGas', call));
    const used = await rpc.call<string>('eth_getTransactionCount', signer.address, 'latest');
    const { fees } = await readFees(rpc, parts.feeCap);
    const signed = await signExactly(signer, {
      ...{ ...fees, chainId, nonce: Number(used), to: profile.factory, data },
      gasLimit: (gas * GAS_MARGIN_PERCENT) / 100n,
    });
    await rpc.call('eth_sendRawTransaction', signed);
    return null;
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'LEDGER_REFUSED') return error;
    throw error;
  }
}
