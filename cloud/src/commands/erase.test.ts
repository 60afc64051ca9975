import { readFile, writeFile } from 'node:fs/promises';
import { openSlot, signSlotRecord } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOperatorFixture, NAMED, type OperatorFixture } from '../testing/operator-fixture.ts';
import { createAgent, type FixtureAgent, newSigner, START } from '../testing/site-fixture.ts';
import { readKeyFile } from '../witness/key-file.ts';

const ORIGIN = 'agency.example/house-17';
const WHY = ['--reason', 'asked for by the tenant'];

let fixture: OperatorFixture;
let agent: FixtureAgent;
beforeEach(async () => {
  fixture = await createOperatorFixture();
  await fixture.run('cloud init', fixture.directory, ...NAMED);
  const { core } = await fixture.start();
  agent = createAgent(ORIGIN);
  const operator = await readKeyFile(fixture.at('keys/operator.pem'));
  const keys = { logKey: newSigner().publicKey, agentKey: agent.signer.publicKey };
  await core.register.admit(
    signSlotRecord(openSlot({ slot: 1, origin: ORIGIN, ...keys }), operator),
  );
  const batches = [
    [{}, {}],
    [{}, { source: 'bin-7', device: '' }],
  ].map((one) => agent.seal(one));
  await core.ingest.batches(
    ORIGIN,
    0,
    batches.map(({ bytes }) => bytes),
  );
  await core.idle();
});
afterEach(() => fixture.dispose());

const seqs = async () => {
  const { readings } = await fixture.cloud.core.items.list({ limit: 9 });
  return readings.map(({ seq }) => seq).sort();
};
const name = (seq: number) => `${agent.name}/${seq}`;

describe('cloud erase', () => {
  it('says what would go, asks for its number, and is done when nothing of it is here', async () => {
    const wrong = await fixture.answer(
      '1\n',
      'cloud erase',
      fixture.file,
      name(0),
      name(1),
      ...WHY,
    );
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('nothing was erased')]);
    expect(wrong.out).toContain('house-17 meter: 2 readings, number 0 to 1');
    const none = await fixture.run('cloud erase', fixture.file, name(0), ...WHY);
    expect([none.code, none.err]).toEqual([1, expect.stringContaining('nobody confirmed it')]);
    expect(await seqs()).toEqual([0, 1, 2, 3]);
    const done = await fixture.answer('2\n', 'cloud erase', fixture.file, name(0), name(1), ...WHY);
    expect([done.code, done.out]).toEqual([0, expect.stringContaining('backups of its disk')]);
    expect(await seqs()).toEqual([2, 3]);
    const again = await fixture.run('cloud erase', fixture.file, name(0), ...WHY);
    expect([again.code, again.out]).toEqual([0, 'Nothing is left to erase.\n']);
  });

  it('takes a source in a time, and a count instead of a question', async () => {
    const at = (seconds: number) => new Date(START + 1000 * seconds).toISOString();
    const asked = ['--source', 'house-17', '--from', at(1), '--to', at(9), ...WHY];
    const wrong = await fixture.run('cloud erase', fixture.file, ...asked, '--yes', '3');
    expect(wrong.code).toBe(1);
    expect(
      await fixture.json('cloud erase', fixture.file, ...asked, '--yes', '2', '--json'),
    ).toEqual({ erased: 2 });
    expect(await seqs()).toEqual([0, 3]);
  });

  it('is signed on a machine without a network, and brought back', async () => {
    const [ask, signed] = [fixture.at('erase.ask'), fixture.at('erase.signed')];
    const asking = ['cloud erase', fixture.file, name(1), name(2), ...WHY, '--ask', ask] as const;
    const asked = await fixture.run(...asking);
    expect([asked.code, asked.out]).toEqual([0, expect.stringContaining('Nothing is signed yet')]);
    const key = ['--key', fixture.at('keys/operator.pem'), '-o', signed];
    const done = await fixture.answer('2\n', 'cloud erase', '--ask', ask, ...key);
    expect([done.code, done.out]).toEqual([0, expect.stringContaining('asked for by the tenant')]);
    expect(await seqs()).toEqual([0, 1, 2, 3]);
    expect(await fixture.json('cloud bring', fixture.file, signed, '--json')).toEqual({
      records: 0,
      erasures: 2,
    });
    await fixture.cloud.core.erasures.carryOut();
    expect(await seqs()).toEqual([0, 3]);
    const empty = fixture.at('empty');
    await writeFile(empty, 'nothing');
    expect((await fixture.run('cloud bring', fixture.file, empty)).err).toContain('nothing in it');
    const other = ['--key', fixture.at('keys/witness.pem'), '-o', fixture.at('no'), '--yes', '2'];
    const wrong = await fixture.run('cloud erase', '--ask', ask, ...other);
    expect([wrong.code, wrong.err]).toEqual([3, expect.stringContaining('OPERATOR_KEY_WRONG')]);
    await expect(readFile(fixture.at('no'))).rejects.toThrow('ENOENT');
  });

  it.each([
    [[], '--source'],
    [['house-17/3', ...WHY], 'AGENT/SEQ'],
    [[`${'a'.repeat(32)}/3`], '--reason'],
    [['--source', 'house-17', '--from', 'yesterday', '--to', '9', ...WHY], '--from'],
    [[`${'a'.repeat(32)}/3`, '--source', 'house-17', ...WHY], 'not both'],
    [[`${'a'.repeat(32)}/3`, '--reason', 'x'.repeat(501)], '--reason'],
  ])('explains a mistake: %j', async (args, message) => {
    const { code, err } = await fixture.run('cloud erase', fixture.file, ...args);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });

  it('says which reading is not there', async () => {
    const { code, err } = await fixture.run('cloud erase', fixture.file, name(77), ...WHY);
    expect([code, err]).toEqual([1, expect.stringContaining('no reading 77')]);
  });
});
