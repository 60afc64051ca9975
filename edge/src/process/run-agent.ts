/**
 * An agent with this machine's clock, disk and network, as its agent.yaml says: until it is stopped it reads, seals and
 * sends, begins anew after its gateway's head when its card turns out to be older, and takes up edits of its sources.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { agentId, sha256, toHex } from '@sigill/evidence';
import manifest from '../../package.json' with { type: 'json' };
import { type Agent, createAgent } from '../agent.ts';
import type { AgentClock } from '../clock.ts';
import { type Control, startControl } from '../control/control-server.ts';
import { EdgeError } from '../errors.ts';
import { holdReason } from '../hold-reason.ts';
import { systemDisk } from '../journal/system-disk.ts';
import { type AgentLink, createAgentLink } from '../link/agent-link.ts';
import { createMqttDial } from '../link/mqtt-dial.ts';
import type { Log } from '../log.ts';
import type { SealedBatch } from '../sealer.ts';
import { openTransport } from '../sources/open-transport.ts';
import { createSourceSet, type SourceSet } from '../sources/source-set.ts';
import { createSystemClock, readBootId } from '../system-clock.ts';
import { systemTimers } from '../timers.ts';
import { type LogWitness, openLogWitness } from '../uplink/log-witness.ts';
import { type MqttUplink, startMqttUplink } from '../uplink/mqtt.ts';
import type { SiteLogName } from '../uplink/receipt-check.ts';
import { type AgentConfig, parseAgentConfig } from './agent-config.ts';
import { acquireDataLock } from './data-lock.ts';
import { readKeyFile, readSecretFile } from './key-file.ts';
import { watchAgentConfig } from './live-config.ts';
import { type AgentReport, reportOf, startReporting } from './report.ts';
import { openSiteRecords, type SiteRecords } from './site-records.ts';

export interface RunningAgent {
  readonly config: AgentConfig;
  readonly id: Uint8Array;
  status(): AgentReport;
  /** Resolves when it can go on no more, and why. */
  readonly failed: Promise<unknown>;
  /** Seals what is open and makes it durable; the next start goes on from there. */
  stop(): Promise<void>;
}

/** One life: from the question where the numbers stand to the closing of the journal. */
interface Life {
  readonly agent: Agent;
  readonly uplink: MqttUplink;
  readonly sources: SourceSet;
  stop(): Promise<void>;
}

interface Box {
  readonly config: AgentConfig;
  readonly configuration: Uint8Array;
  readonly signer: ReturnType<typeof readKeyFile>;
  readonly link: AgentLink;
  readonly witness: LogWitness;
  readonly siteLog: SiteLogName;
  readonly records: SiteRecords;
  readonly clock: AgentClock;
  readonly boot: Uint8Array;
  readonly log: Log;
  /** Resolves, with no answer, when nobody waits for one any more. */
  readonly stopping: Promise<null>;
}

// A frame and the largest reading go into one message of the link.
const MAX_FRAME_BYTES = 160 * 1024;
const RETRY_MS = 10_000;
const SOFTWARE = `sigill/${manifest.version}`;

/**
 * Resolves when it runs; where it has no journal yet, once its gateway has answered.
 * @throws EdgeError, TransportError, DriverError
 */
