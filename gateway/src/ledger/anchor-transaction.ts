/**
 * The transaction that appends an anchor, and its replacements: other fees, the same nonce and calldata.
 * The contract computes the leaf when it runs, so whichever of them is mined appends the same anchor.
 * @module
 */
import { formatAddress } from '@sigill/evidence';
import { Transaction, type Wallet } from 'ethers';
import { anchorLogInterface, quantity } from './chain-reader.ts';
import type { JsonRpc } from './json-rpc.ts';
import { LedgerError } from './ledger-error.ts';

export interface AnchorCall {
  readonly rollRoot: Uint8Array;
  readonly slots: number;
  /** Of the log it is appended to, largest first. */
  readonly peaks: readonly Uint8Array[];
}

export interface Account {
  readonly rpc: JsonRpc;
  readonly wallet: Pick<Wallet, 'address' | 'signTransaction'>;
  readonly chainId: number;
  readonly contract: Uint8Array;
}

// Nodes ask for 10 to 13 percent more before they replace a transaction, some for more.
const BUMP_PERCENT = 125n;
// Between estimate and block the code path is the same: the log grows by our own anchors only.
const GAS_MARGIN_PERCENT = 120n;

/** @throws LedgerError LEDGER_NOT_OPERATOR, LEDGER_REFUSED when the contract would revert */
export async function signAnchor(
  account: Account,
  call: AnchorCall,
  nonce: number,
): Promise<string> {
  const { rpc, wallet, chainId } = account;
  const to = formatAddress(account.contract);
  const data = anchorLogInterface.encodeFunctionData('anchor', [
    call.rollRoot,
    call.slots,
    call.peaks,
  ]);
  const gas = BigInt(await estimateGas(rpc, { from: wallet.address, to, data }));
  const gasLimit = (gas * GAS_MARGIN_PERCENT) / 100n;
  return wallet.signTransaction({
    type: 2,
    chainId,
    nonce,
    to,
    data,
    gasLimit,
    ...(await readFees(rpc)),
  });
}

/** The same transaction with fees high enough to take its place. */
export async function raiseFees(account: Account, signed: string): Promise<string> {
  const { type, chainId, nonce, to, data, gasLimit, ...old } = Transaction.from(signed).toJSON();
  const now = await readFees(account.rpc);
  const fees = {
    maxFeePerGas: larger(raised(old.maxFeePerGas), now.maxFeePerGas),
    maxPriorityFeePerGas: larger(raised(old.maxPriorityFeePerGas), now.maxPriorityFeePerGas),
  };
  return account.wallet.signTransaction({ type, chainId, nonce, to, data, gasLimit, ...fees });
}

export function transactionHash(signed: string): string {
  return Transaction.from(signed).hash as string;
}

interface Fees {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

/** Twice the base fee: it can rise by an eighth per block, so this lasts for six full blocks. */
async function readFees(rpc: JsonRpc): Promise<Fees> {
  const block = await rpc.call<{ baseFeePerGas?: string }>('eth_getBlockByNumber', 'latest', false);
  const tip = BigInt(await rpc.call<string>('eth_maxPriorityFeePerGas'));
  return { maxPriorityFeePerGas: tip, maxFeePerGas: 2n * BigInt(block.baseFeePerGas ?? 0) + tip };
}

async function estimateGas(
  rpc: JsonRpc,
  call: { from: string; to: string; data: string },
): Promise<string> {
  try {
    return await rpc.call<string>('eth_estimateGas', call);
  } catch (error) {
    const data = ((error as Error).cause as { data?: unknown } | undefined)?.data;
    const name = typeof data === 'string' ? anchorLogInterface.parseError(data)?.name : undefined;
    if (name === undefined) throw error;
    if (name === 'NotOperator')
      throw new LedgerError(
        'LEDGER_NOT_OPERATOR',
        `the anchor log ${call.to} does not take anchors from ${call.from}: its operator was replaced, or it is frozen`,
        { cause: error },
      );
    throw new LedgerError('LEDGER_REFUSED', `the anchor log refuses: ${name}`, {
      cause: error,
      retryable: true,
    });
  }
}

function raised(fee: string | null): bigint {
  return (BigInt(fee ?? quantity(0)) * BUMP_PERCENT) / 100n + 1n;
}

function larger(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}
