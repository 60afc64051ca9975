import {
  addAgent,
  closeSlot,
  continueSlot,
  EMPTY_ROOT,
  equalBytes,
  type Opened,
  openSlot,
  readSlotRecord,
  type SlotRecord,
  signSlotRecord,
} from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CoreFixture, openCoreFixture } from '../testing/core-fixture.ts';
import { newSigner } from '../testing/site-fixture.ts';

let fixture: CoreFixture;
beforeEach(async () => {
  fixture = await openCoreFixture();
});
afterEach(() => fixture.dispose());

const keys = () => ({ logKey: newSigner().publicKey, agentKey: newSigner().publicKey });
const sign = (record: SlotRecord) => signSlotRecord(record, fixture.site.operator);
const taken = expect.objectContaining({ code: 'RECORD_TAKEN' });

describe('the register', () => {
  it('takes a new slot while it runs, and has it after a restart', async () => {
    const record = openSlot({ slot: 2, origin: 'example.org/b', ...keys() });
    await fixture.core.register.admit(sign(record));
    expect(fixture.core.register.slotOf('example.org/b').record).toEqual(record);
    const again = await fixture.restart();
    expect(again.register.slotOf('example.org/b').record).toEqual(record);
    expect(again.register.recordsOf(2)).toHaveLength(1);
  });

  it('lets one of two records for one slot in, though they come at once', async () => {
    const [one, other] = ['b', 'c'].map((name) =>
      sign(openSlot({ slot: 2, origin: `example.org/${name}`, ...keys() })),
    ) as [Uint8Array, Uint8Array];
    const { register } = fixture.core;
    const results = await Promise.allSettled([register.admit(one), register.admit(other)]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(register.slots().filter(({ record }) => record.slot === 2)).toHaveLength(1);
  });

  it('gives a key one job: a log’s is no agent’s, an agent’s is at one gateway', async () => {
    const { register } = fixture.core;
    const first = { slot: 2, origin: 'example.org/b', ...keys() };
    await register.admit(sign(openSlot(first)));
    const next = { slot: 3, origin: 'example.org/c', ...keys() };
    for (const change of [
      { origin: first.origin },
      { logKey: first.logKey },
      { logKey: first.agentKey },
      { agentKey: first.agentKey },
      { agentKey: first.logKey },
    ])
      await expect(register.admit(sign(openSlot({ ...next, ...change })))).rejects.toEqual(taken);
    await register.admit(sign(openSlot(next)));
  });

  it('keeps the agents of a closed slot for the one that continues it', async () => {
    const { register } = fixture.core;
    const { closed, far } = await closedSlot();
    const next = { slot: 3, origin: 'example.org/b/2', ...keys(), agentKey: far };
    await expect(register.admit(sign(openSlot(next)))).rejects.toEqual(taken);
    const record = continueSlot(closed, 3, newSigner().publicKey);
    await register.admit(sign(record));
    expect(register.slotOf('example.org/b/2').record.agents).toHaveLength(2);
    expect(register.recordsAfter(2).map(({ slot }) => slot)).toEqual([3]);
    expect(register.recordsAfter(3)).toEqual([]);
  });

  it('believes nobody but the operator', async () => {
    const record = openSlot({ slot: 2, origin: 'example.org/b', ...keys() });
    const forged = signSlotRecord(record, newSigner());
    await expect(fixture.core.register.admit(forged)).rejects.toMatchObject({
      code: 'SIGNATURE_INVALID',
    });
  });
});

describe('the next generation of a closed log', () => {
  it('goes on from a generation that is closed too, with the same agents', async () => {
    const { register } = fixture.core;
    const { closed } = await closedSlot();
    const second = signed(continueSlot(closed, 3, newSigner().publicKey));
    await register.admit(second.cose);
    const end = signed(closeSlot(second, { size: 0, root: EMPTY_ROOT, cause: 'again' }));
    await register.admit(end.cose);
    await register.admit(sign(continueSlot(end, 4, newSigner().publicKey)));
    expect(register.recordsAfter(2).map(({ slot, rev }) => [slot, rev])).toEqual([
      [3, 0],
      [3, 1],
      [4, 0],
    ]);
    const again = await fixture.restart();
    expect(again.register.recordsAfter(2)).toEqual(register.recordsAfter(2));
  });

  it('is one alone', async () => {
    const { register } = fixture.core;
    const { closed } = await closedSlot();
    await register.admit(sign(continueSlot(closed, 3, newSigner().publicKey)));
    const other = sign(continueSlot(closed, 4, newSigner().publicKey));
    await expect(register.admit(other)).rejects.toEqual(taken);
  });

  it('waits for the record that closed the one before', async () => {
    const { register } = fixture.core;
    const { closed, open } = await closedSlot({ admitted: false });
    const next = sign(continueSlot(closed, 3, newSigner().publicKey));
    const chain = { code: 'RECORD_CHAIN', message: expect.stringContaining('bring that one') };
    await expect(register.admit(next)).rejects.toMatchObject(chain);
    await register.admit(sign(closed.record));
    await register.admit(next);
    expect(register.slots().some(({ hash }) => equalBytes(hash, open.hash))).toBe(false);
  });

  it.each<[string, (next: SlotRecord, open: Opened<SlotRecord>) => Partial<SlotRecord>]>([
    ['continues an open one', (_, { hash }) => ({ continues: hash })],
    ['has another name', () => ({ origin: 'example.org/c/2' })],
    ['skips a generation', () => ({ origin: 'example.org/b/3' })],
    ['has the old log key', (_, { record }) => ({ logKey: record.logKey })],
    ['brings an agent that was not there', () => ({ agents: [stranger()] })],
  ])('is refused when it %s', async (_, change) => {
    const { register } = fixture.core;
    const { closed, open } = await closedSlot();
    const next = continueSlot(closed, 3, newSigner().publicKey);
    const spoiled = sign({ ...next, ...change(next, open) });
    await expect(register.admit(spoiled)).rejects.toMatchObject({ code: 'RECORD_CHAIN' });
    expect(register.recordsAfter(2)).toEqual([]);
    await register.admit(sign(next));
  });

  it('is known by a later revision too, when an anchor brings no earlier one', async () => {
    const { register } = fixture.core;
    const { closed } = await closedSlot();
    const first = signed(continueSlot(closed, 3, newSigner().publicKey));
    const later = addAgent(first, newSigner().publicKey);
    await register.admit(sign(later));
    expect(register.slotOf('example.org/b/2').record).toEqual(later);
  });
});

const stranger = () => ({ key: newSigner().publicKey, state: 'active' as const, succeeds: null });

/** Slot 2 with two agents, closed. */
async function closedSlot({ admitted = true } = {}) {
  const far = newSigner().publicKey;
  const first = signed(openSlot({ slot: 2, origin: 'example.org/b', ...keys() }));
  const open = signed(addAgent(first, far));
  const closed = signed(closeSlot(open, { size: 0, root: EMPTY_ROOT, cause: 'two histories' }));
  for (const { cose } of [first, open, ...(admitted ? [closed] : [])])
    await fixture.core.register.admit(cose);
  return { closed, open, far };
}

function signed(record: SlotRecord) {
  const cose = sign(record);
  return { ...readSlotRecord(cose), cose };
}
