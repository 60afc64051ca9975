/**
 * The ledger that the configuration names: none, a chain of this machine's own, or a node elsewhere.
 * @module
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { equalBytes, formatAddress, type LedgerPolicy, parseAddress } from '@sigill/evidence';
import type { GatewayConfig, LedgerConfig } from './config.ts';
import { GatewayError } from './errors.ts';
import type { Tell } from './events.ts';
import { type DevelopmentNode, startDevelopmentNode } from './ledger/development-node.ts';
import { openEvmLedger } from './ledger/evm-ledger.ts';
import { createJsonRpc } from './ledger/json-rpc.ts';
import { openKeystore } from './ledger/keystore.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Timers } from './timers.ts';

export interface OpenLedgerParts {
  readonly config: GatewayConfig;
  /** What verifiers are told of the ledger. */
  readonly policy: LedgerPolicy | null;
  readonly timers: Timers;
  readonly random: () => number;
  readonly tell: Tell;
}

export interface OpenedLedger {
  readonly ledger: Ledger;
  readonly rpc: string;
  /** After the ledger is closed. */
  close(): Promise<void>;
}

const RPC_TIMEOUT_MS = 30_000;
// A development chain makes a block each second; Ethereum one each 12 s.
const POLL_MS = { development: 1_000, evm: 4_000 };

/** @throws GatewayError CONFIG_INVALID, LedgerError */
export async function openConfiguredLedger(parts: OpenLedgerParts): Promise<OpenedLedger> {
  const { config, timers, random, tell } = parts;
  const { ledger } = config;
  if (ledger.kind === 'none') throw new Error('no ledger is configured');
  const policy = agreedPolicy(ledger, parts.policy);
  const wallet = await openKeystore(
    ledger.kind === 'evm' ? ledger.keystore : join(config.keys, 'anchor.json'),
  );
  const directory = makeDirectory(config.data, 'ledger');
  const node = ledger.kind === 'development' ? await startNode(parts, ledger.port, policy) : null;
  const rpc = ledger.kind === 'evm' ? ledger.rpc : (node?.url ?? '');
  try {
    const opened = await openEvmLedger({
      rpc: createJsonRpc(rpc, RPC_TIMEOUT_MS),
      chainId: policy.chainId,
      contract: policy.contract,
      intervalMs: config.anchor.intervalMs,
      pollMs: POLL_MS[ledger.kind],
      ...{ wallet, directory, timers, random, tell },
    });
    return { ledger: opened, rpc, close: async () => node?.close() };
  } catch (error) {
    await node?.close();
    throw error;
  }
}

function startNode(
  { config, timers }: OpenLedgerParts,
  port: number,
  roles: LedgerPolicy,
): Promise<DevelopmentNode> {
  const directory = makeDirectory(config.data, 'development-ledger');
  return startDevelopmentNode({ directory, port, roles, timers });
}

/** What is anchored must be what verifiers look for. */
function agreedPolicy(ledger: LedgerConfig, policy: LedgerPolicy | null): LedgerPolicy {
  if (policy === null) throw disagreement('names no ledger');
  if (ledger.kind === 'development' && policy.profile.id !== 'development') {
    throw disagreement(`names a chain of profile ${policy.profile.id}`);
  }
  if (ledger.kind !== 'evm') return policy;
  if (equalBytes(parseAddress(ledger.contract.toLowerCase()), policy.contract)) return policy;
  throw disagreement(`names contract ${formatAddress(policy.contract)}`);
}

function disagreement(found: string): GatewayError {
  return new GatewayError(
    'CONFIG_INVALID',
    `ledger: the policy ${found}, and anchors elsewhere would prove nothing under it; make gateway.yaml and the policy name the same ledger`,
  );
}

function makeDirectory(data: string, name: string): string {
  const directory = join(data, name);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
}
