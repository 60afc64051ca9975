/**
 * The transaction that appends an anchor, and its replacements: other fees, the same nonce and calldata.
 * The contract computes the leaf when it runs, so whichever of them is mined appends the same anchor.
 * @module
 */
import { formatAddress } from '@sigill/evidence';
import { Transaction } from 'ethers';
import type { AnchorChain } from './anchor-chain.ts';
import { anchorLogInterface } from './chain-reader.ts';
import { type Fees, type Offer, raiseFees, readFees } from './fees.ts';
import type { JsonRpc } from './json-rpc.ts';
import { LedgerError } from './ledger-error.ts';
import { type Signer, signExactly } from './signer.ts';

export interface AnchorCall {
  readonly rollRoot: Uint8Array;
  readonly slots: number;
  /** Of the log it is appended to, largest first. */
  readonly peaks: readonly Uint8Array[];
}

export interface Account extends AnchorChain {
  readonly signer: Signer;
  /** The most it may offer, in wei per gas. */
  readonly feeCap: bigint;
}

// Between estimate and block the code path is the same: the log grows by our own anchors only.
const GAS_MARGIN_PERCENT = 120n;

/** @throws LedgerError LEDGER_NOT_OPERATOR, LEDGER_REFUSED when the contract would revert, SIGNER_… */
export async function signAnchor(
  account: Account,
  call: AnchorCall,
  nonce: number,
): Promise<string> {
  const { rpc, signer, chainId } = account;
  const to = formatAddress(account.contract);
  const data = anchorLogInterface.encodeFunctionData('anchor', [
    call.rollRoot,
    call.slots,
    call.peaks,
  ]);
  const gas = BigInt(await estimateGas(rpc, { from: signer.address, to, data }));
  const gasLimit = (gas * GAS_MARGIN_PERCENT) / 100n;
  const { fees } = await readFees(rpc, account.feeCap);
  return signExactly(signer, { ...fees, chainId, nonce, to, data, gasLimit });
}

export interface Raised {
  /** The same transaction with fees high enough to take its place; null when there is no room for them. */
  readonly signed: string | null;
  readonly offer: Offer;
}

export async function raiseTransaction(account: Account, signed: string): Promise<Raised> {
  const { chainId, nonce, to, data, gasLimit } = Transaction.from(signed);
  const offer = await readFees(account.rpc, account.feeCap);
  const fees = raiseFees(feesOf(signed), offer.fees, account.feeCap);
  if (fees === null) return { signed: null, offer };
  const fields = { chainId: Number(chainId), nonce, to: String(to), data, gasLimit };
  return { signed: await signExactly(account.signer, { ...fees, ...fields }), offer };
}

export function feesOf(signed: string): Fees {
  const { type, gasPrice, maxFeePerGas, maxPriorityFeePerGas } = Transaction.from(signed);
  return type === 0
    ? { type, gasPrice: gasPrice ?? 0n }
    : {
        type: 2,
        maxFeePerGas: maxFeePerGas ?? 0n,
        maxPriorityFeePerGas: maxPriorityFeePerGas ?? 0n,
      };
}

export function transactionHash(signed: string): string {
  return Transaction.from(signed).hash as string;
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
