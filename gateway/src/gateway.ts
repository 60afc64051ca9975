/**
 * The gateway's parts put together: agent, admission, site log, notary, the way to the cloud. Clocks,
 * sockets and disks are handed in; what is started here is stopped in the opposite order.
 * @module
 */
import {
  type Agent,
  type AgentClock,
  type AgentStatus,
  createAgent,
  type Disk as JournalDisk,
  type SourceHealth,
  type Sources,
  startInProcessUplink,
} from '@sigill/edge';
import { parseNoteKey, type Signer, toHex } from '@sigill/evidence';
import { createAdmission } from './admission/admission.ts';
import { openChainHeads } from './admission/chain-heads.ts';
import { openQuarantine } from './admission/quarantine.ts';
import type { GatewayConfig } from './config.ts';
import { createDisk, type Disk } from './disk/disk.ts';
import type { FileSystem } from './disk/file-system.ts';
import { type Tell, toLog } from './events.ts';
import type { Ledger, LedgerStatus } from './ledger/ledger.ts';
import { createNotary, type Notary } from './notary/notary.ts';
import { createRollCallStore } from './notary/roll-call-store.ts';
import type { Register } from './register.ts';
import { openSiteLog, type SiteLog } from './site-log/site-log.ts';
import type { Timers } from './timers.ts';
import { createAnchorLane } from './uplink/anchor-lane.ts';
import { type BatchHolder, createBatchLane } from './uplink/batch-lane.ts';
import { createCheckpointLane } from './uplink/checkpoint-lane.ts';
import { createCloudClient } from './uplink/cloud-client.ts';
import {
  type CloudUplink,
  type CloudUplinkStatus,
  createCloudUplink,
} from './uplink/cloud-uplink.ts';
import type { HttpClient } from './uplink/http-client.ts';
import { createReleaser } from './uplink/release.ts';

export interface GatewayParts {
  readonly config: GatewayConfig;
  readonly agentKey: Signer;
  readonly logKey: Signer;
  readonly register: Register;
  /** Null: nothing is anchored. */
  readonly ledger: Ledger | null;
  /** To the cloud; null: everything stays here. */
  readonly http: HttpClient | null;
  readonly sources: Sources;
  readonly fileSystem: FileSystem;
  readonly journalDisk: JournalDisk;
  readonly timers: Timers;
  readonly clock: AgentClock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Cryptographically random. */
  readonly randomBytes: (length: number) => Uint8Array;
  /** The kernel's boot id. */
  readonly boot: Uint8Array;
  readonly software: string;
  /** SHA-256 of the configuration. */
  readonly configuration: Uint8Array;
  readonly tell: Tell;
}

export interface Gateway {
  status(): GatewayStatus;
  /** Seals what is open and makes it durable; the next start goes on from there. */
  stop(): Promise<void>;
}

export interface GatewayStatus {
  readonly origin: string;
  readonly logSize: number;
  readonly agent: AgentStatus;
  readonly sources: readonly SourceHealth[];
  readonly cloud: CloudUplinkStatus | 'none';
  readonly ledger: LedgerStatus | 'not anchored';
  /** Agents whose keys are out. */
  readonly quarantined: readonly string[];
}

/** `config.data` exists and is this process's alone. */
export async function startGateway(parts: GatewayParts): Promise<Gateway> {
  const { config, register, ledger, http, timers, tell } = parts;
  const stopping = new AbortController();
  const { signal } = stopping;
  const disk = await openDirectories(parts);
  const log = await openSiteLog({
    disk: disk.siteLog,
    origin: config.origin,
    signer: parts.logKey,
  });
  const quarantine = openQuarantine(disk.quarantine);
  const heads = await openChainHeads(disk.admission, log);
  const admission = createAdmission({ log, heads, quarantine, record: register.slot, tell });

  let cloud: CloudUplink | null = null;
  const agent = await openAgent(parts, `${config.data}/agent`);
  const fromAgent = startInProcessUplink({
    agent,
    timers,
    random: parts.random,
    log: toLog(tell),
    siteLog: { origin: config.origin, publicKey: parts.logKey.publicKey },
    async offer({ number, bytes, header }) {
      const { index, receipt } = await admission.admit(bytes);
      const text = `batch ${number} with ${header.count} readings is in the site log, entry ${index}`;
      tell({ level: 'info', what: 'logged', text, facts: { batch: number, index } });
      cloud?.wake();
      return { batch: number, proof: receipt };
    },
  });
  const notary =
    ledger &&
    (await createNotary({
      ...{ ledger, log, register, timers, tell },
      store: createRollCallStore(disk.notary),
      intervalMs: config.anchor.intervalMs,
      setBeacon: (beacon) => agent.setBeacon(beacon),
      onProgress: () => cloud?.wake(),
    }));
  cloud = http && createUplink(parts, http, log, holderOf(agent), notary);
  const running = [notary?.run(signal), cloud?.run(signal)];
  const sources = parts.sources.start(agent);

  return {
    status: () => ({
      origin: config.origin,
      logSize: log.head().size,
      agent: agent.status(),
      sources: sources.health(),
      cloud: cloud?.status() ?? 'none',
      ledger: ledger?.status() ?? 'not anchored',
      quarantined: quarantine.agents().map(toHex),
    }),
    async stop() {
      await sources.stop();
      stopping.abort();
      await Promise.all(running);
      await fromAgent.stop();
      await agent.close();
      await ledger?.close();
      http?.close();
    },
  };
}

async function openDirectories({ config, fileSystem }: GatewayParts) {
  const data = createDisk(config.data, fileSystem);
  const at = async (name: string): Promise<Disk> => {
    await data.settle(name);
    return createDisk(`${config.data}/${name}`, fileSystem);
  };
  return {
    siteLog: await at('site-log'),
    admission: await at('admission'),
    quarantine: await at('quarantine'),
    notary: await at('notary'),
    agent: await at('agent'),
  };
}

function openAgent(parts: GatewayParts, directory: string): Promise<Agent> {
  return createAgent({
    directory,
    disk: parts.journalDisk,
    timers: parts.timers,
    clock: parts.clock,
    random: parts.randomBytes,
    signer: parts.agentKey,
    origin: parts.config.origin,
    sources: parts.sources.plans,
    boot: parts.boot,
    software: parts.software,
    configuration: parts.configuration,
    batch: parts.config.batch,
    log: toLog(parts.tell),
  });
}

function holderOf(agent: Agent): BatchHolder {
  return {
    id: agent.id,
    read: async (batch) => (await agent.batch(batch))?.bytes ?? null,
    // After a crash the agent may still be asking for receipts it had: it keeps those batches until then.
    release: (beforeBatch) =>
      agent.release(Math.min(beforeBatch, agent.status().position?.receiptedBefore ?? 0)),
  };
}

function createUplink(
  parts: GatewayParts,
  http: HttpClient,
  log: SiteLog,
  holder: BatchHolder,
  notary: Notary | null,
): CloudUplink {
  const { config, register, timers, tell, random } = parts;
  const client = createCloudClient(http, timers);
  const holders = [holder];
  const batches = createBatchLane({ client, log, holders, tell });
  const witnesses = register.operator.record.witnesses.map(parseNoteKey);
  return createCloudUplink({
    ...{ client, log, batches, timers, tell, random },
    checkpoints: createCheckpointLane({ client, log, batches, witnesses }),
    anchors: notary && createAnchorLane(client, notary.anchors),
    releaser: createReleaser(log, holders, config.cloud?.keepMs ?? 0),
    checkpointIntervalMs: config.checkpoint.intervalMs,
  });
}
