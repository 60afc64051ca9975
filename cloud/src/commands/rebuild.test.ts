import { rm } from 'node:fs/promises';
import { openSlot, signSlotRecord } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOperatorFixture, NAMED, type OperatorFixture } from '../testing/operator-fixture.ts';
import { createAgent, newSigner } from '../testing/site-fixture.ts';
import { readKeyFile } from '../witness/key-file.ts';

const ORIGIN = 'agency.example/house-17';
const DATABASE = ['cloud.sqlite', 'cloud.sqlite-wal', 'cloud.sqlite-shm', 'readings.duckdb'];

let fixture: OperatorFixture;
beforeEach(async () => {
  fixture = await createOperatorFixture();
  await fixture.run('cloud init', fixture.directory, ...NAMED);
  const { core } = await fixture.start();
  const agent = createAgent(ORIGIN);
  const operator = await readKeyFile(fixture.at('keys/operator.pem'));
  const keys = { logKey: newSigner().publicKey, agentKey: agent.signer.publicKey };
  await core.register.admit(
    signSlotRecord(openSlot({ slot: 1, origin: ORIGIN, ...keys }), operator),
  );
  await core.ingest.batches(ORIGIN, 0, [agent.seal([{}, {}]).bytes, agent.seal([{}]).bytes]);
});
afterEach(() => fixture.dispose());

const rebuild = (...args: string[]) => fixture.run('cloud rebuild', fixture.file, ...args);

describe('cloud rebuild', () => {
  it('makes a lost database again, and says what it has', async () => {
    await fixture.stop();
    for (const name of DATABASE) await rm(fixture.at('cloud-data', name), { force: true });
    const made = await rebuild('--json');
    expect([made.code, JSON.parse(made.out)]).toEqual([
      0,
      { records: 2, entries: 2, checkpoints: 0, anchors: 0, erasures: 0, readings: 3 },
    ]);
    const { core } = await fixture.start();
    expect((await core.ingest.state(ORIGIN)).next).toBe(2);
  });

  it('touches neither a cloud that runs nor a database that is there', async () => {
    const running = await rebuild();
    expect([running.code, running.err]).toEqual([3, expect.stringContaining('ARCHIVE_IN_USE')]);
    await fixture.stop();
    const there = await rebuild();
    expect([there.code, there.err]).toEqual([1, expect.stringContaining('move it away first')]);
  });
});