export async function runAgent(
  file: string,
  log: Log,
  signal: AbortSignal = new AbortController().signal,
): Promise<RunningAgent> {
  const written = readConfig(file);
  const config = parseAgentConfig(new TextDecoder().decode(written), file);
  const { standing } = config;
  if (standing === null) {
    throw new EdgeError(
      'NOT_ENROLLED',
      `this agent is not enrolled: run sigill agent enroll URL CODE ${config.directory}, with the address and the code of its gateway (sigill gateway invite, there)`,
    );
  }
  const signer = readKeyFile(join(config.keys, 'agent.pem'));
  const password = readSecretFile(join(config.keys, 'gateway-password')).trim();
  const records = openSiteRecords(config.directory, standing);
  const id = agentId(signer.publicKey);
  const { url, certificate } = standing.gateway;
  const timers = systemTimers;
  const dial = createMqttDial({ url, certificate, agent: toHex(id), password, timers });
  const siteLog = { origin: standing.origin, publicKey: records.logKey };
  const lock = await acquireDataLock(config.data);
  const clock = createSystemClock();
  const boot = readBootId();
  const listeners = new Set<(batch: SealedBatch) => void>();
  let sources = config.sources;
  let link: AgentLink | null = null;
  let control: Control | null = null;
  let life: Life | null = null;
  const failed = Promise.withResolvers<unknown>();
  const stopping = new AbortController();
  const over = AbortSignal.any([signal, stopping.signal]);
  let turn: Promise<void> = Promise.resolve();

  try {
    mkdirSync(config.data, { recursive: true, mode: 0o700 });
    const witness = await openLogWitness({
      ...{ disk: systemDisk, directory: config.data, siteLog, log },
    });
    link = createAgentLink({
      ...{ dial, witness, boot, software: SOFTWARE, clock, timers, log },
      random: (length) => Uint8Array.from(randomBytes(length)),
      jitter: Math.random,
    });
    const box = {
      ...{ configuration: sha256(written), signer, link, witness, siteLog },
      ...{ records, clock, boot, log, stopping: aborted(over) },
    };
    const begin = (damage?: string) => () =>
      startLife({ ...box, config: { ...config, sources } }, again, tell, damage);
    life = await persist(begin(), log, over);

    /** The gateway holds more than this journal can say: a new life asks first, and goes on from there. */
    function again(damage?: string): void {
      const ending = life;
      turn = turn.then(async () => {
        if (over.aborted || life !== ending) return;
        log.warn({}, 'the agent begins anew, after what its gateway holds');
        await life?.stop();
        life = null;
        life = await persist(begin(damage), log, over);
      });
      turn.catch(failed.resolve);
    }

    const status = () => reportOf(config.name, standing.origin, SOFTWARE, life, link!.status());
    control = await startControl({
      directory: config.data,
      status,
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    });
    const reporting = startReporting({ link, status, timers });
    const watch = watchAgentConfig({
      ...{ file, before: written, config, timers, log },
      async apply(next) {
        await life?.sources.apply(next);
        sources = next;
      },
    });
    return {
      config,
      id,
      status,
      failed: failed.promise,
      async stop() {
        stopping.abort();
        await watch.stop();
        reporting.stop();
        await turn.catch(() => undefined);
        await life?.stop();
        await link?.stop();
        await control?.stop();
        await lock.release();
      },
    };
  } catch (error) {
    await life?.stop();
    await control?.stop();
    await link?.stop();
    await lock.release();
    throw error;
  }

  function tell(batch: SealedBatch): void {
    for (const listener of listeners) listener(batch);
  }
}

async function startLife(
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
    software: SOFTWARE,
    configuration: box.configuration,
    batch: config.batch,
    journal: { maxBytes: config.journalBytes },
    maxFrameBytes: MAX_FRAME_BYTES,
    ...(damage !== undefined && { damage }),
  });
  agent.subscribe(tell);
  if (records.stateOf(agent.id) === 'revoked') agent.hold(holdReason('revoked', ''));
  const uplink = startMqttUplink({
    ...{ agent, link, witness, siteLog, timers, clock, log },
    random: Math.random,
    onBehind: () => again(),
    onDamaged: again,
    onRecords(newer) {
      takeRecords(records, newer, log);
      if (records.stateOf(agent.id) === 'revoked') agent.hold(holdReason('revoked', ''));
    },
  });
  sources.start(agent);
  return {
    ...{ agent, uplink, sources },
    async stop() {
      await sources.stop();
      await uplink.stop();
      await agent.close();
    },
  };
}

/** Again and again while it is only the gateway's answer that is missing. */
async function persist(begin: () => Promise<Life>, log: Log, signal: AbortSignal): Promise<Life> {
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

function aborted(signal: AbortSignal): Promise<null> {
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

function takeRecords(records: SiteRecords, newer: readonly Uint8Array[], log: Log): void {
  try {
    if (!records.take(newer)) return;
    const { slot, rev } = records.slot.record;
    log.info({ slot, rev }, 'the operator’s newest record of this site is kept');
  } catch (error) {
    log.warn({ reason: String(error) }, 'records that the gateway sent do not hold');
  }
}

function readConfig(file: string): Uint8Array {
  try {
    return Uint8Array.from(readFileSync(file));
  } catch (cause) {
    throw new EdgeError(
      'FILE_MISSING',
      `${file} cannot be read (${(cause as NodeJS.ErrnoException).code}); make it with: sigill agent init DIR --name NAME`,
      { cause },
    );
  }
}
