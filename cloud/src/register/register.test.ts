import {
  addAgent,
  boxesOf,
  EMPTY_ROOT,
  openSlot,
  readSlotRecord,
  revokeBox,
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

  it('lets agents of a closed slot go on in its next generation, with a new log key', async () => {
    const { register } = fixture.core;
    const first = readSlotRecord(sign(openSlot({ slot: 2, origin: 'example.org/b', ...keys() })));
    const far = newSigner().publicKey;
    const both = readSlotRecord(sign(addAgent(first, far)));
    await register.admit(sign(first.record));
    await register.admit(sign(both.record));
    const again = { slot: 3, origin: 'example.org/b/2', ...keys(), agentKey: far };
    await expect(register.admit(sign(openSlot(again)))).rejects.toEqual(taken);
    const gateway = boxesOf(both).find(
      ({ logKey, agentKey }) => logKey !== null && agentKey !== far,
    );
    if (gateway === undefined) throw new Error('a gateway');
    await register.admit(sign(revokeBox(gateway, { size: 0, root: EMPTY_ROOT, cause: 'revoked' })));
    await register.admit(sign(openSlot(again)));
    const back = { ...again, slot: 4, origin: 'example.org/b/3', agentKey: newSigner().publicKey };
    await expect(
      register.admit(sign(openSlot({ ...back, logKey: first.record.logKey }))),
    ).rejects.toEqual(taken);
  });

  it('believes nobody but the operator', async () => {
    const record = openSlot({ slot: 2, origin: 'example.org/b', ...keys() });
    const forged = signSlotRecord(record, newSigner());
    await expect(fixture.core.register.admit(forged)).rejects.toMatchObject({
      code: 'SIGNATURE_INVALID',
    });
  });
});
