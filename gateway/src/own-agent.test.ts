import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Agent, SealedBatch } from '@sigill/edge';
import {
  createSigner,
  decodeBatch,
  decodeSeal,
  encodeBatch,
  headerHash,
  signSeal,
} from '@sigill/evidence';
import { expect, test } from 'vitest';
import { createFixtureAgent, newSigner } from './agent-fixture.ts';
import { createCrashFileSystem } from './disk/crash-file-system-fake.ts';
import { startOwnUplink } from './own-agent.ts';
import { openFixtureSite } from './site-fixture.ts';

const ORIGIN = 'sigill.example/demo/house-17';

function newP256Signer() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return createSigner(Uint8Array.from(privateKey.export({ type: 'pkcs8', format: 'der' })));
}

test('a header that was signed again after a crash has its receipt, with the seal that the log holds', async () => {
  const signer = newP256Signer();
  const agent = createFixtureAgent(ORIGIN, signer);
  const site = await openFixtureSite({
    ...{ fileSystem: createCrashFileSystem(), origin: ORIGIN, logSigner: newSigner() },
    ...{ agents: [signer], own: agent.id },
  });
  const first = agent.seal();
  await site.admission.admit(first.bytes);
  const { header, headerBytes } = decodeSeal(first.seal);
  const seal = signSeal(headerBytes, signer);
  expect(seal).not.toEqual(first.seal);
  const again: SealedBatch = {
    ...{ number: 0, header, headerHash: headerHash(headerBytes), seal, streams: [] },
    bytes: encodeBatch({ ...decodeBatch(first.bytes), seal }),
  };
  let receipted = 0;
  const stub = {
    publicKey: signer.publicKey,
    async *batches(from: number) {
      if (from === 0) yield again;
    },
    status: () => ({ held: null, position: { receiptedBefore: receipted } }),
    receipted: (before: number) => {
      receipted = before;
    },
    subscribe: () => () => undefined,
    hold: () => undefined,
  } as unknown as Agent;
  const uplink = startOwnUplink({
    ...{ agent: stub, site: { ...site, close: async () => {} } as never, timers: site.timers },
    ...{ random: () => 0.5, tell: site.tell, logged: () => {}, damaged: () => {} },
  });
  for (let turn = 0; turn < 200 && receipted === 0; turn += 1) await sleep(1);
  expect([receipted, uplink.status().failures]).toEqual([1, 0]);
  await uplink.stop();
});
