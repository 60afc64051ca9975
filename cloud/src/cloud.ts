/**
 * A cloud in this process: configuration in, a listening server out.
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Signer } from '@sigill/evidence';
import { type Logger, pino } from 'pino';
import packageFile from '../package.json' with { type: 'json' };
import { createServer } from './api/server.ts';
import { readCertificatePin } from './certificate.ts';
import { type CloudConfig, isLoopback, type ListenConfig } from './config.ts';
import { readGiven } from './config-file.ts';
import { type Core, openCore } from './core.ts';
import { createEnrolment } from './enrolment/enrolment.ts';
import { CloudError } from './errors.ts';
import { tellAddress } from './operator/address.ts';
import { createOperator } from './operator/operator.ts';
import { createSessions } from './operator/sessions.ts';
import { openOperatorPen } from './operator/sign-record.ts';
import { openReadRights } from './tiles/read-rights.ts';
import { readKeyFile, readSecretFile } from './witness/key-file.ts';

export { readCloudConfig } from './config-file.ts';

export interface RunningCloud {
  /** Where it answers, with the port it was given. */
  readonly url: string;
  readonly core: Core;
  /** Everything taken in is durable; open event streams are ended. */
  stop(): Promise<void>;
}

export interface CloudOptions {
  readonly logger?: Logger;
  /** The built web app, where it is not the one of this package. */
  readonly web?: string;
}

const EVERY_ADDRESS = /\/\/(0\.0\.0\.0|\[::\]):/;
const LOOPBACK_ADDRESS = '//127.0.0.1:';
const WEB = join(import.meta.dirname, '../web/dist');

/** Stores opened, caught up, and listening. @throws CloudError, EvidenceError */
export async function startCloud(
  config: CloudConfig,
  options: CloudOptions = {},
): Promise<RunningCloud> {
  const logger = options.logger ?? pino({ level: 'info' }, pino.destination(2));
  const records = await Promise.all(config.records.map(readRecord));
  const core = await openCore({
    data: config.data,
    records,
    policy: (await readGiven(config.policy)).toString('utf8').trimEnd(),
    witness: config.witness && {
      name: config.witness.name,
      signer: await witnessKey(config.witness),
    },
    now: Date.now,
    wait: (ms) => sleep(ms),
    era: randomUUID().slice(0, 8),
    log: logger,
  });
  try {
    const { database, register } = core;
    const certificate = await readCertificatePin(config);
    const now = Date.now;
    let url = '';
    const server = await createServer(
      {
        core,
        version: packageFile.version,
        demonstration: config.demonstration,
        ledgerRpc: config.ledger?.rpc ?? null,
        enrolment: createEnrolment({
          database,
          register,
          policy: core.policyText,
          certificate,
          now,
        }),
        operator: createOperator({
          ...{ database, register, certificate, now, heardOf: core.heardOf },
          firstKeyHash: core.policy.operator,
          pen: config.operator && (await openOperatorPen(config.operator.key)),
          origins: config.origins,
          // Boxes cannot call 0.0.0.0; the machine's own name is the best guess without `public`.
          url: () => config.public?.url ?? url.replace(EVERY_ADDRESS, `//${hostname()}:`),
        }),
        sessions: createSessions(now),
        readers: await openReadRights(config.tiles?.token ?? null),
        data: config.data,
        now,
        secure: (config.public?.url ?? '').startsWith('https:') || config.listen.tls !== null,
      },
      {
        logger,
        tls: await readTls(config.listen),
        proxied: config.public !== null && isLoopback(config.listen),
        names: isLoopback(config.listen) ? [config.listen.host, ...config.listen.names] : null,
        web: options.web ?? WEB,
      },
    );
    await listen(server, config.listen);
    const { port } = server.server.address() as AddressInfo;
    const { host, tls } = config.listen;
    url = `${tls === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
    await tellAddress(config.data, url.replace(EVERY_ADDRESS, LOOPBACK_ADDRESS));
    return {
      url,
      core,
      async stop() {
        await server.close();
        await core.close();
      },
    };
  } catch (error) {
    await core.close();
    throw error;
  }
}

async function listen(
  server: Awaited<ReturnType<typeof createServer>>,
  { host, port }: ListenConfig,
): Promise<void> {
  try {
    await server.listen({ host, port });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined || !code.startsWith('E')) throw cause;
    throw new CloudError(
      'LISTEN_FAILED',
      `${host}:${port} cannot be listened on (${code}); stop what holds it, or give another listen.port`,
      { cause },
    );
  }
}

// The signed bytes themselves, or their base64 on one line.
async function readRecord(path: string): Promise<Uint8Array> {
  const content = await readGiven(path);
  const bytes = content[0] === 0xd2 ? content : Buffer.from(content.toString('latin1'), 'base64');
  return Uint8Array.from(bytes);
}

async function witnessKey({ key }: { key: string }): Promise<Signer> {
  try {
    return await readKeyFile(key);
  } catch (error) {
    if (!(error instanceof CloudError) || error.code !== 'FILE_MISSING') throw error;
    throw new CloudError(
      'FILE_MISSING',
      `${error.message}; restore it from your copy. Only for a witness nobody has named yet, make one: openssl genpkey -algorithm ed25519 -out ${key} && chmod 600 ${key}`,
      { cause: error },
    );
  }
}

async function readTls({ tls }: ListenConfig) {
  if (tls === null) return null;
  return { key: await readSecretFile(tls.key), cert: await readGiven(tls.certificate) };
}
