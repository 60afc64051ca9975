/**
 * The gateway's parts put together: agent, site log, remote agents, notary, the way to the cloud. Clocks,
 * sockets and disks are handed in; what is started here is stopped in the opposite order.
 * @module
 */
import type { Agent, AgentClock, Disk as JournalDisk, SealedBatch, SourceSet } from '@sigill/edge';
import { agentId, type Beacon, type LedgerPolicy, type Signer, toHex } from '@sigill/evidence';
import { createHeldBatches } from './agents/held-batches.ts';
import type { KnownAgents } from './agents/known-agents.ts';
import { createAgentLinks } from './agents/link.ts';
import type { Broker } from './broker/broker.ts';
import { type CloudWay, createCloudWay } from './cloud-way.ts';
import type { GatewayConfig } from './config.ts';
import type { FileSystem } from './disk/file-system.ts';
import type { Tell } from './events.ts';
import { carryAll } from './generation/carry-all.ts';
import { createGenerationWay } from './generation/generation-way.ts';
import { closedFor, openGeneration } from './generation/open-generation.ts';
import { logKeyOf } from './keys/log-keys.ts';
import type { Ledger } from './ledger/ledger.ts';
import { openNotary } from './notary/open-notary.ts';
import { createRollCallStore } from './notary/roll-call-store.ts';
import { openBroker } from './open-broker.ts';
import { openOwnAgent, startOwnUplink } from './own-agent.ts';
import type { RegisterHolder } from './register.ts';
import { BEGIN_ANEW } from './restore/begin-anew.ts';
import { openSite } from './site.ts';
import {
  anchoringStatus,
  createAlarmBook,
  type DiskUse,
  type GatewayStatus,
  recordStatus,
  remoteAgents,
} from './status.ts';
import { createTakeUp } from './take-up-records.ts';
import type { Timers } from './timers.ts';
import type { HttpClient } from './uplink/http-client.ts';

export interface GatewayParts {
  readonly config: GatewayConfig;
  readonly agentKey: Signer;
  /** Of all generations of its log. */
  readonly logKeys: readonly Signer[];
  readonly register: RegisterHolder;
  /** Null: nothing is anchored. */
  readonly ledger: Ledger | null;
  /** What verifiers are told of the ledger; null: nobody anchors. */
  readonly policy: LedgerPolicy | null;
  /** To the cloud; null: everything stays here. */
  readonly http: HttpClient | null;
  readonly sources: SourceSet;
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
  /** Of the data directory; null where it cannot be told. */
  readonly diskUse: () => DiskUse | null;
  /** Called with each batch that this box seals. */
  readonly sealed: (batch: SealedBatch) => void;
  /** Why the journal of the own agent is to be set aside as damaged, though it opens; null: it is not. */
  readonly damage: string | null;
  /**
   * Entries came back from the cloud after the agent had begun, and it must begin behind them; or the next log begins; or
   * the agent's journal is damaged.
   */
  readonly startAnew: (damage?: string) => void;
}

export interface Gateway {
  /** The operator's next records are taken up here. */
  readonly register: RegisterHolder;
  /** What is kept of agents that are let in. */
  readonly knownAgents: KnownAgents;
  status(): GatewayStatus;
  /** Seals what is open and makes it durable; the next start goes on from there. */
  stop(): Promise<void>;
}

