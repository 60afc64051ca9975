/**
 * A notary with this machine's clock, disk and network, as its configuration file says.
 * @module
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { acquireDataLock } from '@sigill/edge';
import { parsePolicy } from '@sigill/evidence';
import { createDisk } from '../disk/disk.ts';
import { nodeFileSystem } from '../disk/file-system.ts';
import type { Tell } from '../events.ts';
import { openConfiguredLedger } from '../open-ledger.ts';
import { readGivenText } from '../read-given.ts';
import { readRecordFiles } from '../register-files.ts';
import { systemTimers } from '../timers.ts';
import { createHttpClient } from '../uplink/http-client.ts';
import { createCloudDesk } from './cloud-desk.ts';
import { createFleetNotary, type FleetStatus } from './fleet-notary.ts';
import { openKeptRegister } from './kept-register.ts';
import { type NotaryConfig, parseNotaryConfig } from './notary-config.ts';
import { createRollStore } from './roll-store.ts';
import { createCloudTeller } from './tell-cloud.ts';

export interface RunningNotary {
  readonly config: NotaryConfig;
  /** Of the ledger's node. */
  readonly rpc: string;
  status(): FleetStatus;
  /** What is in flight is gone on with by the next start. */
  stop(): Promise<void>;
}

/** @throws GatewayError, EvidenceError, EdgeError, LedgerError */
export async function runNotary(file: string, tell: Tell): Promise<RunningNotary> {
  const config = parseNotaryConfig(readGivenText(file), file);
  const policy = parsePolicy(readGivenText(config.policy).trimEnd());
  mkdirSync(config.data, { recursive: true, mode: 0o700 });
  const lock = await acquireDataLock(config.data);
  const timers = systemTimers;
  const http = createHttpClient(config.cloud.url, config.cloud.certificate);
  const release = async () => {
    http.close();
    await lock.release();
  };
  try {
    const opened = await openConfiguredLedger({
      ...{ config, timers, tell, policy: policy.ledger, random: Math.random },
    });
    const { ledger } = opened;
    const close = async () => {
      await ledger.close();
      await opened.close();
    };
    try {
      const disk = createDisk(join(config.data), nodeFileSystem);
      const files = () => readRecordFiles(config.records);
      const register = await openKeptRegister(disk, policy.operator, files);
      const store = createRollStore(disk);
      const desk = createCloudDesk(http, timers);
      const parts = { ledger, desk, register, store, timers, tell };
      const teller = createCloudTeller({ ...parts, random: Math.random });
      const notary = await createFleetNotary({
        ...{ ...parts, intervalMs: config.anchor.intervalMs, onProgress: teller.wake },
      });
      const stopping = new AbortController();
      const running = [notary.run(stopping.signal), teller.run(stopping.signal)];
      return {
        ...{ config, rpc: opened.rpc, status: notary.status },
        async stop() {
          stopping.abort();
          await Promise.all(running);
          await close();
          await release();
        },
      };
    } catch (error) {
      await close();
      throw error;
    }
  } catch (error) {
    await release();
    throw error;
  }
}
