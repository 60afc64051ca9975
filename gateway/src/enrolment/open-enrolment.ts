/**
 * Everything about letting agents in, put together for a gateway that runs: the routes they ask on, and the news of
 * the operator's decision.
 * @module
 */
import { join } from 'node:path';
import { fromBase64, parsePolicy } from '@sigill/evidence';
import type { FastifyInstance } from 'fastify';
import type { KnownAgents } from '../agents/known-agents.ts';
import { isLoopback, type ListenerConfig } from '../broker/broker-config.ts';
import { type CertificatePaths, openServerCertificate } from '../broker/server-certificate.ts';
import type { GatewayConfig } from '../config.ts';
import { watchFolders } from '../disk/watch-folders.ts';
import type { Tell } from '../events.ts';
import { logKeyOf, readLogKeys } from '../keys/log-keys.ts';
import { readGivenText } from '../read-given.ts';
import type { RegisterHolder } from '../register.ts';
import { systemTimers } from '../timers.ts';
import { createCloudClient } from '../uplink/cloud-client.ts';
import { createHttpClient } from '../uplink/http-client.ts';
import { type BrokerAddress, createAgentEnrolment } from './agent-enrolment.ts';
import { openGenerationFile } from './asked-generation.ts';
import { openEnrolmentFiles } from './enrolment-files.ts';
import { followRecords } from './follow-records.ts';
import { findLogEnd, type LogEndParts } from './log-end.ts';
import { tellNextLog } from './next-log.ts';

export interface OpenEnrolmentParts {
  readonly config: GatewayConfig;
  readonly register: RegisterHolder;
  readonly knownAgents: () => KnownAgents;
  readonly status: LogEndParts['status'];
  /** What this box is called on its network. */
  readonly names: readonly string[];
  readonly tell: Tell;
}

// What a command on this box leaves is seen at once; this is for a system without watches.
const RECORDS_HERE_MS = 60_000;

export interface OpenedEnrolment {
  /** On the gateway's own page; a gateway with `enrol` in its configuration has a listener for it instead. */
  readonly mount: ((server: FastifyInstance) => void) | undefined;
  stop(): Promise<void>;
}

/** @throws GatewayError ENROL_LISTEN_FAILED, FILE_MISSING, EdgeError KEY_FILE_* */
export async function openEnrolment(parts: OpenEnrolmentParts): Promise<OpenedEnrolment> {
  const { config, register, names, tell } = parts;
  const { cloud } = config;
  const timers = systemTimers;
  const files = openEnrolmentFiles(config.data);
  const http = cloud && createHttpClient(cloud.url, cloud.certificate);
  const logKey = () => logKeyOf(readLogKeys(config.keys), register.current().slot.record);
  const end = {
    register,
    logKey,
    status: parts.status,
    cloud: http && createCloudClient(http, timers),
  };
  const follower = followRecords({
    ...{ files, register, http, timers, tell },
    generation: openGenerationFile(config.data),
    logKey,
    logEnd: (signal) => findLogEnd(end, signal),
    idleMs: cloud?.recordsMs ?? RECORDS_HERE_MS,
  });
  const folders = ['enrolment', 'enrolment/records'].map((name) => join(config.data, name));
  const unwatch = watchFolders(folders, follower.wake);
  const untell = tellNextLog(register, tell);
  const listens = config.enrol ?? config.status;
  const policy = readGivenText(config.policy).trimEnd();
  parsePolicy(policy);
  const enrolment = createAgentEnrolment({
    ...{ files, tell, policy, knownAgents: parts.knownAgents },
    register: register.current,
    certificate: listens?.tls ? certificateOf(listens.tls, names) : null,
    broker: (host) => brokerFor(host, config.broker?.listen ?? [], names),
    now: timers.now,
    asked: () => follower.wake(),
  });
  // The web server's library is loaded only by a gateway that lets agents in.
  const server = listens === null ? null : await import('./enrolment-server.ts');
  const mount = (instance: FastifyInstance) => server?.mountEnrolment(instance, enrolment);
  try {
    const listener =
      config.enrol && (await server?.startEnrolmentListener(config.enrol, names, mount));
    return {
      mount: config.enrol === null ? mount : undefined,
      async stop() {
        await listener?.stop();
        unwatch();
        untell();
        await follower.stop();
        http?.close();
      },
    };
  } catch (error) {
    unwatch();
    untell();
    await follower.stop();
    http?.close();
    throw error;
  }
}

/** Where an agent that called this gateway by `host` finds the broker: by the same name, over TLS unless on this box. */
export function brokerFor(
  host: string,
  listeners: readonly ListenerConfig[],
  names: readonly string[],
): BrokerAddress | null {
  const near = isLoopback(host.replace(/^\[(.*)\]$/, '$1'));
  const reachable = listeners.filter((one) => near || !isLoopback(one.host));
  // On this box without TLS: nobody stands between two of its processes.
  const chosen = reachable.find(({ tls }) => (tls === null) === near) ?? reachable[0];
  if (chosen === undefined) return null;
  const { tls, port } = chosen;
  if (tls === null) return { url: `mqtt://${host}:${port}`, certificate: null };
  return { url: `mqtts://${host}:${port}`, certificate: certificateOf(tls, names) };
}

function certificateOf(tls: CertificatePaths, names: readonly string[]): Uint8Array {
  const { pin } = openServerCertificate(tls, names);
  return fromBase64(pin.slice('sha256/'.length));
}
