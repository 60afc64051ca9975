/**
 * Who signs for the account that anchors: a key in a keystore here, or a signer elsewhere. What comes back is decoded
 * and compared field by field, whoever made it, before anything is kept or sent.
 * @module
 */
import { Transaction } from 'ethers';
import type { Fees } from './fees.ts';
import { LedgerError } from './ledger-error.ts';

/** All that a transaction of ours says; it carries no money and no access list. */
export type TransactionFields = Fees & {
  readonly chainId: number;
  readonly nonce: number;
  readonly to: string;
  readonly data: string;
  readonly gasLimit: bigint;
};

export interface Signer {
  /** 0x… of the account. */
  readonly address: string;
  /** The signed transaction, 0x…. @throws LedgerError SIGNER_UNREACHABLE, SIGNER_REFUSED */
  signTransaction(fields: TransactionFields): Promise<string>;
}

/** @throws LedgerError SIGNER_DISAGREES when the signer has signed something else, or as somebody else */
export async function signExactly(signer: Signer, fields: TransactionFields): Promise<string> {
  const signed = await signer.signTransaction(fields);
  const difference = differenceOf(signed, signer.address, fields);
  if (difference === null) return signed;
  throw new LedgerError(
    'SIGNER_DISAGREES',
    `the signer of ${signer.address} has signed something else: ${difference}`,
  );
}

function differenceOf(signed: unknown, from: string, fields: TransactionFields): string | null {
  let actual: Transaction;
  try {
    actual = Transaction.from(String(signed));
    if (!actual.isSigned()) return 'no signature';
    // One text per transaction: what is sent is what was compared.
    if (actual.serialized !== signed) return 'not in its one encoding';
  } catch {
    return 'no transaction';
  }
  const expected: Record<string, unknown> = {
    ...{ type: fields.type, chainId: BigInt(fields.chainId), nonce: fields.nonce },
    ...{ to: fields.to, data: fields.data, gasLimit: fields.gasLimit, value: 0n, from },
    ...(fields.type === 0
      ? { gasPrice: fields.gasPrice }
      : {
          maxFeePerGas: fields.maxFeePerGas,
          maxPriorityFeePerGas: fields.maxPriorityFeePerGas,
          accessList: '',
        }),
  };
  for (const [name, value] of Object.entries(expected)) {
    const found = actual[name as keyof Transaction];
    if (textOf(found) !== textOf(value))
      return `${name} ${textOf(found)} instead of ${textOf(value)}`;
  }
  return null;
}

/** Addresses are compared without their checksum, which is in the case of their letters. */
function textOf(value: unknown): string {
  return String(value).toLowerCase();
}
