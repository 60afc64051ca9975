import { describe, expect, it } from 'vitest';
import { originHash } from '../log/checkpoint.ts';
import { testBytes, testSigner } from '../testing/key-fixture.ts';
import { boxFingerprint } from './enrolment.ts';
import { generationOf, logsOf, nextOrigin } from './generations.ts';
import { assertContinues, assertRecordFollows } from './record-order.ts';
import { readSlotRecord, type SlotRecord, signSlotRecord } from './register.ts';
import {
  addAgent,
  boxesOf,
  closeSlot,
  confirmBox,
  continueSlot,
  nextSlot,
  openSlot,
  revokeBox,
} from './register-building.ts';

const operator = testSigner('operator');
const logKey = testSigner('log').publicKey;
const [own, far] = ['own', 'far'].map((name) => testSigner(name).publicKey) as [
  Uint8Array,
  Uint8Array,
];
const signed = (record: SlotRecord) => readSlotRecord(signSlotRecord(record, operator));
const first = signed(openSlot({ slot: 3, origin: 'example.org/a', logKey, agentKey: own }));
const both = signed(addAgent(first, far));
const boxOf = (slot: typeof both, fingerprint: string) =>
  boxesOf(slot).find((box) => box.fingerprint === fingerprint)!;
const gateway = boxFingerprint({ logKey, agentKey: own });
const SUCCEEDS = { agent: testBytes('old', 16), lastHeaderHash: testBytes('last') };
const ENDED = { size: 7, root: testBytes('root'), cause: 'the box is gone' };
const remote = boxFingerprint({ logKey: null, agentKey: far });

describe('records as boxes come and go', () => {
  it('follow each other', () => {
    expect(() => assertRecordFollows(null, first.record)).not.toThrow();
    expect(() => assertRecordFollows(first, both.record)).not.toThrow();
    expect(both.record.agents.map(({ key }) => key)).toEqual(
      [own, far].toSorted((a, b) => Buffer.compare(a, b)),
    );
  });

  it('revoke an agent alone, or a gateway with its slot and its own agent', () => {
    const agentOut = signed(revokeBox(boxOf(both, remote), ENDED));
    expect(() => assertRecordFollows(both, agentOut.record)).not.toThrow();
    expect(agentOut.record.closed).toBeNull();
    const states = ({ record }: typeof both) =>
      record.agents.map(({ key, state }) => [key === far ? 'far' : 'own', state]);
    expect(Object.fromEntries(states({ ...agentOut, record: named(agentOut.record) }))).toEqual({
      far: 'revoked',
      own: 'active',
    });
    const gatewayOut = signed(revokeBox(boxOf(agentOut, gateway), ENDED));
    expect(() => assertRecordFollows(agentOut, gatewayOut.record)).not.toThrow();
    expect(gatewayOut.record).toMatchObject({ closed: ENDED, rev: 3 });
  });

  it('confirm a box that is in, by one more revision that changes nothing', () => {
    const again = signed(confirmBox(boxOf(both, remote)));
    expect(() => assertRecordFollows(both, again.record)).not.toThrow();
    expect(again.record).toMatchObject({ rev: both.record.rev + 1, agents: both.record.agents });
    const out = signed(revokeBox(boxOf(both, remote), ENDED));
    expect(() => confirmBox(boxOf(out, remote))).toThrow('is revoked, for ever');
  });

  it('are refused for a box that is in already, or out already', () => {
    expect(() => addAgent(both, far)).toThrow('has this agent already');
    const out = signed(revokeBox(boxOf(both, remote), ENDED));
    expect(() => revokeBox(boxOf(out, remote), ENDED)).toThrow('revoked already');
    const closed = signed(revokeBox(boxOf(both, gateway), ENDED));
    expect(() => revokeBox(boxOf(closed, remote), ENDED)).toThrow('is closed');
    expect(() => revokeBox(boxOf(closed, gateway), ENDED)).toThrow('is');
  });

  it('take the next slot, never one that was used', () => {
    expect(nextSlot([])).toBe(1);
    expect(
      nextSlot([
        { ...first.record, closed: ENDED },
        { ...first.record, slot: 1 },
      ]),
    ).toBe(4);
  });
});

