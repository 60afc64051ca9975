/** For tests: an AnchorLog on a chain of its own, driven through plain transactions. */
import {
  type AnchorLeaf,
  anchorLeafHash,
  anchorLogAddress,
  anchorLogInitCode,
  findChainProfile,
  formatAddress,
  fromHex,
  parseAddress,
} from '@sigill/evidence';
import { Interface } from 'ethers';
import { type Anvil, startAnvil } from '../src/ledger/anvil.ts';
import artifact from './AnchorLog.json' with { type: 'json' };

const profile = findChainProfile('development')!;
export const contractInterface = new Interface(artifact.abi);

export interface Receipt {
  readonly status: string;
  readonly gasUsed: number;
  readonly blockNumber: string;
  readonly logs: readonly { readonly topics: string[]; readonly data: string }[];
}

/** Accounts 0 to 2 are unlocked and rich; account 0 is the operator, 1 the guardian, 2 a stranger. */
export async function startContract() {
  const anvil = await startAnvil([
    '--chain-id',
    String(profile.chainId),
    '--hardfork',
    'prague',
    '--accounts',
    '3',
    '--no-mining',
  ]);
  const [operator, guardian, stranger] = await anvil.call<[string, string, string]>('eth_accounts');
  const roles = { operator: parseAddress(operator), guardian: parseAddress(guardian) };
  const contract = anchorLogAddress(parseAddress(profile.factory), roles);
  const to = formatAddress(contract);
  const creation = await send(
    anvil,
    operator,
    profile.factory,
    `0x${'00'.repeat(32)}${hex(anchorLogInitCode(roles)).slice(2)}`,
  );
  const leaves: Uint8Array[] = [];

  return {
    anvil,
    contract,
    operator,
    guardian,
    stranger,
    creation,
    /** The leaves appended through `append`, hashed by evidence. */
    leaves,
    send: (from: string, name: string, ...args: unknown[]) =>
      send(anvil, from, to, contractInterface.encodeFunctionData(name, args)),
    async view(name: string, ...args: unknown[]) {
      const data = contractInterface.encodeFunctionData(name, args);
      return contractInterface.decodeFunctionResult(
        name,
        await anvil.call('eth_call', { to, data }, 'latest'),
      );
    },
    async append(rollRoot: Uint8Array, slots: number, peaks: readonly Uint8Array[]) {
      const data = contractInterface.encodeFunctionData('anchor', [rollRoot, slots, peaks]);
      const receipt = await send(anvil, operator, to, data);
      const block = await anvil.call<{ timestamp: string; parentHash: string }>(
        'eth_getBlockByNumber',
        receipt.blockNumber,
        false,
      );
      const leaf: AnchorLeaf = {
        chainId: profile.chainId!,
        contract,
        index: leaves.length,
        rollRoot,
        slots,
        blockNumber: Number(receipt.blockNumber),
        blockTime: Number(block.timestamp),
        parentHash: fromHex(block.parentHash.slice(2)),
      };
      leaves.push(anchorLeafHash(leaf));
      return { leaf, receipt };
    },
    setSlot: (slot: number, value: string) =>
      anvil.call('anvil_setStorageAt', to, word(slot), value),
    /** How the contract packs slot 1. */
    packHead: (size: number, lastBlock: number) =>
      word((BigInt(lastBlock) << 208n) | (BigInt(size) << 160n) | BigInt(operator)),
  };
}

/** A transaction that went through, or the name of the error it was refused with. */
async function send(anvil: Anvil, from: string, to: string, data: string): Promise<Receipt> {
  const call = { from, to, data };
  try {
    await anvil.call('eth_call', call, 'latest');
  } catch (error) {
    throw new Error(revertName((error as Error).cause));
  }
  const hash = await anvil.call('eth_sendTransaction', call);
  await anvil.call('evm_mine');
  const receipt = await anvil.call<Omit<Receipt, 'gasUsed'> & { gasUsed: string }>(
    'eth_getTransactionReceipt',
    hash,
  );
  if (receipt.status !== '0x1') throw new Error('reverted in a block');
  return { ...receipt, gasUsed: Number(receipt.gasUsed) };
}

function revertName(cause: unknown): string {
  const data = (cause as { data?: string }).data ?? '0x';
  return contractInterface.parseError(data)?.name ?? `unknown error ${data}`;
}

export function word(value: number | bigint): string {
  return `0x${value.toString(16).padStart(64, '0')}`;
}

export function hex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString('hex')}`;
}
