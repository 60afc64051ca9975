import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  anchorLogAddress,
  type ChainProfile,
  findChainProfile,
  formatAddress,
  type LedgerPolicy,
  parseAddress,
} from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GatewayConfig } from './config.ts';
import { type Anvil, startAnvil } from './ledger/anvil.ts';
import { deployAnchorLog } from './ledger/deploy-anchor-log.ts';
import type { LedgerConfig } from './ledger/ledger-config.ts';
import { settled } from './ledger/ledger-contract.ts';
import { rollRootOf } from './ledger/roll-root-fixture.ts';
import { createRpcSigner } from './ledger/rpc-signer.ts';
import { openConfiguredLedger } from './open-ledger.ts';
import { systemTimers } from './timers.ts';

type EvmConfig = Extract<LedgerConfig, { kind: 'evm' }>;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'open-ledger-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function policyOf(profileId: string, operator: string, chainId?: number): LedgerPolicy {
  const profile = findChainProfile(profileId) as ChainProfile;
  const roles = { operator: parseAddress(operator), guardian: parseAddress(operator) };
  const contract = anchorLogAddress(parseAddress(profile.factory), roles);
  return { profile, chainId: chainId ?? profile.chainId ?? 0, ...roles, contract, endpoints: [] };
}

function open(policy: LedgerPolicy, change: Partial<EvmConfig>) {
  const ledger: EvmConfig = {
    ...{ kind: 'evm', rpc: ['http://127.0.0.1:1'], contract: formatAddress(policy.contract) },
    account: {
      ...{ kind: 'signer', url: 'http://127.0.0.1:1', address: formatAddress(policy.operator) },
    },
    ...{ finality: null, agree: null, maxFeeGwei: 300, bumpAfterMs: 120_000 },
    ...change,
  };
  const config = {
    ...{ ledger, data: directory, keys: directory, anchor: { intervalMs: 600_000 } },
  } as unknown as GatewayConfig;
  return openConfiguredLedger({
    ...{ config, policy, timers: systemTimers, random: Math.random, tell: () => {} },
  });
}

describe('a ledger elsewhere, signed for elsewhere', () => {
  let anvil: Anvil;
  afterEach(() => anvil.kill());

  it('is anchored to with what gateway.yaml says', async () => {
    const { chainId } = findChainProfile('development') as { chainId: number };
    anvil = await startAnvil([
      ...['--chain-id', String(chainId), '--hardfork', 'prague', '--slots-in-an-epoch', '1'],
    ]);
    const [address = ''] = await anvil.call<string[]>('eth_accounts');
    const policy = policyOf('development', address);
    const signer = createRpcSigner(anvil.url, address);
    await deployAnchorLog({
      ...{ rpc: anvil, chainId, profile: policy.profile, roles: policy, signer },
      ...{ feeCap: 10n ** 12n, timers: systemTimers, pollMs: 5, patienceMs: 20_000 },
    });
    const { ledger, close } = await open(policy, {
      rpc: [anvil.url],
      account: { kind: 'signer', url: anvil.url, address },
      finality: { kind: 'depth', blocks: 1 },
    });
    await ledger.anchor(rollRootOf(1), 1);
    await anvil.call('evm_mine');
    await settled(ledger);
    expect(ledger.provenState()?.state.size).toBe(1);
    await ledger.close();
    await close();
  });
});

describe('finality in gateway.yaml', () => {
  const operator = `0x${'42'.repeat(20)}`;
  it.each<[string, number | undefined, EvmConfig['finality'], boolean]>([
    ['ethereum', undefined, { kind: 'tag' }, true],
    ['ethereum', undefined, { kind: 'depth', blocks: 96 }, true],
    ['ethereum', undefined, { kind: 'depth', blocks: 95 }, false],
    ['ethereum', undefined, { kind: 'immediate' }, false],
    ['besu-qbft', 2026, { kind: 'immediate' }, true],
    ['besu-qbft', 2026, { kind: 'depth', blocks: 1 }, true],
    ['besu-qbft', 2026, { kind: 'tag' }, false],
  ])('on %s (chain %s) is %j: %s', async (profile, chainId, finality, allowed) => {
    const opening = open(policyOf(profile, operator, chainId), { finality });
    if (!allowed)
      return expect(opening).rejects.toMatchObject({
        ...{ code: 'CONFIG_INVALID', message: expect.stringContaining('ledger.finality') },
      });
    const { ledger, close } = await opening;
    await ledger.close();
    await close();
  });
});
