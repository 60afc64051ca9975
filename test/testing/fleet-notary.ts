/**
 * A notary in this process with a development ledger of its own, whose intervals end when a test says so.
 * @module
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type LedgerPolicy, type Policy, verifyLedgerState } from '@sigill/evidence';
import {
  createCloudDesk,
  createCloudTeller,
  createDisk,
  createFleetNotary,
  createHttpClient,
  createJsonRpc,
  createRollStore,
  type GatewayEvent,
  nodeFileSystem,
  openEvmLedger,
  openKeptRegister,
  openKeystore,
  startDevelopmentNode,
  systemTimers,
} from '@sigill/gateway';
import { eventually } from './waiting.ts';

export interface FleetNotary {
  readonly events: readonly GatewayEvent[];
  readonly rpc: string;
  /** One roll-call, in a block, told to the cloud. Gives how long the call and the telling took. */
  interval(): Promise<{ readonly callMs: number; readonly tellMs: number }>;
  /** All anchors are final, and told so. */
  settle(): Promise<void>;
  given(): number;
  /** Of the last anchor's transaction. */
  gasUsed(): Promise<number>;
  close(): Promise<void>;
}

export interface FleetNotaryOptions {
  readonly directory: string;
  readonly cloud: string;
  readonly policy: Policy & { readonly ledger: LedgerPolicy };
  readonly keystore: string;
  readonly port: number;
}

const [BLOCK_MS, POLL_MS] = [150, 100];

export async function startFleetNotary(options: FleetNotaryOptions): Promise<FleetNotary> {
  const { directory, policy } = options;
  const timers = systemTimers;
  const at = (name: string) => {
    mkdirSync(join(directory, name), { recursive: true });
    return join(directory, name);
  };
  const { chainId, contract, profile } = policy.ledger;
  const node = await startDevelopmentNode({
    ...{
      directory: at('chain'),
      port: options.port,
      roles: policy.ledger,
      timers,
      blockMs: BLOCK_MS,
    },
  });
  const events: GatewayEvent[] = [];
  const tell = (event: GatewayEvent) => void (event.level === 'info' || events.push(event));
  const rpc = createJsonRpc(node.url, 30_000);
  const ledger = await openEvmLedger({
    ...{ chainId, contract, profile, finality: profile.final, timers, tell, random: Math.random },
    ...{ endpoints: [{ name: 'chain', rpc }], signer: await openKeystore(options.keystore) },
    ...{ directory: at('ledger'), intervalMs: 600_000, pollMs: POLL_MS },
  });
  const disk = createDisk(at('notary'), nodeFileSystem);
  const http = createHttpClient(new URL(options.cloud), null);
  const desk = createCloudDesk(http, timers);
  const register = await openKeptRegister(disk, policy.operator, () => []);
  const store = createRollStore(disk);
  const parts = { ledger, desk, register, store, timers, tell };
  const teller = createCloudTeller({ ...parts, random: Math.random });
  const notary = await createFleetNotary({
    ...{ ...parts, intervalMs: 600_000, onProgress: () => undefined },
  });
  const { signal } = new AbortController();
  const timed = async (work: () => Promise<void>) => {
    const began = performance.now();
    await work();
    return performance.now() - began;
  };

  return {
    events,
    rpc: node.url,
    given: () => notary.status().given,
    async interval() {
      const before = notary.status().given;
      const callMs = await timed(() => notary.call(signal));
      if (notary.status().given === before) throw new Error(`not called: ${events.at(-1)?.text}`);
      await eventually('the anchor is in a block', async () =>
        ledger.status().pending.every(({ leaf }) => leaf !== null),
      );
      return { callMs, tellMs: await timed(() => teller.push(signal)) };
    },
    async settle() {
      await eventually('all is final', async () => ledger.status().pending.length === 0);
      await teller.push(signal);
    },
    async gasUsed() {
      const proven = ledger.provenState();
      const { lastBlock } =
        proven === null ? { lastBlock: 0 } : verifyLedgerState(proven.proof, contract, profile);
      const block = await rpc.call<{ gasUsed: string } | null>(
        'eth_getBlockByNumber',
        `0x${lastBlock.toString(16)}`,
        false,
      );
      return Number(block?.gasUsed ?? 0);
    },
    async close() {
      await ledger.close();
      await node.close();
      http.close();
    },
  };
}
