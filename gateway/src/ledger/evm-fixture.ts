/** For tests: an anvil whose blocks are made by hand, with an AnchorLog, and ledgers opened on it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  anchorLogAddress,
  anchorLogInitCode,
  findChainProfile,
  parseAddress,
} from '@sigill/evidence';
import { hexlify, Wallet } from 'ethers';
import type { GatewayEvent } from '../events.ts';
import { systemTimers } from '../timers.ts';
import { startAnvil } from './anvil.ts';
import { type EvmLedgerParts, openEvmLedger } from './evm-ledger.ts';
import type { JsonRpc } from './json-rpc.ts';
import type { Ledger } from './ledger.ts';
import { LedgerError } from './ledger-error.ts';

export const profile = findChainProfile('development')!;

/** `epochSlots`: twice as many blocks must lie on one before it is final. */
export async function startEvm(epochSlots = 1) {
  const anvil = await startAnvil([
    ...['--chain-id', String(profile.chainId), '--hardfork', 'prague', '--accounts', '2'],
    ...['--no-mining', '--slots-in-an-epoch', String(epochSlots)],
  ]);
  const wallet = new Wallet(`0x${'42'.repeat(32)}`);
  const [rich, guardian] = await anvil.call<[string, string]>('eth_accounts');
  const roles = {
    operator: parseAddress(wallet.address.toLowerCase()),
    guardian: parseAddress(guardian),
  };
  const contract = anchorLogAddress(parseAddress(profile.factory), roles);
  await anvil.call('eth_sendTransaction', {
    from: rich,
    to: wallet.address,
    value: '0xde0b6b3a7640000',
  });
  const data = `0x${'00'.repeat(32)}${hexlify(anchorLogInitCode(roles)).slice(2)}`;
  await anvil.call('eth_sendTransaction', { from: rich, to: profile.factory, data });
  await anvil.call('evm_mine');

  let away = false;
  const rpc: JsonRpc = {
    async call(method, ...params) {
      if (away) throw new LedgerError('LEDGER_UNREACHABLE', 'no answer', { retryable: true });
      return anvil.call(method, ...params);
    },
  };
  const directories: string[] = [];

  return {
    anvil,
    /** The node as a ledger sees it. */
    rpc,
    wallet,
    contract,
    guardian,
    rich,
    events: [] as GatewayEvent[],
    setAway: (next: boolean) => {
      away = next;
    },
    newDirectory(): string {
      const directory = mkdtempSync(join(tmpdir(), 'ledger-'));
      directories.push(directory);
      return directory;
    },
    mine: async (blocks = 1) => {
      for (let i = 0; i < blocks; i++) await anvil.call('evm_mine');
    },
    /** Puts other blocks in the place of the newest ones, without what was in them. */
    async reorganise(depth: number) {
      // Out of sight of ledgers, which would else see the gap and fill it.
      away = true;
      await anvil.call('anvil_reorg', depth, []);
      away = false;
    },
    /** Makes blocks until all that was given to the ledger is final. */
    async mineUntilSettled(ledger: Ledger) {
      for (let blocks = 0; ledger.status().pending.length > 0; blocks++) {
        if (blocks === 3000) throw new Error(`not final: ${JSON.stringify(ledger.status())}`);
        await anvil.call('evm_mine');
      }
    },
    openLedger(directory: string, change: Partial<EvmLedgerParts> = {}) {
      return openEvmLedger({
        ...{ chainId: profile.chainId!, contract, directory, timers: systemTimers },
        ...{ endpoints: [{ name: 'anvil', rpc }], signer: wallet },
        ...{ profile, finality: profile.final },
        ...{
          random: () => 0.5,
          tell: (event) => this.events.push(event),
          intervalMs: 600_000,
          pollMs: 10,
        },
        ...change,
      });
    },
    async close() {
      await anvil.kill();
      for (const directory of directories) rmSync(directory, { recursive: true });
    },
  };
}