describe('the next generation of a log', () => {
  const nextKey = testSigner('log 2').publicKey;
  const closed = signed(closeSlot(both, ENDED));
  const next = continueSlot(closed, 9, nextKey);

  it('goes on from a closed slot under a new name and key, with the same agents', () => {
    expect(() => assertRecordFollows(both, closed.record)).not.toThrow();
    expect(closed.record.closed).toEqual(ENDED);
    expect(signed(next).record).toEqual({
      ...both.record,
      ...{ slot: 9, rev: 0, previous: new Uint8Array(32), logKey: nextKey },
      ...{ origin: 'example.org/a/2', closed: null, continues: closed.hash },
    });
  });

  it('goes on from that one in its turn', () => {
    const again = signed(closeSlot(signed(next), ENDED));
    const third = continueSlot(again, 10, testSigner('log 3').publicKey);
    expect(third.origin).toBe('example.org/a/3');
    expect(generationOf(third)).toBe(3);
    expect(logsOf(third)).toEqual(
      ['example.org/a/3', 'example.org/a/2', 'example.org/a'].map(originHash),
    );
  });

  it('is not taken for one by its name alone', () => {
    const named = openSlot({ slot: 4, origin: 'example.org/b/2', logKey, agentKey: own });
    expect(generationOf(named)).toBe(1);
    expect(logsOf(named)).toEqual([originHash('example.org/b/2')]);
    expect(nextOrigin(named)).toBe('example.org/b/2/2');
    expect(() => signed({ ...named, origin: 'example.org/b', continues: closed.hash })).toThrow(
      'has no number',
    );
  });

  it('leaves behind who was revoked', () => {
    const out = signed(revokeBox(boxOf(both, remote), ENDED));
    const { agents } = continueSlot(signed(closeSlot(out, ENDED)), 9, nextKey);
    expect(agents).toEqual([{ key: own, state: 'active', succeeds: null }]);
  });

  it('ends with the hundredth', () => {
    const last = { ...next, origin: 'example.org/a/99' };
    expect(() => continueSlot(signed(closeSlot(signed(last), ENDED)), 10, nextKey)).toThrow(
      'is the last generation',
    );
  });

  const stranger = { key: testSigner('x').publicKey, state: 'active' as const, succeeds: null };
  it.each<[string, Partial<SlotRecord>]>([
    ['another record is named', { continues: both.hash }],
    ['none is named', { continues: null }],
    ['it is a later revision', { rev: 1 }],
    ['its slot was used before', { slot: 3 }],
    ['its name is another', { origin: 'example.org/a/3' }],
    ['the log key stays', { logKey }],
    ['an agent is new', { agents: [stranger] }],
    ['an agent succeeds another', { agents: [{ ...next.agents[0]!, succeeds: SUCCEEDS }] }],
  ])('is refused when %s', (_, change) => {
    expect(() => assertContinues(closed, { ...next, ...change })).toThrow('does not continue');
  });

  it('is refused for a slot that is open, and for an agent that was revoked', () => {
    expect(() => assertContinues(both, { ...next, continues: both.hash })).toThrow('is open');
    const out = signed(revokeBox(boxOf(both, remote), ENDED));
    const end = signed(closeSlot(out, ENDED));
    expect(() => assertContinues(end, { ...next, continues: end.hash })).toThrow('revoked');
  });

  it('never changes what it continues, and no slot closes twice', () => {
    const first = signed(next);
    const changed = { ...first.record, rev: 1, previous: first.hash, continues: null };
    expect(() => assertRecordFollows(first, changed)).toThrow('never changes');
    expect(() => closeSlot(closed, ENDED)).toThrow('is closed');
  });
});

/** With the very key objects of this test. */
function named(record: SlotRecord): SlotRecord {
  const agents = record.agents.map((agent) => ({
    ...agent,
    key: Buffer.compare(agent.key, far) === 0 ? far : own,
  }));
  return { ...record, agents };
}
