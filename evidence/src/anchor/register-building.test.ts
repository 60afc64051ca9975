import { describe, expect, it } from 'vitest';
import { testSigner } from '../testing/key-fixture.ts';
import { boxFingerprint } from './enrolment.ts';
import {
  assertRecordFollows,
  readSlotRecord,
  type SlotRecord,
  signSlotRecord,
} from './register.ts';
import {
  addAgent,
  boxesOf,
  confirmBox,
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
    const agentOut = signed(revokeBox(boxOf(both, remote)));
    expect(() => assertRecordFollows(both, agentOut.record)).not.toThrow();
    expect(agentOut.record.state).toBe('open');
    const states = ({ record }: typeof both) =>
      record.agents.map(({ key, state }) => [key === far ? 'far' : 'own', state]);
    expect(Object.fromEntries(states({ ...agentOut, record: named(agentOut.record) }))).toEqual({
      far: 'revoked',
      own: 'active',
    });
    const gatewayOut = signed(revokeBox(boxOf(agentOut, gateway)));
    expect(() => assertRecordFollows(agentOut, gatewayOut.record)).not.toThrow();
    expect(gatewayOut.record).toMatchObject({ state: 'closed', rev: 3 });
  });

  it('confirm a box that is in, by one more revision that changes nothing', () => {
    const again = signed(confirmBox(boxOf(both, remote)));
    expect(() => assertRecordFollows(both, again.record)).not.toThrow();
    expect(again.record).toMatchObject({ rev: both.record.rev + 1, agents: both.record.agents });
    const out = signed(revokeBox(boxOf(both, remote)));
    expect(() => confirmBox(boxOf(out, remote))).toThrow('is revoked, for ever');
  });

  it('are refused for a box that is in already, or out already', () => {
    expect(() => addAgent(both, far)).toThrow('has this agent already');
    const out = signed(revokeBox(boxOf(both, remote)));
    expect(() => revokeBox(boxOf(out, remote))).toThrow('revoked already');
    const closed = signed(revokeBox(boxOf(both, gateway)));
    expect(() => revokeBox(boxOf(closed, remote))).toThrow('is closed');
    expect(() => revokeBox(boxOf(closed, gateway))).toThrow('is');
  });

  it('take the next slot, never one that was used', () => {
    expect(nextSlot([])).toBe(1);
    expect(
      nextSlot([
        { ...first.record, state: 'closed' },
        { ...first.record, slot: 1 },
      ]),
    ).toBe(4);
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
