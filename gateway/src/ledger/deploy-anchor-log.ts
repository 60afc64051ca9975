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
  await assertFactory(rpc, profile);
  const refusal = await send(parts);
  const giveUpAt = parts.timers.now() + parts.patienceMs;
  while (!(await isThere(rpc, contract, roles))) {
    if (parts.timers.now() >= giveUpAt)
      throw new LedgerError(
        'LEDGER_DEPLOY_FAILED',
        `no anchor log at ${formatAddress(contract)} after ${parts.patienceMs / 1000} s${refusal === null ? '' : `: ${refusal.message}`}; doing it again goes on`,
        { cause: refusal, retryable: true },
      );
    await parts.timers.wait(parts.pollMs, new AbortController().signal);
  }
  return { contract, created: true };
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

async function assertFactory(rpc: JsonRpc, profile: DeployParts['profile']): Promise<void> {
  const code = await rpc.call<string>('eth_getCode', profile.factory, 'latest');
  if (keccak256(code) === profile.factoryCodeHash) return;
  throw new LedgerError(
    'LEDGER_NO_FACTORY',
    `at ${profile.factory} ${code === '0x' ? 'lies nothing' : 'lies other code'}, where profile ${profile.id} has its factory: without it the log would have another address than verifiers compute`,
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
