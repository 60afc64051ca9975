/**
 * The ledger that a gateway's configuration and policy name. The account is `anchor.json` among its keys
 * unless the configuration names another keystore; what must not be forgotten is under its data.
 * @module
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { formatAddress, type LedgerPolicy } from '@sigill/evidence';
import type { LedgerConfig } from '../config.ts';
import type { Tell } from '../events.ts';
import type { Timers } from '../timers.ts';
import { startDevelopmentNode } from './development-node.ts';
import { openEvmLedger } from './evm-ledger.ts';
import { createJsonRpc } from './json-rpc.ts';
import { openKeystore } from './keystore.ts';
import type { Ledger } from './ledger.ts';
import { LedgerError } from './ledger-error.ts';

export interface ConfiguredLedger {
  readonly config: Exclude<LedgerConfig, { kind: 'none' }>;
  readonly policy: LedgerPolicy;
  /** Existing directories of this gateway. */
  readonly data: string;
  readonly keys: string;
  /** Between anchors. */
  readonly intervalMs: number;
  readonly timers: Timers;
  readonly random: () => number;
  readonly tell: Tell;
}

const RPC_TIMEOUT_MS = 15_000;
const POLL_MS = 12_000; // Ethereum makes a block every 12 s
const DEVELOPMENT_POLL_MS = 500;

/** The keystore that a development ledger's account is in; `createKeystore` makes it. */
export function anchorKeystorePath(keys: string): string {
  return join(keys, 'anchor.json');
}

/** Closing it stops what was started for it. */
export async function openLedger(parts: ConfiguredLedger): Promise<Ledger> {
  const { config, policy, data, keys } = parts;
  const keystore = config.kind === 'evm' ? config.keystore : anchorKeystorePath(keys);
  const wallet = await openKeystore(keystore);
  if (wallet.address.toLowerCase() !== formatAddress(policy.operator))
    throw new LedgerError(
      'LEDGER_NOT_OPERATOR',
      `${keystore} is account ${wallet.address.toLowerCase()}; by the policy ${formatAddress(policy.operator)} anchors`,
    );
  const directory = join(data, 'ledger');
  await mkdir(directory, { recursive: true });
  const { chainId, contract } = policy;
  const common = { ...parts, directory, wallet, chainId, contract };
  if (config.kind === 'development') return openOnDevelopmentNode(common, config.port);

  if (config.contract.toLowerCase() !== formatAddress(contract))
    throw new LedgerError(
      'LEDGER_NO_CONTRACT',
      `ledger.contract is ${config.contract}; by the policy the anchor log is ${formatAddress(contract)}`,
    );
  const rpc = createJsonRpc(config.rpc, RPC_TIMEOUT_MS);
  return openEvmLedger({ ...common, rpc, pollMs: POLL_MS });
}

async function openOnDevelopmentNode(
  parts: Omit<Parameters<typeof openEvmLedger>[0], 'rpc' | 'pollMs'> & ConfiguredLedger,
  port: number,
): Promise<Ledger> {
  const directory = join(parts.data, 'development-ledger');
  await mkdir(directory, { recursive: true });
  const { policy: roles, timers } = parts;
  const node = await startDevelopmentNode({ directory, port, roles, timers });
  const rpc = createJsonRpc(node.url, RPC_TIMEOUT_MS);
  try {
    const ledger = await openEvmLedger({ ...parts, rpc, pollMs: DEVELOPMENT_POLL_MS });
    return {
      ...ledger,
      async close() {
        await ledger.close();
        await node.close();
      },
    };
  } catch (error) {
    await node.close();
    throw error;
  }
}
