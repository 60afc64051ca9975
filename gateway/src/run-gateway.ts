/**
 * A gateway with this machine's clock, disk and network, as its configuration file says.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import {
  acquireDataLock,
  createSourceSet,
  createSystemClock,
  openTransport,
  readBootId,
  readKeyFile,
  type SourceSet,
  systemDisk,
} from '@sigill/edge';
import { parsePolicy, sha256, utf8 } from '@sigill/evidence';
import manifest from '../package.json' with { type: 'json' };
import { type GatewayConfig, parseGatewayConfig } from './config.ts';
import { watchConfig } from './config-watch.ts';
import { nodeFileSystem } from './disk/file-system.ts';
import { type Tell, toLog } from './events.ts';
import { type Front, openFront } from './front.ts';
import { type Gateway, type GatewayParts, startGateway } from './gateway.ts';
import { advanceGenerations } from './generation/open-generation.ts';
import { readLogKeys } from './keys/log-keys.ts';
import { isAlone } from './notary/call.ts';
import type { OpenedLedger, OpenLedgerParts } from './open-ledger.ts';
import { readGivenText } from './read-given.ts';
import { createReadingFeed, type ReadingFeed } from './reading-feed.ts';
import type { Register, RegisterHolder } from './register.ts';
import { openConfiguredRegister } from './register-files.ts';
import type { DiskUse } from './status.ts';
import { systemTimers } from './timers.ts';
import { createHttpClient } from './uplink/http-client.ts';

export interface RunningGateway extends Gateway {
  readonly config: GatewayConfig;
  /** Of the ledger's node; null when nothing is anchored. */
  readonly rpc: string | null;
}

interface Started {
  readonly gateway: Gateway;
  readonly sources: SourceSet;
  readonly rpc: string | null;
  stop(): Promise<void>;
}

/** @throws GatewayError, EvidenceError, EdgeError, LedgerError, DriverError */
export async function runGateway(file: string, tell: Tell): Promise<RunningGateway> {
  const text = readGivenText(file);
  const config = parseGatewayConfig(text, file);
  const register = openConfiguredRegister(config);
  const lock = await acquireDataLock(config.data);
  let sources = config.sources;
  let turn: Promise<unknown> = Promise.resolve();
  let stopped = false;

  const feed = createReadingFeed();
  const start = (damage: string | null = null) => {
    advanceGenerations({ config, register, fileSystem: nodeFileSystem });
    return startOnce({ ...config, sources }, text, register, { tell, startAnew, feed, damage });
  };

  /**
   * What came back from the cloud stands in the site log now, or the next log begins, or the agent's journal is damaged:
   * the agent begins again behind what the log holds.
   */
  function startAnew(damage?: string): void {
    turn = turn.then(async () => {
      if (stopped) return;
      await started.stop();
      started = await start(damage);
    });
    turn.catch((error: Error) => {
      const sentence = `the gateway could not start again (${error.message}); restart it`;
      tell({ level: 'alarm', what: 'GATEWAY_FAILED', text: sentence });
    });
  }

  const status = () => started.gateway.status();
  let started: Started;
  let front: Front;
  try {
    started = await start();
    const { version } = manifest;
    front = await openFront({
      ...{ config, file, version, status, feed, register, tell },
      knownAgents: () => started.gateway.knownAgents,
    }).catch(async (error) => {
      await started.stop();
      throw error;
    });
  } catch (error) {
    await lock.release();
    throw error;
  }
  const watch = watchConfig({
    ...{ file, text, config, timers: systemTimers, tell },
    async apply(next) {
      await started.sources.apply(next);
      sources = next;
    },
  });
  return {
    config,
    rpc: started.rpc,
    register,
    get knownAgents() {
      return started.gateway.knownAgents;
    },
    status,
    async stop() {
      stopped = true;
      await watch.stop();
      await front.stop();
      await turn.catch(() => undefined);
      await started.stop();
      await lock.release();
    },
  };
}

interface RunParts extends Pick<GatewayParts, 'damage' | 'startAnew' | 'tell'> {
  readonly feed: ReadingFeed;
}

async function startOnce(
  config: GatewayConfig,
  text: string,
  register: RegisterHolder,
  { tell, feed, ...given }: RunParts,
): Promise<Started> {
  const timers = systemTimers;
  const clock = createSystemClock();
  const random = Math.random;
  const { cloud } = config;
  const sources = createSourceSet({
    ...{ sources: config.sources, openTransport, clock, timers, log: toLog(tell) },
  });
  const { ledger: policy } = parsePolicy(readGivenText(config.policy));
  const ledger = await openLedger({ config, policy, timers, random, tell }, register.current());
  try {
    const gateway = await startGateway({
      ...{ config, register, sources, timers, clock, random, tell, ...given },
      sealed: feed.sealed,
      diskUse: () => diskUseOf(config.data),
      agentKey: readKeyFile(join(config.keys, 'agent.pem')),
      logKeys: readLogKeys(config.keys),
      ledger: ledger?.ledger ?? null,
      policy,
      http: cloud && createHttpClient(cloud.url, cloud.certificate),
      fileSystem: nodeFileSystem,
      journalDisk: systemDisk,
      randomBytes: (length) => Uint8Array.from(randomBytes(length)),
      boot: readBootId(),
      software: `sigill/${manifest.version}`,
      configuration: sha256(utf8(text)),
    });
    return {
      ...{ gateway, sources, rpc: ledger?.rpc ?? null },
      async stop() {
        await gateway.stop();
        await ledger?.close();
      },
    };
  } catch (error) {
    await ledger?.close();
    throw error;
  }
}

function diskUseOf(path: string): DiskUse | null {
  try {
    const { bavail, blocks, bsize } = statfsSync(path);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    return null;
  }
}

/** Loaded only by a gateway that anchors: the ledger's library costs 10 MB. */
async function openLedger(
  parts: OpenLedgerParts,
  register: Register,
): Promise<OpenedLedger | null> {
  if (parts.config.ledger.kind === 'none') return null;
  if (!isAlone(register)) {
    const slots = [...register.earlier, register.slot].map(({ record }) => record.slot);
    const text = `this gateway has slot ${slots.join(' and ')} of its operator's register, which holds other sites too, so the operator's notary anchors it and not the ledger in gateway.yaml, which is left alone; take the ledger out of gateway.yaml`;
    parts.tell({ level: 'warning', what: 'ledger', text });
    return null;
  }
  const { openConfiguredLedger } = await import('./open-ledger.ts');
  return openConfiguredLedger(parts);
}