/** `config.data` exists and is this process's alone. */
export async function startGateway(parts: GatewayParts): Promise<Gateway> {
  const { config, ledger, http, timers, random, sources } = parts;
  const stopping = new AbortController();
  const { signal } = stopping;
  const alarms = createAlarmBook(timers.now);
  const tell: Tell = (event) => {
    alarms.note(event);
    parts.tell(event);
  };
  const register = parts.register.current;
  const generation = openGeneration(parts);
  const logKey = logKeyOf(parts.logKeys, register().slot.record);
  const own = agentId(parts.agentKey.publicKey);
  let cloud: CloudWay | null = null;
  let broker: Broker | null = null;
  let loggedAt: number | null = null;
  const site = await openSite({
    ...{ ...parts, ...generation, logKey, data: config.data, own, signal, register, tell },
    startWaitMs: http && (config.cloud?.startWaitMs ?? null),
    // It comes back, and is told why its key is out.
    onConflict(agent) {
      cloud?.wake();
      broker?.disconnect(toHex(agent));
    },
  });
  const { log, gate } = site;
  if (register().slot.record.closed !== null) log.freeze(closedFor(parts.register));
  const { promise: opened, ...opening } = Promise.withResolvers<Agent>();
  opened.catch(() => undefined); // whoever waits for it is told; nobody need
  try {
    return await start();
  } catch (error) {
    stopping.abort();
    opening.reject(error);
    await site.close();
    throw error;
  }

  async function start(): Promise<Gateway> {
    const carried = carryAll({ ...parts, ...site, data: config.data, register, tell }, signal);
    const links = createAgentLinks({
      ...{ ...site, timers, tell, register, carried },
      publish: (topic, payload) => void broker?.publish(topic, payload, { qos: 1 }),
      isConnected: (agent) => broker?.isConnected(agent) ?? false,
      contradicted: suspect,
    });
    const setBeacon = (beacon: Beacon) => {
      links.setBeacon(beacon);
      void opened.then((agent) => agent.setBeacon(beacon)).catch(() => undefined);
    };
    const notary =
      ledger &&
      (await openNotary({
        ...{ ledger, log, register, timers, tell },
        known: generation.inherited?.known ?? null,
        store: createRollCallStore(site.notary),
        intervalMs: config.anchor.intervalMs,
        setBeacon,
        onProgress: () => cloud?.wake(),
      }));
    const held = createHeldBatches(log, own, opened, site.store);
    let askedForHead = false;
    cloud =
      http &&
      createCloudWay({
        ...{ ...parts, http, site, logKey, held, notary, register, tell, setBeacon },
        restored() {
          if (askedForHead) parts.startAnew();
          return !askedForHead;
        },
        contradiction: links.contradiction,
      });
    const way = createGenerationWay({ ...parts, generation, site, logKey, notary, tell }, signal);
    const running = [notary?.run(signal), cloud?.run(signal), way.run(), carried];
    const agent = await openOwnAgent({
      ...{ ...parts, site, tell, plans: sources.plans },
      asked: () => {
        askedForHead = true;
      },
    });
    opening.resolve(agent);
    agent.subscribe(parts.sealed);
    const fromAgent = startOwnUplink({
      ...{ agent, site, timers, random, tell, logged, damaged: parts.startAnew },
    });
    sources.start(agent);
    if (config.broker !== null) {
      await openBroker({
        ...{ ...parts, ...site, links, register, tell },
        ...{ config: config.broker, data: config.data, disk: parts.journalDisk },
        opened(opened) {
          broker = opened;
        },
      });
    }
    const unwatch = parts.register.watch(
      createTakeUp({
        ...site,
        tell,
        cut: (name) => broker?.disconnect(name),
        send: links.sendRecords,
      }),
    );

    return {
      register: parts.register,
      knownAgents: site.knownAgents,
      status: () => ({
        origin: log.origin,
        logSize: log.head().size,
        logRoot: toHex(log.head().root),
        closedFor: log.frozen() ?? gate.closedFor(),
        record: recordStatus(register()),
        agent: agent.status(),
        remoteAgents: remoteAgents(register().slot.record, own, site, links),
        sources: sources.health(),
        broker: broker?.status() ?? null,
        cloud: cloud?.status() ?? 'none',
        ledger: ledger?.status() ?? 'not anchored',
        anchoring: anchoringStatus(ledger, parts.policy, cloud),
        disk: parts.diskUse(),
        held: site.store.usage(),
        loggedAt,
        quarantined: site.conflicts.list(),
        alarms: alarms.list(),
      }),
      async stop() {
        unwatch();
        // What was taken in is told to the devices, then nothing more comes.
        await broker?.close();
        await sources.stop();
        stopping.abort();
        await Promise.all(running);
        await fromAgent.stop();
        await agent.close();
        await site.close();
        await ledger?.close();
        http?.close();
      },
    };
  }

  function logged(): void {
    loggedAt = timers.now();
    cloud?.wake();
  }

  /** An agent's receipt tells that this disk is an older copy: nothing grows until the cloud was asked. */
  function suspect(reason: string): void {
    const then = cloud
      ? 'the cloud is asked first'
      : `there is no cloud to ask: restore a newer copy of the data directory and start again; else ${BEGIN_ANEW}`;
    const text = `${reason}: this disk was restored from an older copy, or that agent belongs to another gateway. The site log takes nothing: ${then}`;
    gate.hold(text);
    tell({ level: 'alarm', what: 'SITE_LOG_HELD', text });
    cloud?.askAgain();
  }
}
