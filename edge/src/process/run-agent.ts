/**
 * An agent with this machine's clock, disk and network, as its agent.yaml says: until it is stopped it reads, seals and
 * sends, begins anew after its gateway's head when its card turns out to be older, goes on in the next log when the
 * operator closed the one before, and takes up edits of its sources.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { agentId, sha256, toHex } from '@sigill/evidence';
import manifest from '../../package.json' with { type: 'json' };
import { type Control, startControl } from '../control/control-server.ts';
import { EdgeError } from '../errors.ts';
import { systemDisk } from '../journal/system-disk.ts';
import { type AgentLink, createAgentLink } from '../link/agent-link.ts';
import { createMqttDial } from '../link/mqtt-dial.ts';
import type { Log } from '../log.ts';
import type { SealedBatch } from '../sealer.ts';
import { createSystemClock, readBootId } from '../system-clock.ts';
import { systemTimers } from '../timers.ts';
import { type AgentConfig, parseAgentConfig } from './agent-config.ts';
import { acquireDataLock } from './data-lock.ts';
import { readKeyFile, readSecretFile } from './key-file.ts';
import { aborted, startLife } from './life.ts';
import { watchAgentConfig } from './live-config.ts';
import { createLives, type Lives } from './lives.ts';
import { openLogInForce, takeRecords } from './log-in-force.ts';
import { type AgentReport, reportOf, startReporting } from './report.ts';
import { openSiteRecords } from './site-records.ts';

export interface RunningAgent {
  readonly config: AgentConfig;
  readonly id: Uint8Array;
  status(): AgentReport;
  /** Resolves when it can go on no more, and why. */
  readonly failed: Promise<unknown>;
  /** Seals what is open and makes it durable; the next start goes on from there. */
  stop(): Promise<void>;
}

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
  const lock = await acquireDataLock(config.data);
  const clock = createSystemClock();
  const boot = readBootId();
  const listeners = new Set<(batch: SealedBatch) => void>();
  let sources = config.sources;
  let link: AgentLink | null = null;
  let control: Control | null = null;
  let lives: Lives | null = null;
  const failed = Promise.withResolvers<unknown>();
  const stopping = new AbortController();
  const over = AbortSignal.any([signal, stopping.signal]);

  try {
    mkdirSync(config.data, { recursive: true, mode: 0o700 });
    let inForce = await openLogInForce(records, systemDisk, config.data, log);
    link = createAgentLink({
      ...{ dial, boot, software: SOFTWARE, clock, timers, log },
      witness: inForce.witness,
      async onRecords(newer) {
        takeRecords(records, newer, log);
        lives?.life?.heedRecords();
        if (records.siteLog.origin !== inForce.siteLog.origin) {
          inForce = await openLogInForce(records, systemDisk, config.data, log);
          lives?.renew();
        }
        return inForce.witness;
      },
      random: (length) => Uint8Array.from(randomBytes(length)),
      jitter: Math.random,
    });
    const box = {
      ...{ configuration: sha256(written), signer, link, records, clock, boot, log },
      ...{ software: SOFTWARE, stopping: aborted(over) },
    };
    lives = createLives({
      start: (again, damage) =>
        startLife({ ...box, ...inForce, config: { ...config, sources } }, again, tell, damage),
      isCurrent: (life) => life.siteLog === inForce.siteLog,
      ...{ log, signal: over, failed: failed.resolve },
    });
    await lives.begin();

    const status = () =>
      reportOf(config.name, inForce.siteLog.origin, SOFTWARE, lives!.life, link!.status());
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
        await lives?.life?.sources.apply(next);
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
        await lives?.stop();
        await link?.stop();
        await control?.stop();
        await lock.release();
      },
    };
  } catch (error) {
    await lives?.stop();
    await control?.stop();
    await link?.stop();
    await lock.release();
    throw error;
  }

  function tell(batch: SealedBatch): void {
    for (const listener of listeners) listener(batch);
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
