/** A gateway whose log can grow no more: what its operator is shown, signs, and cannot undo. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { assertContinues, openSlotRecord, readSlotRecord, treeRoot } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AskingBox, askingBox } from '../../web/testing/asking-box.ts';
import { openOperatorPen } from '../operator/sign-record.ts';
import { createOperatorFixture, NAMED, type OperatorFixture } from '../testing/operator-fixture.ts';
import { createAgent, type FixtureAgent } from '../testing/site-fixture.ts';

const ORIGIN = 'agency.example/house-17';
const NEXT = `${ORIGIN}/2`;

let fixture: OperatorFixture;
let agent: FixtureAgent;
let first: AskingBox;
let next: AskingBox;
beforeEach(async () => {
  fixture = await createOperatorFixture();
  await fixture.run('cloud init', fixture.directory, ...NAMED);
  const { url } = await fixture.start();
  const { code } = await fixture.json('cloud invite', fixture.file, '--json');
  first = await askingBox(url, code, 'house-17');
  await fixture.run('cloud approve', fixture.file, first.fingerprint);
  agent = createAgent(ORIGIN, first.agent);
  await send(2);
  next = await first.goOn(url, ORIGIN);
});
afterEach(() => fixture.dispose());

const entries = async () => (await fixture.cloud.core.ingest.state(ORIGIN)).next;
async function send(count: number): Promise<void> {
  const { ingest } = fixture.cloud.core;
  const { next } = await ingest.state(ORIGIN);
  const batches = Array.from({ length: count }, () => agent.seal([{}]).bytes);
  await ingest.batches(ORIGIN, next, batches);
}
const approve = (...args: string[]) => fixture.run('cloud approve', fixture.file, ...args);
const slotOf = (origin: string) => fixture.cloud.core.register.slotOf(origin);
const offline = (...args: string[]) =>
  fixture.run('cloud approve', ...['--key', fixture.at('keys/operator.pem')], ...args);
async function download(): Promise<string> {
  const [taken, { link }] = [
    fixture.at('waiting.json'),
    await fixture.json('cloud operator-link', fixture.file, '--json'),
  ];
  const { url } = fixture.cloud;
  const token = new URL(link).hash.slice(1);
  const headers = { 'content-type': 'application/json' };
  const session = await fetch(`${url}/operator/v1/session`, {
    ...{ method: 'POST', headers, body: JSON.stringify({ token }) },
  });
  const cookie = session.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  const overview = await fetch(`${url}/operator/v1/overview`, { headers: { cookie } });
  await writeFile(taken, await overview.text());
  return taken;
}

describe('a gateway that asks for its next log', () => {
  it('is listed with what is closed, at how many entries, and what begins', async () => {
    const { out } = await approve();
    expect(out).toContain(`${next.fingerprint}   house-17, next log`);
    expect(out).toContain(`house-17 wants to begin its next log: ${NEXT} would be opened`);
    expect(out).toContain(`${ORIGIN} closed, for ever, at 2 entries: this cannot be undone`);
  });

  it('goes on when it was approved: one log is closed where the cloud holds it, one open', async () => {
    const { code, out } = await approve(next.fingerprint, '--cause', 'the card died');
    expect([code, out]).toEqual([
      0,
      expect.stringContaining(`${ORIGIN} is closed, for ever, at 2 entries (the card died).`),
    ]);
    expect(out).toContain(`house-17 goes on as ${NEXT}, slot 2`);
    const [closed, open] = [slotOf(ORIGIN), slotOf(NEXT)];
    assertContinues(closed, open.record);
    expect(closed.record.closed).toMatchObject({ size: 2, cause: 'the card died' });
    expect(open.record.logKey).toEqual(next.log.publicKey);
    expect((await approve()).out).toContain('No box waits');
  });

  it('is told to other programs as JSON', async () => {
    const done = await fixture.json('cloud approve', fixture.file, next.fingerprint, '--json');
    const closed = { origin: ORIGIN, size: 2, cause: 'its log could not go on' };
    expect(done).toEqual({ approved: next.fingerprint, slot: 2, rev: 0, origin: NEXT, closed });
  });

  it('can ask again, and again', async () => {
    await approve(next.fingerprint);
    const third = await next.goOn(fixture.cloud.url, NEXT);
    await approve(third.fingerprint);
    expect(slotOf(`${ORIGIN}/3`).record.slot).toBe(3);
    expect(slotOf(NEXT).record.closed?.size).toBe(0);
  });

  it('is sent away as any box, and its log stays open', async () => {
    await approve(next.fingerprint, '--refuse', 'the card was found');
    expect((await approve()).out).toContain('No box waits');
    expect(slotOf(ORIGIN).record.closed).toBeNull();
  });

  it('goes on once: of two that ask for one log, the other is refused', async () => {
    const other = await first.goOn(fixture.cloud.url, ORIGIN);
    await approve(next.fingerprint);
    const late = await approve(other.fingerprint);
    expect([late.code, late.err]).toEqual([1, expect.stringContaining('BOX_UNKNOWN')]);
    const again = first.goOn(fixture.cloud.url, ORIGIN);
    await expect(again).rejects.toThrow(`goes on as ${NEXT} already`);
  });

  it.each([
    [['--origin', 'agency.example/new'], 2, 'called after the one'],
    [['--cause', ''], 2, '1 to 200'],
    [['--cause', 'x'.repeat(201)], 2, '1 to 200'],
  ])('explains a mistake, and signs nothing: %j', async (args, exit, message) => {
    const { code, err } = await approve(next.fingerprint, ...args);
    expect([code, err]).toEqual([exit, expect.stringContaining(message)]);
    expect(slotOf(ORIGIN).record.closed).toBeNull();
    await expect(stat(fixture.at('keys/signed/slot-1-1.record'))).rejects.toThrow();
  });
});

describe('an approval that was interrupted', () => {
  const signed = async (name: string) =>
    Uint8Array.from(await readFile(fixture.at('keys/signed', name)));

  it('between the two records signs what is missing', async () => {
    await signOnly();
    await fixture.cloud.core.register.admit(await signed('slot-1-1.record'));
    expect((await approve()).out).toContain(`${ORIGIN} was closed, for ever, at 2 entries`);
    expect((await approve(next.fingerprint)).code).toBe(0);
    assertContinues(slotOf(ORIGIN), slotOf(NEXT).record);
  });

  it('before any was brought ends the log where it was signed first, though it grew', async () => {
    await signOnly();
    await send(1);
    const { out } = await approve(next.fingerprint, '--cause', 'another');
    expect(out).toContain('at 2 entries (its log could not go on)');
    expect(slotOf(ORIGIN).record.closed?.size).toBe(2);
    expect(await entries()).toBe(2);
  });

  it('after both leaves nothing to sign for the log, and the box stays in', async () => {
    await approve(next.fingerprint);
    const { code, out } = await approve(next.fingerprint);
    expect([code, out]).toEqual([0, expect.stringContaining('stays in')]);
    expect(slotOf(ORIGIN).record.rev).toBe(1);
    expect(slotOf(NEXT).record.rev).toBe(1);
  });

  /** As a machine that lost its power after the first signature. */
  async function signOnly(): Promise<void> {
    const taken = await download();
    const out = fixture.at('interrupted');
    await offline('--from', taken, '-o', out, next.fingerprint);
    expect(await signed('slot-1-1.record')).toEqual(Uint8Array.from(await readFile(out)));
  }
});

