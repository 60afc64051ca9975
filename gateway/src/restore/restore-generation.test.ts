import { decodeSeal, headerHash, originHash } from '@sigill/evidence';
import { expect, test } from 'vitest';
import { createFixtureAgent, newSigner } from '../agent-fixture.ts';
import { createCrashFileSystem } from '../disk/crash-file-system-fake.ts';
import { createFixtureHolder } from '../register-fixture.ts';
import { openFixtureSite } from '../site-fixture.ts';
import type { CloudState } from '../uplink/cloud-client.ts';
import { createRestore } from './restore.ts';

const FIRST = 'sigill.example/demo/house-17';
const SECOND = `${FIRST}/2`;

test('a later log comes back too, from where the closed one left its agents', async () => {
  const [firstKey, logSigner] = [newSigner(), newSigner()];
  const agent = createFixtureAgent(FIRST);
  const register = createFixtureHolder({
    ...{ origin: FIRST, log: firstKey, agents: [{ key: agent.signer.publicKey }] },
  });
  const { header, headerBytes } = decodeSeal(agent.seal().seal);
  const head = { batch: 0, headerHash: headerHash(headerBytes), nextSeq: header.count };
  const inherited = [{ agent: agent.id, head, streams: [] }];
  const closed = register.close();
  register.logKeys.push(logSigner.publicKey);
  await register.admit(closed);
  await register.admit(register.continueFrom(closed, logSigner));
  register.advance();
  const open = () =>
    openFixtureSite({
      ...{ fileSystem: createCrashFileSystem(), origin: SECOND, logSigner },
      ...{ register, inherited, agents: [], asksCloud: true },
    });

  const before = await open();
  before.gate.open();
  const log = originHash(SECOND);
  const batches = [agent.seal(), agent.seal({ log }), agent.seal({ log })].map(
    ({ bytes }) => bytes,
  );
  for (const bytes of batches) await before.admission.admit(bytes);

  const site = await open();
  const state: CloudState = {
    ...{ next: 3, checkpointSize: 3, checkpoint: before.log.checkpoint() },
    anchors: { mined: 0, final: 0 },
  };
  const restore = createRestore({
    ...{ ...site, register: register.current, logKey: logSigner },
    client: { entries: async () => ({ batches, path: [] }) } as never,
    restored: () => true,
    contradiction: () => null,
  });
  await restore.compare(state, site.stopping.signal);
  expect(site.log.head()).toEqual(before.log.head());
  expect(site.heads.of(agent.id)).toEqual(before.heads.of(agent.id));
  for (const { stopping } of [before, site]) stopping.abort();
});
