/**
 * What a transaction offers for its gas: by EIP-1559 where blocks have a base fee, else one price. Never above the cap.
 * @module
 */
import type { JsonRpc } from './json-rpc.ts';
import { LedgerError } from './ledger-error.ts';

/** In wei per gas. */
export type Fees =
  | {
      readonly type: 2;
      readonly maxFeePerGas: bigint;
      readonly maxPriorityFeePerGas: bigint;
    }
  | { readonly type: 0; readonly gasPrice: bigint };

export interface Offer {
  readonly fees: Fees;
  /** What the chain asks, where the cap is below it; else null. */
  readonly beyondCap: bigint | null;
}

// A replacement must offer 10 % more at some nodes, 12.5 % at others; 25 % also gets past those that ask for more.
const BUMP_PERCENT = 125n;
const LEAST_BUMP_PERMILLE = 1125n;

/** Twice the base fee: it can rise by an eighth per block, so this lasts for six full blocks. */
export async function readFees(rpc: JsonRpc, cap: bigint): Promise<Offer> {
  const block = await rpc.call<{ baseFeePerGas?: string }>('eth_getBlockByNumber', 'latest', false);
  if (block.baseFeePerGas === undefined) {
    const price = BigInt(await rpc.call<string>('eth_gasPrice'));
    return {
      fees: { type: 0, gasPrice: lower(price, cap) },
      beyondCap: price > cap ? price : null,
    };
  }
  const base = BigInt(block.baseFeePerGas);
  const tip = await readTip(rpc, base);
  const maxFeePerGas = lower(2n * base + tip, cap);
  const fees = { type: 2, maxFeePerGas, maxPriorityFeePerGas: lower(tip, maxFeePerGas) } as const;
  return { fees, beyondCap: base + tip > cap ? base + tip : null };
}

/** Fees that may replace the old ones: each raised by 12.5 % or more. Null when the cap, or a price of zero, leaves no room. */
export function raiseFees(old: Fees, now: Fees, cap: bigint): Fees | null {
  if (old.type === 0) {
    const gasPrice = raise(old.gasPrice, priceOf(now), cap);
    return gasPrice === null || gasPrice === 0n ? null : { type: 0, gasPrice };
  }
  const asked = now.type === 2 ? now : { maxFeePerGas: now.gasPrice, maxPriorityFeePerGas: 0n };
  const maxFeePerGas = raise(old.maxFeePerGas, asked.maxFeePerGas, cap);
  if (maxFeePerGas === null || maxFeePerGas === 0n) return null;
  const tip = raise(old.maxPriorityFeePerGas, asked.maxPriorityFeePerGas, maxFeePerGas);
  return tip === null ? null : { type: 2, maxFeePerGas, maxPriorityFeePerGas: tip };
}

/** The most it can cost per gas. */
export function priceOf(fees: Fees): bigint {
  return fees.type === 0 ? fees.gasPrice : fees.maxFeePerGas;
}

export function formatGwei(wei: bigint): string {
  return `${Number(wei / 1_000_000n) / 1000} gwei`;
}

function raise(old: bigint, now: bigint, cap: bigint): bigint | null {
  const least = ceil(old * LEAST_BUMP_PERMILLE, 1000n);
  if (least > cap) return null;
  return lower(higher(ceil(old * BUMP_PERCENT, 100n), now), cap);
}

/** Nodes that know base fees but not this method tell the price of both together. */
async function readTip(rpc: JsonRpc, base: bigint): Promise<bigint> {
  try {
    return BigInt(await rpc.call<string>('eth_maxPriorityFeePerGas'));
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'LEDGER_REFUSED') throw error;
    return higher(BigInt(await rpc.call<string>('eth_gasPrice')) - base, 0n);
  }
}

function ceil(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}

function lower(left: bigint, right: bigint): bigint {
  return left < right ? left : right;
}

function higher(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}
