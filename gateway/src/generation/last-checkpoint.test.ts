import {
  type Closing,
  EMPTY_ROOT,
  leafHash,
  openCheckpoint,
  signCheckpoint,
  treeRoot,
  utf8,
} from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFixtureAgent, newSigner } from '../agent-fixture.ts';
import { createFakeTimers } from '../timers-fake.ts';
import { createCloudClient } from '../uplink/cloud-client.ts';
import { type FakeCloud, startFakeCloud } from '../uplink/cloud-fake.ts';
import { createHttpClient, type HttpClient } from '../uplink/http-client.ts';
import { bringLastCheckpoint } from './last-checkpoint.ts';

const ORIGIN = 'sigill.example/demo/house-17';
const logKey = newSigner();
const witness = { name: 'witness.sigill.example/demo', signer: newSigner() };
const { signal } = new AbortController();

let cloud: FakeCloud;
let http: HttpClient;
let closed: Closing;

beforeEach(async () => {
  cloud = await startFakeCloud({ origin: ORIGIN, logKey: logKey.publicKey, witness });
  http = createHttpClient(cloud.url, null);
  const agent = createFixtureAgent(ORIGIN);
  for (let count = 0; count < 9; count += 1) {
    const { bytes, seal } = agent.seal();
    cloud.seals.push(seal);
    cloud.batches.push(bytes);
  }
  closed = { size: 9, root: rootAt(9), cause: 'forked' };
});

afterEach(async () => {
  http.close();
  await cloud.close();
});

const rootAt = (size: number) => treeRoot(cloud.seals.slice(0, size).map(leafHash));
const noteAt = (size: number, root = rootAt(size), signer = logKey) =>
  signCheckpoint({ origin: ORIGIN, size, root }, signer);

function bring(cosigned: string | null = null): Promise<string | null> {
  const client = createCloudClient(http, createFakeTimers());
  return bringLastCheckpoint({ client, origin: ORIGIN, closed, logKey, cosigned }, signal);
}

test('the key signs the end, the cloud answers for it and cosigns it', async () => {
  const note = await bring();
  const { size, root } = openCheckpoint(note!, ORIGIN, logKey.publicKey).checkpoint;
  expect([size, root]).toEqual([9, closed.root]);
  expect(cloud).toMatchObject({ checkpoint: note, checkpointSize: 9, witnessed: { size: 9 } });
});

test('it goes on from what the cloud has and the witness saw, wherever each of them is', async () => {
  cloud.checkpoint = noteAt(4);
  cloud.witnessed = { size: 2, root: rootAt(2) };
  expect(await bring(noteAt(3))).not.toBeNull();
  expect(cloud.witnessed.size).toBe(9);
});

test('brought already it is the same again', async () => {
  const note = await bring();
  expect(await bring(note)).toBe(note);
});

describe('not signed is what would contradict', () => {
  test('the newest checkpoint that the cloud holds', async () => {
    cloud.checkpoint = noteAt(4, leafHash(utf8('another')));
    expect(await bring()).toBeNull();
  });

  test('what a witness cosigned of this disk’s history', async () => {
    expect(await bring(noteAt(5, leafHash(utf8('another'))))).toBeNull();
  });

  test('what was signed behind the end', async () => {
    expect(await bring(noteAt(12, EMPTY_ROOT))).toBeNull();
  });

  test('a note that this key never signed, by which nothing can be told', async () => {
    cloud.checkpoint = noteAt(4, rootAt(4), newSigner());
    expect(await bring()).toBeNull();
    expect(cloud.checkpointSize).toBe(0);
  });
});

test('a cloud that does not answer for it is asked again later', async () => {
  cloud.fault('/ingest/v1/receipt', (_request, response) => response.writeHead(503).end());
  await expect(bring()).rejects.toMatchObject({ retryable: true });
});