describe('an operator without a network', () => {
  it('takes both records along, and they count when they were brought', async () => {
    const out = fixture.at('house.record');
    const { code, out: text } = await offline(
      ...['--from', await download(), '-o', out, next.fingerprint],
    );
    expect([code, text]).toEqual([0, expect.stringContaining(`both ${out} and ${out}-2`)]);
    expect(slotOf(ORIGIN).record.closed).toBeNull();
    const pen = await openOperatorPen(fixture.at('keys/operator.pem'));
    const records = [await readFile(out), await readFile(`${out}-2`)].map((one) =>
      Uint8Array.from(one),
    );
    const [closing, opening] = records.map((one) => openSlotRecord(one, pen.publicKey));
    assertContinues(closing!, opening!.record);
    for (const one of records) await fixture.cloud.core.register.admit(one);
    expect(slotOf(NEXT).record.agents).toHaveLength(1);
  });

  it('believes nothing that a cloud only says', async () => {
    const taken = await download();
    const overview = JSON.parse(await readFile(taken, 'utf8'));
    const [box] = overview.waiting;
    const lies: [object, string][] = [
      [{ waiting: [{ ...box, fingerprint: first.fingerprint }] }, 'nothing was signed'],
      [{ waiting: [{ ...box, gateway: 'agency.example/barn' }] }, 'no record names'],
      [{ waiting: [{ ...box, gateway: null }] }, 'has a key'],
      [{ slots: [{ ...overview.slots[0], record: forged() }] }, 'no key of the operator signed'],
    ];
    for (const [lie, message] of lies) {
      await writeFile(taken, JSON.stringify({ ...overview, ...lie }));
      const shown = 'waiting' in lie ? (lie.waiting as typeof overview.waiting)[0] : box;
      const { code, err } = await offline(
        ...['--from', taken, '-o', fixture.at('x'), shown.fingerprint],
      );
      expect([code > 0, err]).toEqual([true, expect.stringContaining(message)]);
    }
    await expect(stat(fixture.at('keys/signed/slot-1-1.record'))).rejects.toThrow();
  });

  function forged(): string {
    const { cose } = fixture.cloud.core.register.recordsOf(1)[0] as { cose: Uint8Array };
    const bytes = Uint8Array.from(cose);
    bytes[bytes.length - 1]! ^= 1;
    return Buffer.from(bytes).toString('base64');
  }
});

describe('a gateway that is revoked', () => {
  it('has its log ended where the cloud holds it', async () => {
    const { code } = await fixture.run('cloud revoke', fixture.file, first.fingerprint);
    const { closed } = slotOf(ORIGIN).record;
    expect([code, closed]).toMatchObject([0, { size: 2, cause: 'revoked' }]);
    expect(closed?.root).not.toEqual(treeRoot([]));
    const { out } = await approve();
    expect(out).toContain('No box waits');
  });

  it('in its next generation is revoked there', async () => {
    await approve(next.fingerprint);
    const { code } = await fixture.run('cloud revoke', fixture.file, next.fingerprint);
    const { record } = readSlotRecord(fixture.cloud.core.register.recordsOf(2).at(-1)!.cose);
    expect([code, record.closed?.cause, record.agents[0]?.state]).toEqual([
      0,
      'revoked',
      'revoked',
    ]);
  });
});
