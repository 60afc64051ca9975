import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Signer } from '@sigill/evidence';
import { type Agent, createAgent } from '../agent.ts';
import type { AgentClock } from '../clock.ts';
import { EdgeError } from '../errors.ts';
import { holdReason } from '../hold-reason.ts';
import { systemDisk } from '../journal/system-disk.ts';
import type { AgentLink } from '../link/agent-link.ts';
import type { Log } from '../log.ts';
import type { SealedBatch } from '../sealer.ts';
import { openTransport } from '../sources/open-transport.ts';
import { createSourceSet, type SourceSet } from '../sources/source-set.ts';
import { systemTimers } from '../timers.ts';
import type { LogWitness } from '../uplink/log-witness.ts';
import { type MqttUplink, startMqttUplink } from '../uplink/mqtt.ts';
import type { SiteLogName } from '../uplink/receipt-check.ts';
import type { AgentConfig } from './agent-config.ts';
import type { SiteRecords } from './site-records.ts';

/** One life: from the question where the numbers stand to the closing of the journal. */
export interface Life {
  readonly agent: Agent;
  readonly uplink: MqttUplink;
  readonly sources: SourceSet;
  readonly siteLog: SiteLogName;
  /** Newer ones are kept. */
  heedRecords(): void;
  stop(): Promise<void>;
}

export interface Box {
  readonly config: AgentConfig;
  readonly configuration: Uint8Array;
  readonly signer: Signer;
  readonly link: AgentLink;
  readonly witness: LogWitness;
  readonly siteLog: SiteLogName;
  readonly records: SiteRecords;
  readonly clock: AgentClock;
  readonly boot: Uint8Array;
  readonly software: string;
  readonly log: Log;
  /** Resolves, with no answer, when nobody waits for one any more. */
  readonly stopping: Promise<null>;
}

// A frame and the largest reading go into one message of the link.
const MAX_FRAME_BYTES = 160 * 1024;
const RETRY_MS = 10_000;

export async function startLife(
  box: Box,
  again: (damage?: string) => void,
  tell: (batch: SealedBatch) => void,
  damage?: string,
): Promise<Life> {
  const { config, link, witness, siteLog, records, clock, log } = box;
  const timers = systemTimers;
  const sources = createSourceSet({
    ...{ sources: config.sources, openTransport, clock, timers, log },
  });
  const agent = await createAgent({
    directory: join(config.data, 'agent'),
    disk: systemDisk,
    ...{ timers, clock, log },
    random: (length) => Uint8Array.from(randomBytes(length)),
    signer: box.signer,
    origin: siteLog.origin,
    sources: sources.plans,
    askHead: () => Promise.race([link.askHead(), box.stopping]),
    boot: box.boot,
    software: box.software,
    configuration: box.configuration,
    batch: config.batch,
    journal: { maxBytes: config.journalBytes },
    maxFrameBytes: MAX_FRAME_BYTES,
    ...(damage !== undefined && { damage }),
  });
  agent.subscribe(tell);
  heedRecords();
  const uplink = startMqttUplink({
    ...{ agent, link, witness, siteLog, timers, clock, log },
    random: Math.random,
    onElsewhere: () => again(),
    onDamaged: again,
  });
  sources.start(agent);

  function heedRecords(): void {
    if (records.stateOf(agent.id) === 'revoked') agent.hold(holdReason('revoked', ''));
  }

  return {
    ...{ agent, uplink, sources, siteLog, heedRecords },
    async stop() {
      await sources.stop();
      await uplink.stop();
      await agent.close();
    },
  };
}

/** Again and again while it is only the gateway's answer that is missing. */
export async function persist(
  begin: () => Promise<Life>,
  log: Log,
  signal: AbortSignal,
): Promise<Life> {
  for (;;) {
    try {
      return await begin();
    } catch (error) {
      const isPassing = error instanceof EdgeError && error.retryable;
      if (!isPassing || signal.aborted) throw error;
      log.warn({ reason: error.message }, 'the agent does not begin yet');
      await pause(RETRY_MS, signal);
    }
  }
}

export function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = systemTimers.after(ms, done);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
