/** For tests: a whole cloud from a cloud.yaml in a directory of its own, listening on a free port. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSigner, encodeCbor, formatNoteKey } from '@sigill/evidence';
import { pino } from 'pino';
import { type RunningCloud, readCloudConfig, startCloud } from '../cloud.ts';
import { WITNESS_NAME } from './core-fixture.ts';
import { createLedger, type FixtureLedger } from './ledger-fixture.ts';
import { createSite, type FixtureBatch, type FixtureSite } from './site-fixture.ts';

export interface CloudFixture {
  readonly directory: string;
  readonly configFile: string;
  readonly site: FixtureSite;
  readonly ledger: FixtureLedger;
  /** Starts it; several starts one after another are restarts. */
  start(): Promise<RunningCloud>;
  stop(): Promise<void>;
  dispose(): Promise<void>;
}

export async function createCloudFixture(extra = ''): Promise<CloudFixture> {
  const directory = await mkdtemp(join(tmpdir(), 'sigill-cloud-'));
  const site = createSite();
  const { privateKey } = generateKeyPairSync('ed25519');
  const { publicKey } = createSigner(
    Uint8Array.from(privateKey.export({ type: 'pkcs8', format: 'der' })),
  );
  const key = formatNoteKey({ name: WITNESS_NAME, type: 4, publicKey });
  const ledger = createLedger(site, [`witness one ${key}`, 'quorum one']);
  const configFile = join(directory, 'cloud.yaml');
  const web = join(directory, 'web');
  await mkdir(web);
  await writeFile(join(web, 'index.html'), '<!doctype html><title>app</title>');
  await writeFile(join(directory, 'operator.record'), site.operatorRecord);
  await writeFile(join(directory, 'slot-1.record'), site.slotRecord());
  await writeFile(join(directory, 'policy.json'), ledger.policy);
  await writeFile(
    join(directory, 'witness.pem'),
    privateKey.export({ type: 'pkcs8', format: 'pem' }),
    { mode: 0o600 },
  );
  await writeFile(
    configFile,
    `listen: { host: 127.0.0.1, port: 0 }
data: data
records: [operator.record, slot-1.record]
witness: { name: ${WITNESS_NAME}, key: witness.pem }
policy: policy.json
ledger: { rpc: 'http://127.0.0.1:7446' }
demonstration: true
${extra}`,
  );
  let running: RunningCloud | null = null;
  async function stop(): Promise<void> {
    await running?.stop();
    running = null;
  }
  return {
    directory,
    configFile,
    site,
    ledger,
    stop,
    async start() {
      await stop();
      running = await startCloud(await readCloudConfig(configFile), {
        logger: pino({ level: 'silent' }),
        web,
      });
      return running;
    },
    async dispose() {
      await stop();
      await rm(directory, { recursive: true });
    },
  };
}

export function postBatches(
  url: string,
  origin: string,
  firstIndex: number,
  batches: readonly Pick<FixtureBatch, 'bytes'>[],
): Promise<Response> {
  return fetch(`${url}/ingest/v1/batches`, {
    method: 'POST',
    headers: { 'content-type': 'application/cbor' },
    body: Buffer.from(encodeCbor([origin, firstIndex, batches.map(({ bytes }) => bytes)])),
  });
}
