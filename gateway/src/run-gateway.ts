/**
 * A gateway with this machine's clock, disk and network, as its configuration file says.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createSourceSet,
  createSystemClock,
  openTransport,
  readBootId,
  systemDisk,
} from '@sigill/edge';
import { parsePolicy, sha256, utf8 } from '@sigill/evidence';
import manifest from '../package.json' with { type: 'json' };
import { type GatewayConfig, parseGatewayConfig } from './config.ts';
import { acquireDataLock } from './disk/data-lock.ts';
import { nodeFileSystem } from './disk/file-system.ts';
import { GatewayError } from './errors.ts';
import { type Tell, toLog } from './events.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { readKeyFile } from './keys/key-file.ts';
import type { OpenedLedger, OpenLedgerParts } from './open-ledger.ts';
import { openRegister } from './register.ts';
import { systemTimers } from './timers.ts';
import { createHttpClient } from './uplink/http-client.ts';

export interface RunningGateway extends Gateway {
  readonly config: GatewayConfig;
  /** Of the ledger's node; null when nothing is anchored. */
  readonly rpc: string | null;
}

/** @throws GatewayError, EvidenceError, EdgeError, LedgerError, DriverError */
export async function runGateway(file: string, tell: Tell): Promise<RunningGateway> {
  const text = readText(file);
  const config = parseGatewayConfig(text, file);
  const agentKey = readKeyFile(join(config.keys, 'agent.pem'));
  const logKey = readKeyFile(join(config.keys, 'log.pem'));
  const policy = parsePolicy(readText(config.policy));
  const register = openRegister(readRecords(config), {
    operatorKeyHash: policy.operator,
    origin: config.origin,
    logKey: logKey.publicKey,
    agentKey: agentKey.publicKey,
  });
  const timers = systemTimers;
  const clock = createSystemClock();
  const random = Math.random;
  const { cloud } = config;
  const http = cloud && createHttpClient(cloud.url, cloud.certificate);
  const log = toLog(tell);
  const sources = createSourceSet({ sources: config.sources, openTransport, clock, timers, log });

  const lock = await acquireDataLock(config.data);
  try {
    const ledger = await openLedger({ config, policy: policy.ledger, timers, random, tell });
    const gateway = await startGateway({
      ...{ config, agentKey, logKey, register, sources, http, timers, clock, random, tell },
      ledger: ledger?.ledger ?? null,
      fileSystem: nodeFileSystem,
      journalDisk: systemDisk,
      randomBytes: (length) => Uint8Array.from(randomBytes(length)),
      boot: readBootId(),
      software: `sigill/${manifest.version}`,
      configuration: sha256(utf8(text)),
    });
    return {
      config,
      rpc: ledger?.rpc ?? null,
      status: gateway.status,
      async stop() {
        await gateway.stop();
        await ledger?.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Loaded only by a gateway that anchors: the ledger's library costs 10 MB. */
async function openLedger(parts: OpenLedgerParts): Promise<OpenedLedger | null> {
  if (parts.config.ledger.kind === 'none') return null;
  const { openConfiguredLedger } = await import('./open-ledger.ts');
  return openConfiguredLedger(parts);
}

function readRecords({ records }: GatewayConfig): [operator: Uint8Array, slot: Uint8Array] {
  const [operator, slot, ...more] = records;
  if (operator === undefined || slot === undefined || more.length > 0) {
    throw new GatewayError(
      'CONFIG_INVALID',
      `records: ${records.length} files found; write the operator's record and this gateway's, such as [operator.record, slot-1.record]`,
    );
  }
  return [readFile(operator), readFile(slot)];
}

function readText(path: string): string {
  return new TextDecoder().decode(readFile(path));
}

function readFile(path: string): Uint8Array {
  try {
    return Uint8Array.from(readFileSync(path));
  } catch (cause) {
    throw new GatewayError(
      'FILE_MISSING',
      `${path} cannot be read (${(cause as NodeJS.ErrnoException).code}); sigill gateway init makes it`,
      { cause },
    );
  }
}
