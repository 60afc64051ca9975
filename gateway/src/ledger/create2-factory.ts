/**
 * The factory that makes anchor logs, the deterministic deployment proxy: it stands on most public chains, and on any
 * other one transaction puts it there. Nobody has that transaction's key: its signature was chosen, not made.
 * @module
 */
import type { ChainProfile } from '@sigill/evidence';
import { keccak256 } from 'ethers';
import type { JsonRpc } from './json-rpc.ts';
import { LedgerError } from './ledger-error.ts';

/** From the account below, for 100,000 gas at 100 gwei each: 69 bytes of code, signed for no chain in particular. */
const TRANSACTION =
  '0xf8a58085174876e800830186a08080b853604580600e600039806000f350fe' +
  '7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0' +
  '3601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3' +
  `1ba0${'22'.repeat(32)}a0${'22'.repeat(32)}`;
const PAYER = '0x3fab184622dc19b6109349b94811493bf2a45362';
const PRICE = 10n ** 16n;

/** Whether it stands. Where it does not, its transaction is sent, if somebody has paid for it. @throws LedgerError LEDGER_NO_FACTORY */
export async function bringFactory(
  rpc: JsonRpc,
  profile: Pick<ChainProfile, 'id' | 'factory' | 'factoryCodeHash'>,
): Promise<boolean> {
  const code = await rpc.call<string>('eth_getCode', profile.factory, 'latest');
  if (keccak256(code) === profile.factoryCodeHash) return true;
  if (code !== '0x') throw missing(profile, 'lies other code');
  const paid = BigInt(await rpc.call<string>('eth_getBalance', PAYER, 'latest'));
  if (paid < PRICE)
    throw missing(
      profile,
      `lies nothing; put it into the genesis block, or send 0.01 coins to ${PAYER} and do this again`,
    );
  await rpc.call('eth_sendRawTransaction', TRANSACTION).catch((cause: Error) => {
    // A node may have it already; others take only transactions that name their chain.
    if (!/known|imported/i.test(cause.message))
      throw missing(profile, `lies nothing, and the node refuses it: ${cause.message}`, cause);
  });
  return false;
}

function missing(
  { id, factory }: Pick<ChainProfile, 'id' | 'factory'>,
  what: string,
  cause?: Error,
): LedgerError {
  return new LedgerError(
    'LEDGER_NO_FACTORY',
    `at ${factory}, where profile ${id} has its factory, ${what}; without it the log would have another address than verifiers compute`,
    { cause },
  );
}
