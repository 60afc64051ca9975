/** The operator's register over the years: another key, other witnesses, a box in the place of another. */
import { readFile, stat } from 'node:fs/promises';
import {
  findAgent,
  formatNoteKey,
  headerHash,
  openSeal,
  readOperatorRecord,
} from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AskingBox, askingBox } from '../../web/testing/asking-box.ts';
import { createOperatorFixture, NAMED, type OperatorFixture } from '../testing/operator-fixture.ts';
import { createAgent, newSigner } from '../testing/site-fixture.ts';

const ORIGIN = 'agency.example/house-17';

let fixture: OperatorFixture;
let gateway: AskingBox;
beforeEach(async () => {
  fixture = await createOperatorFixture();
  await run('cloud init', fixture.directory, ...NAMED);
  const { url } = await fixture.start();
  const { code } = await fixture.json('cloud invite', fixture.file, '--json');
  gateway = await askingBox(url, code, 'house-17');
  await run('cloud approve', fixture.file, gateway.fingerprint);
});
afterEach(() => fixture.dispose());

const run = (...args: Parameters<OperatorFixture['run']>) => fixture.run(...args);
const key = (name: string) => ['--key', fixture.at('keys', name)];
const chain = () =>
  fixture.cloud.core.register.operatorChain().map(({ cose }) => readOperatorRecord(cose).record);
const slot = () => fixture.cloud.core.register.slotOf(ORIGIN).record;
const succeed = (...args: string[]) => run('register succeed', fixture.file, ...args);
const bringAgent = (name: string) => gateway.bringAgent(fixture.cloud.url, ORIGIN, name);

describe('register succeed', () => {
  it('lets the key that was named take over, names another, and the one before signs nothing more', async () => {
    const done = await succeed(...key('operator-next.pem'));
    expect([done.code, done.out]).toEqual([0, expect.stringContaining('operator-next-1.pem')]);
    const [first, second] = chain();
    expect(second?.rev).toBe(1);
    expect(second?.key).not.toEqual(first?.key);
    expect((await stat(fixture.at('keys/operator-next-1.pem'))).mode & 0o777).toBe(0o600);
    const barn = await bringAgent('barn');
    const old = await run('cloud approve', fixture.file, barn.fingerprint);
    expect([old.code, old.err]).toEqual([3, expect.stringContaining('OPERATOR_KEY_WRONG')]);
    await run('cloud approve', fixture.file, barn.fingerprint, ...key('operator-next.pem'));
    expect(slot().agents).toHaveLength(2);
    const told = await fetch(`${fixture.cloud.url}/enroll/v1/records/1`);
    expect(await told.json()).toMatchObject({ operator: [{}, {}].map(() => expect.any(String)) });
    await succeed(...key('operator-next-1.pem'));
    expect(chain()).toHaveLength(3);
  });

  it('is the same again when it was interrupted', async () => {
    const bring = fixture.cloud.core.register.admit;
    Object.assign(fixture.cloud.core.register, { admit: () => Promise.reject(new Error('away')) });
    expect((await succeed(...key('operator-next.pem'))).code).not.toBe(0);
    Object.assign(fixture.cloud.core.register, { admit: bring });
    expect((await succeed(...key('operator-next.pem'))).code).toBe(0);
    expect(chain()).toHaveLength(2);
  });

  it('changes witnesses and contract under the key in force', async () => {
    const vkey = formatNoteKey({ name: 'w.example', type: 4, publicKey: newSigner().publicKey });
    const contract = `1:0x${'60'.repeat(20)}`;
    const done = await succeed(
      ...key('operator.pem'),
      ...['--witness', vkey, '--successor', contract],
    );
    expect(done.code).toBe(0);
    const [first, second] = chain();
    expect(second).toMatchObject({
      ...{ key: first?.key, nextKeyHash: first?.nextKeyHash, witnesses: [vkey] },
      successor: { chainId: 1, contract: new Uint8Array(20).fill(0x60) },
    });
  });

  it('is signed on a machine without a network', async () => {
    const [ask, signed] = [fixture.at('next.ask'), fixture.at('next.signed')];
    await succeed('--ask', ask);
    const sign = ['register sign', ask, ...key('operator-next.pem'), '-o', signed] as const;
    const no = await fixture.answer('no\n', ...sign);
    expect([no.code, no.err]).toEqual([1, expect.stringContaining('nobody said yes')]);
    const done = await fixture.answer('yes\n', ...sign);
    expect([done.code, done.out]).toEqual([0, expect.stringContaining('cloud bring')]);
    expect(chain()).toHaveLength(1);
    await run('cloud bring', fixture.file, signed);
    expect(chain()).toHaveLength(2);
  });

  it.each<[string[], string, number]>([
    [[], '--key FILE is missing', 2],
    [['operator.pem'], 'nothing else is to change', 2],
    [['witness.pem'], 'neither the operator’s key nor', 3],
  ])('makes nothing of %j', async (names, message, code) => {
    const answer = await succeed(...names.flatMap(key));
    expect([answer.code, answer.err]).toEqual([code, expect.stringContaining(message)]);
    await expect(readFile(fixture.at('keys/operator-next-1.pem'))).rejects.toThrow('ENOENT');
    expect(chain()).toHaveLength(1);
  });

  it.each([
    ['--witness', 'w.example'],
    ['--successor', '1:60'],
  ])('explains what %s takes', async (...args) => {
    const answer = await succeed(...key('operator.pem'), ...args);
    expect([answer.code, answer.err]).toEqual([
      2,
      expect.stringContaining(`${args[0]} ${args[1]}`),
    ]);
  });
});

