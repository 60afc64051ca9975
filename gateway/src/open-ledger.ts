/**
 * The ledger that the configuration names: none, a chain of this machine's own, or a node elsewhere.
 * @module
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ChainProfile,
  equalBytes,
  type Finality,
  formatAddress,
  type LedgerPolicy,
  parseAddress,
} from '@sigill/evidence';
import type { GatewayConfig } from './config.ts';
import { GatewayError } from './errors.ts';
import type { Tell } from './events.ts';
import { anchorLogCodeHash } from './ledger/anchor-log-code.ts';
import { type DevelopmentNode, startDevelopmentNode } from './ledger/development-node.ts';
import { openEvmLedger } from './ledger/evm-ledger.ts';
import { createJsonRpc } from './ledger/json-rpc.ts';
import { openKeystore } from './ledger/keystore.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { AccountConfig, LedgerConfig } from './ledger/ledger-config.ts';
import { createRpcSigner } from './ledger/rpc-signer.ts';
import type { Signer } from './ledger/signer.ts';
import type { Timers } from './timers.ts';

export interface OpenLedgerParts {
  /** Of a gateway alone, or of a notary. */
  readonly config: Pick<GatewayConfig, 'ledger' | 'keys' | 'data' | 'anchor'>;
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
// A development chain makes a block each second, a consortium each few, Ethereum one each 12 s.
const POLL_MS = { development: 1_000, evm: 4_000 };
const WEI_PER_GWEI = 10n ** 9n;

/** @throws GatewayError CONFIG_INVALID, LedgerError */
export async function openConfiguredLedger(parts: OpenLedgerParts): Promise<OpenedLedger> {
  const { config, timers, random, tell } = parts;
  const { ledger } = config;
  if (ledger.kind === 'none') throw new Error('no ledger is configured');
  const policy = agreedPolicy(ledger, parts.policy);
  const signer = await openSigner(
    ledger.kind === 'evm'
      ? ledger.account
      : { kind: 'keystore', path: join(config.keys, 'anchor.json') },
  );
  const directory = makeDirectory(config.data, 'ledger');
  const node = ledger.kind === 'development' ? await startNode(parts, ledger.port, policy) : null;
  const urls = ledger.kind === 'evm' ? ledger.rpc : [node?.url ?? ''];
  try {
    const opened = await openEvmLedger({
      endpoints: urls.map((url) => ({
        name: nameOf(url),
        rpc: createJsonRpc(url, RPC_TIMEOUT_MS),
      })),
      ...{ chainId: policy.chainId, contract: policy.contract, profile: policy.profile },
      ...(policy.validators === undefined ? {} : { validators: policy.validators }),
      codeHash: anchorLogCodeHash(policy.guardian),
      intervalMs: config.anchor.intervalMs,
      pollMs: POLL_MS[ledger.kind],
      ...{ signer, directory, timers, random, tell },
      ...choicesOf(ledger, policy.profile),
    });
    return { ledger: opened, rpc: urls[0] ?? '', close: async () => node?.close() };
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

export async function openSigner(account: AccountConfig): Promise<Signer> {
  return account.kind === 'keystore'
    ? openKeystore(account.path)
    : createRpcSigner(account.url, account.address);
}

/** What the file leaves to choose, within what the chain's profile allows. */
function choicesOf(ledger: LedgerConfig, profile: ChainProfile) {
  if (ledger.kind !== 'evm') return { finality: profile.final };
  const finality = ledger.finality ?? profile.final;
  assertAllowed(finality, profile);
  return {
    finality,
    feeCap: BigInt(ledger.maxFeeGwei) * WEI_PER_GWEI,
    bumpAfterMs: ledger.bumpAfterMs,
    ...(ledger.agree === null ? {} : { agree: ledger.agree }),
  };
}

function assertAllowed(finality: Finality, { id, final, leastDepth }: ChainProfile): void {
  if (finality.kind === final.kind) return;
  if (finality.kind === 'depth' && leastDepth !== null && finality.blocks >= leastDepth) return;
  const depth = leastDepth === null ? '' : `, or { depth: ${leastDepth} } or more`;
  throw new GatewayError(
    'CONFIG_INVALID',
    `ledger.finality: on a chain of profile ${id} write ${final.kind === 'tag' ? 'finalized' : 'immediate'}${depth}; nothing else there says that a block is not taken back`,
  );
}

/** An address can carry an access key in its path: it is told without. */
function nameOf(url: string): string {
  return new URL(url).host;
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
