/**
 * What one node of a chain is asked, to see whether it may be believed.
 * @module
 */
import { type Finality, formatAddress } from '@sigill/evidence';
import { keccak256 } from 'ethers';
import { quantity } from './chain-reader.ts';
import type { JsonRpc } from './json-rpc.ts';
import { LedgerError } from './ledger-error.ts';

export interface Expected {
  readonly chainId: number;
  readonly contract: Uint8Array;
  /** keccak-256 of the contract's code as 0x…; null takes any code. */
  readonly codeHash: string | null;
}

/** `fault` null: it is of this chain, with our contract. */
export async function examineEndpoint(
  rpc: JsonRpc,
  expected: Expected,
): Promise<{ height: number; fault: LedgerError | null }> {
  try {
    const chain = Number(await rpc.call<string>('eth_chainId'));
    if (chain !== expected.chainId)
      throw new LedgerError(
        'LEDGER_WRONG_CHAIN',
        `chain ${expected.chainId} expected, the node is of chain ${chain}`,
      );
    await assertCode(rpc, expected);
    return { height: Number(await rpc.call<string>('eth_blockNumber')), fault: null };
  } catch (error) {
    if (error instanceof LedgerError) return { height: 0, fault: error };
    throw error;
  }
}

/** Null when it does not know the block, or does not answer. */
export async function hashAt(rpc: JsonRpc, blockNumber: number): Promise<string | null> {
  const block = await rpc
    .call<{ hash?: unknown } | null>('eth_getBlockByNumber', quantity(blockNumber), false)
    .catch(() => null);
  return typeof block?.hash === 'string' ? block.hash : null;
}

/** The newest block that it calls final; null when it calls none so, or does not answer. */
export async function finalAt(rpc: JsonRpc, finality: Finality): Promise<number | null> {
  try {
    if (finality.kind === 'tag') {
      const block = await rpc.call<{ number: string } | null>(
        'eth_getBlockByNumber',
        'finalized',
        false,
      );
      return block === null ? null : Number(block.number);
    }
    const latest = Number(await rpc.call<string>('eth_blockNumber'));
    return finality.kind === 'depth' ? latest - finality.blocks : latest;
  } catch {
    return null;
  }
}

async function assertCode(rpc: JsonRpc, { contract, codeHash }: Expected): Promise<void> {
  const address = formatAddress(contract);
  const code = await rpc.call<string>('eth_getCode', address, 'latest');
  if (code === '0x')
    throw new LedgerError('LEDGER_NO_CONTRACT', `no anchor log at ${address} on this chain`);
  if (codeHash !== null && keccak256(code) !== codeHash)
    throw new LedgerError('LEDGER_OTHER_CODE', `at ${address} lies code that is not ours`);
}
