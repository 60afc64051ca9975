/**
 * Everything a notary needs before its first start: an account, the policy, the operator's records, notary.yaml. Policy
 * and records come from the cloud and are checked against each other; nothing that is there already is touched.
 * @module
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeSecretFile } from '@sigill/edge';
import {
  anchorLogAddress,
  type ChainProfile,
  EvidenceError,
  equalBytes,
  formatAddress,
  formatPolicy,
  type LedgerPolicy,
  type Policy,
  parseAddress,
  parsePolicy,
} from '@sigill/evidence';
import { syncDirectoryNow } from '../disk/file-system.ts';
import { GatewayError } from '../errors.ts';
import { createMaker, readAccount } from '../init/init-gateway.ts';
import { createKeystore, openKeystore } from '../ledger/keystore.ts';
import { readIfSlot } from '../records.ts';
import { createFleetRegister } from './fleet-register.ts';
import { formatNotaryFile } from './notary-config.ts';

export interface InitNotaryOptions {
  readonly directory: string;
  readonly cloud: { readonly url: URL; readonly pin: string | null };
  /** As the operator or the cloud gave it. */
  readonly policy: string;
  /** All that the cloud has, in its order. */
  readonly records: readonly Uint8Array[];
  readonly ledger: NotaryLedger;
  /** Keystore of the account that anchors; null: one is made. */
  readonly account: string | null;
}

export type NotaryLedger =
  | { readonly kind: 'development' }
  | {
      readonly kind: 'evm';
      readonly rpc: readonly string[];
      /** Null where the policy names the ledger already. */
      readonly chain: NewChain | null;
    };

/** Where an anchor log shall stand that no policy names yet. */
export interface NewChain {
  readonly profile: ChainProfile;
  readonly chainId: number;
  readonly guardian: string;
  /** Who seals its blocks, where they are sealed. */
  readonly validators: readonly string[];
}

export interface MadeNotary {
  readonly files: readonly string[];
  /** SHA-256 of the operator's first key. */
  readonly operator: Uint8Array;
  readonly slots: number;
  /** 0x… of the account that anchors. */
  readonly account: string;
  readonly contract: string;
  /** With the ledger that this notary brings; null: as it was. */
  readonly newPolicy: string | null;
}

/** @throws GatewayError FILE_EXISTS, USAGE, EvidenceError POLICY_*, RECORD_CHAIN */
export async function initNotary(options: InitNotaryOptions): Promise<MadeNotary> {
  const { directory, ledger, cloud } = options;
  const policy = parsePolicy(options.policy.trimEnd());
  const { operators, slots } = checkRecords(options.records, policy);
  assertChoice(policy, options);
  assertNothingThere(directory);
  const { write, files } = createMaker(directory);
  const account = await settleAccount(options, files);
  const named = policy.ledger ?? newLedger(ledger, account);
  if (!equalBytes(named.operator, parseAddress(account)))
    throw usage(
      `the policy names ${formatAddress(named.operator)} as the account that anchors, and this is ${account}: give its keystore with --account`,
    );
  const newPolicy = policy.ledger === null ? formatPolicy({ ...policy, ledger: named }) : null;
  const contract = formatAddress(named.contract);
  for (const [rev, cose] of operators.entries())
    write(rev === 0 ? 'operator.record' : `operator-${rev}.record`, cose);
  write('policy.json', `${newPolicy ?? options.policy.trimEnd()}\n`);
  write(
    'notary.yaml',
    formatNotaryFile({
      cloud: { url: cloud.url.origin, pin: cloud.pin },
      ledger: ledger.kind === 'development' ? ledger : { kind: 'evm', rpc: ledger.rpc, contract },
    }),
  );
  syncDirectoryNow(directory);
  return { files, operator: policy.operator, slots, account, contract, newPolicy };
}

function checkRecords(records: readonly Uint8Array[], { operator }: Policy) {
  const register = createFleetRegister(operator);
  for (const cose of records) register.admit(cose);
  if (records.length === 0) throw new EvidenceError('RECORD_CHAIN', 'the cloud has no record');
  const operators = records.filter((cose) => readIfSlot(cose) === null);
  return { operators, slots: register.callable() - 1 };
}

function assertChoice({ ledger: named }: Policy, { ledger, account }: InitNotaryOptions): void {
  if (named === null && ledger.kind === 'development')
    throw usage(
      'the policy names no ledger: a development chain belongs to sigill cloud init --ledger development; for another one give --rpc with --chain and --guardian',
    );
  if (named !== null && account === null)
    throw usage(
      `the policy names ${formatAddress(named.operator)} as the account that anchors: give its keystore with --account`,
    );
  if (ledger.kind !== 'evm') return;
  if (named === null && ledger.chain === null)
    throw usage('the policy names no ledger yet: say which with --chain, and its --guardian');
  if (named !== null && ledger.chain !== null)
    throw usage('the policy names the ledger already: leave --chain and --guardian out');
}

async function settleAccount(
  { directory, account }: InitNotaryOptions,
  files: string[],
): Promise<string> {
  const path = join(directory, 'keys/anchor.json');
  if (account === null) await createKeystore(path);
  else
    for (const { file, content } of readAccount(account))
      writeSecretFile(join(directory, file), content);
  files.push('keys/anchor.json', 'keys/anchor.json.password');
  return (await openKeystore(path)).address.toLowerCase();
}

function newLedger(ledger: NotaryLedger, account: string): LedgerPolicy {
  if (ledger.kind !== 'evm' || ledger.chain === null) throw new Error('a chain is chosen');
  const { profile, chainId, guardian, validators } = ledger.chain;
  const roles = { operator: parseAddress(account), guardian: parseAddress(guardian) };
  const contract = anchorLogAddress(parseAddress(profile.factory), roles);
  return {
    ...{ profile, chainId, ...roles, contract, endpoints: [...ledger.rpc] },
    ...(profile.seals === null
      ? {}
      : { validators: [{ from: 0, validators: validators.map(parseAddress) }] }),
  };
}

function assertNothingThere(directory: string): void {
  const found = ['notary.yaml', 'keys', 'data', 'operator.record', 'policy.json'].find((file) =>
    existsSync(join(directory, file)),
  );
  if (found === undefined) return;
  throw new GatewayError(
    'FILE_EXISTS',
    `${join(directory, found)} is there already and nothing is overwritten; move it away, or choose another directory`,
  );
}

function usage(message: string): GatewayError {
  return new GatewayError('USAGE', message);
}