describe('register sign', () => {
  it('signs approvals and revocations that were asked for', async () => {
    const barn = await bringAgent('barn');
    const ask = (name: string) => fixture.at(`${name}.ask`);
    const sign = async (name: string) => {
      const out = fixture.at(`${name}.signed`);
      await run('register sign', ask(name), ...key('operator.pem'), '-o', out, '--yes');
      return run('cloud bring', fixture.file, out);
    };
    await run('cloud approve', fixture.file, barn.fingerprint, '--ask', ask('in'));
    expect(slot().agents).toHaveLength(1);
    expect((await sign('in')).out).toContain('1 records');
    expect(slot().agents).toHaveLength(2);
    await run('cloud revoke', fixture.file, barn.fingerprint, '--ask', ask('out'));
    await sign('out');
    const states = slot().agents.map(({ state }) => state);
    expect(states.toSorted()).toEqual(['active', 'revoked']);
  });
});

describe('cloud approve --succeeds', () => {
  async function oldAgent() {
    const old = await bringAgent('barn');
    await run('cloud approve', fixture.file, old.fingerprint);
    const { batches } = fixture.cloud.core.ingest;
    const agent = createAgent(ORIGIN, old.agent);
    const [one, two] = [agent.seal([{}]), agent.seal([{}])];
    await batches(ORIGIN, 0, [one.bytes, two.bytes]);
    return { ...old, id: agent.id, last: two };
  }

  it('lets a new box in, in the place of an old one, by one record that names its last header', async () => {
    const old = await oldAgent();
    const fresh = await bringAgent('barn-2');
    const replace = ['--succeeds', old.fingerprint];
    const done = await run('cloud approve', fixture.file, fresh.fingerprint, ...replace);
    expect([done.code, done.out]).toEqual([0, expect.stringContaining('is revoked, for ever')]);
    const record = slot();
    expect(record.rev).toBe(2);
    expect(findAgent(record, old.id)?.state).toBe('revoked');
    const { headerBytes } = openSeal(old.last.seal, old.agent.publicKey);
    expect(
      record.agents.find(({ key: one }) => Buffer.from(one).equals(fresh.agent.publicKey)),
    ).toEqual({
      ...{ key: fresh.agent.publicKey, state: 'active' },
      succeeds: { agent: old.id, lastHeaderHash: headerHash(headerBytes) },
    });
  });

  it('is refused for a stranger, for one that never sealed, and for a gateway', async () => {
    const fresh = await bringAgent('barn-2');
    const approve = (fingerprint: string) =>
      run('cloud approve', fixture.file, fresh.fingerprint, '--succeeds', fingerprint);
    expect((await approve('0000 0000 0000 0000')).err).toContain('BOX_UNKNOWN');
    expect((await approve(gateway.fingerprint)).err).toContain('never sealed anything');
    const silent = await bringAgent('silent');
    await run('cloud approve', fixture.file, silent.fingerprint);
    expect((await approve(silent.fingerprint)).err).toContain('never sealed anything');
    expect(slot().agents).toHaveLength(2);
  });
});
