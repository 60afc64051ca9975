import { anchorLogAddress, formatAddress, parseAddress, toHex } from '@sigill/evidence';
import { keccak256, Wallet } from 'ethers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemTimers } from '../timers.ts';
import { createFakeTimers } from '../timers-fake.ts';
import { type Anvil, startAnvil } from './anvil.ts';
import { type DeployParts, deployAnchorLog } from './deploy-anchor-log.ts';
import { profile } from './evm-fixture.ts';
import type { JsonRpc } from './json-rpc.ts';

const wallet = new Wallet(`0x${'42'.repeat(32)}`);
const roles = {
  operator: parseAddress(wallet.address.toLowerCase()),
  guardian: new Uint8Array(20).fill(7),
};

describe('deployAnchorLog', () => {
  let anvil: Anvil;
  beforeEach(async () => {
    anvil = await startAnvil(['--chain-id', String(profile.chainId), '--hardfork', 'prague']);
    await anvil.call('anvil_setBalance', wallet.address, '0xde0b6b3a7640000');
  });
  afterEach(() => anvil.kill());

  const partsOf = (change: Partial<DeployParts> = {}): DeployParts => ({
    ...{ rpc: anvil, chainId: profile.chainId!, profile, roles, signer: wallet },
    ...{ feeCap: 10n ** 12n, timers: systemTimers, pollMs: 5, patienceMs: 20_000 },
    ...change,
  });

  it('puts the log where verifiers look for it, and pays once however often it is done', async () => {
    const { contract, created } = await deployAnchorLog(partsOf());
    expect(created).toBe(true);
    expect(toHex(contract)).toBe(toHex(anchorLogAddress(parseAddress(profile.factory), roles)));
    const paid = await anvil.call('eth_getBalance', wallet.address, 'latest');
    expect(await deployAnchorLog(partsOf())).toEqual({ contract, created: false });
    expect(await anvil.call('eth_getBalance', wallet.address, 'latest')).toBe(paid);
  });

  it('goes on with what an earlier try has sent, and says so when no block comes', async () => {
    await anvil.call('evm_setAutomine', false);
    const timers = createFakeTimers();
    const first = deployAnchorLog(partsOf({ timers, patienceMs: 100, pollMs: 100 }));
    void timers.nextWait().then(() => timers.advance(100));
    await expect(first).rejects.toMatchObject({ code: 'LEDGER_DEPLOY_FAILED', retryable: true });
    const again = createFakeTimers();
    const second = deployAnchorLog(partsOf({ timers: again }));
    await again.nextWait();
    await anvil.call('evm_mine');
    again.advance(5);
    expect((await second).created).toBe(true);
    expect(await anvil.call('eth_getTransactionCount', wallet.address, 'latest')).toBe('0x1');
  });

  it('refuses another chain, and one without the factory or with another', async () => {
    await expect(deployAnchorLog(partsOf({ chainId: 1 }))).rejects.toMatchObject({
      code: 'LEDGER_WRONG_CHAIN',
    });
    for (const code of ['0x', '0x00']) {
      await anvil.call('anvil_setCode', profile.factory, code);
      await expect(deployAnchorLog(partsOf())).rejects.toMatchObject({ code: 'LEDGER_NO_FACTORY' });
    }
  });

  it('brings the factory to a chain that lacks it, when somebody has paid for its one transaction', async () => {
    await anvil.kill();
    anvil = await startAnvil([
      ...['--chain-id', String(profile.chainId), '--hardfork', 'prague'],
      '--disable-default-create2-deployer',
    ]);
    await anvil.call('anvil_setBalance', wallet.address, '0xde0b6b3a7640000');
    await expect(deployAnchorLog(partsOf())).rejects.toThrow('send 0.01 coins to 0x3fab');
    const payer = '0x3fab184622dc19b6109349b94811493bf2a45362';
    await anvil.call('anvil_setBalance', payer, '0x2386f26fc10000');
    expect((await deployAnchorLog(partsOf())).created).toBe(true);
    expect(keccak256(await anvil.call('eth_getCode', profile.factory, 'latest'))).toBe(
      profile.factoryCodeHash,
    );
  });

  it('refuses an address at which something else lies', async () => {
    const address = formatAddress(anchorLogAddress(parseAddress(profile.factory), roles));
    await anvil.call('anvil_setCode', address, '0x00');
    await expect(deployAnchorLog(partsOf())).rejects.toMatchObject({
      code: 'LEDGER_DEPLOY_FAILED',
      retryable: false,
    });
  });

  it('says what the node has against it', async () => {
    await anvil.call('anvil_setBalance', wallet.address, '0x0');
    const timers = createFakeTimers();
    const rpc: JsonRpc = { call: (method, ...params) => anvil.call(method, ...params) };
    const poor = deployAnchorLog(partsOf({ rpc, timers, patienceMs: 0 }));
    await expect(poor).rejects.toMatchObject({ code: 'LEDGER_DEPLOY_FAILED' });
    await expect(poor).rejects.toThrow(/nsufficient funds/);
  });
});
