/**
 * The agent of this box, and the short way its batches have into the site log.
 * @module
 */
import {
  type Agent,
  type AgentClock,
  createAgent,
  type Disk,
  type GatewayHead,
  type SourcePlan,
  startInProcessUplink,
  type Uplink,
} from '@sigill/edge';
import { agentId, equalBytes, type Signer } from '@sigill/evidence';
import type { GatewayConfig } from './config.ts';
import { type Tell, toLog } from './events.ts';
import type { Site } from './site.ts';
import type { Timers } from './timers.ts';

export interface OwnAgentParts {
  readonly config: GatewayConfig;
  readonly agentKey: Signer;
  readonly site: Site;
  readonly plans: readonly SourcePlan[];
  readonly journalDisk: Disk;
  readonly timers: Timers;
  readonly clock: AgentClock;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly boot: Uint8Array;
  readonly software: string;
  readonly configuration: Uint8Array;
  readonly tell: Tell;
  /** Why its journal is to be set aside; null: it is not. */
  readonly damage: string | null;
  /** From here on the agent goes by what it was told. */
  readonly asked: () => void;
}

// A cloud in reach answers in less; one that is not must not cost readings at each start.
const HEAD_WAIT_MS = 2_000;

export function openOwnAgent(parts: OwnAgentParts): Promise<Agent> {
  const { config, site, timers } = parts;
  const id = agentId(parts.agentKey.publicKey);

  async function askHead(): Promise<GatewayHead | null> {
    const patience = new AbortController();
    await Promise.race([site.gate.opened(), timers.wait(HEAD_WAIT_MS, patience.signal)]);
    patience.abort();
    // Entries are on their way back: the agent would contradict them. It has a patience of its own.
    if (site.gate.isHeld()) await site.gate.opened();
    parts.asked();
    const { heads, store } = site;
    return { state: 'open', head: heads.of(id), streams: store.streams.of(id) };
  }

  return createAgent({
    directory: `${config.data}/agent`,
    disk: parts.journalDisk,
    timers,
    clock: parts.clock,
    random: parts.randomBytes,
    signer: parts.agentKey,
    origin: site.log.origin,
    sources: parts.plans,
    boot: parts.boot,
    software: parts.software,
    configuration: parts.configuration,
    batch: config.batch,
    askHead,
    log: toLog(parts.tell),
    ...(parts.damage === null ? {} : { damage: parts.damage }),
  });
}

export interface OwnUplinkParts {
  readonly agent: Agent;
  readonly site: Site;
  readonly timers: Timers;
  readonly random: () => number;
  readonly tell: Tell;
  /** Something new is in the log. */
  readonly logged: () => void;
  /** Its journal opens, and a batch in it cannot be read: it must be set aside. */
  readonly damaged: (reason: string) => void;
}

export function startOwnUplink({ agent, site, timers, tell, ...parts }: OwnUplinkParts): Uplink {
  const { log, gate, admission } = site;
  return startInProcessUplink({
    ...{ agent, timers, random: parts.random, log: toLog(tell) },
    siteLog: { origin: log.origin, publicKey: log.publicKey },
    onDamaged: parts.damaged,
    async offer({ number, bytes, header, seal, streams }) {
      await gate.opened();
      const { index } = await (streams === null
        ? admission.admit(bytes)
        : admission.admitOwn({ bytes, seal, streams }));
      const text = `batch ${number} with ${header.count} readings is in the site log, entry ${index}`;
      tell({ level: 'info', what: 'logged', text, facts: { batch: number, index } });
      parts.logged();
      // The one that came first, if the header was signed again after a crash by a key that never signs the same twice.
      const [logged] = log.entries(index, index + 1);
      const proof = log.receipt(index);
      return { batch: number, proof, ...(equalBytes(logged!, seal) ? {} : { seal: logged! }) };
    },
  });
}
