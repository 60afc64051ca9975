import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBytes } from '../bytes/bytes.ts';
import { type CborValue, encodeCbor } from '../bytes/canonical-cbor.ts';
import { sha256 } from '../crypto/index.ts';
import { createSign1 } from '../keys/cose-sign1.ts';
import { formatNoteKey } from '../log/signed-note.ts';
import { agentId } from '../reading/reading.ts';
import { testBinaryCodec } from '../testing/codec-contract.ts';
import { testBytes, testSigner, testSignerP256 } from '../testing/key-fixture.ts';
import { assertRecordFollows } from './record-order.ts';
import {
  findAgent,
  NO_RECORD,
  type OperatorRecord,
  openOperatorChain,
  openSlotRecord,
  readSlotRecord,
  type SlotRecord,
  signOperatorRecord,
  signSlotRecord,
} from './register.ts';

const operator = testSigner('operator');
const next = testSigner('next operator');
const keys = ['a', 'b', 'c', 'd'].map((name) => testSigner(name).publicKey);
const element = testSignerP256('element').publicKey;
const agents = [...keys, element]
  .toSorted(compareBytes)
  .map((key) => ({ key, state: 'active' as const, succeeds: null }));
const record: SlotRecord = {
  slot: 1,
  rev: 0,
  previous: NO_RECORD,
  origin: 'sigill.example/test/house',
  logKey: testSigner('log').publicKey,
  closed: null,
  continues: null,
  agents,
};
const CLOSED = { size: 4, root: testBytes('root'), cause: 'forked' };
const succeeds = { agent: testBytes('old', 16), lastHeaderHash: testBytes('last') };

testBinaryCodec<SlotRecord>('a slot record', {
  encode: (value) => signSlotRecord(value, operator),
  decode: (cose) => openSlotRecord(cose, operator.publicKey).record,
  values: fc.record({
    slot: fc.integer({ min: 1, max: 2 ** 40 }),
    rev: fc.maxSafeNat(),
    previous: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    origin: fc.stringMatching(/^[a-z0-9./-]{1,60}$/),
    logKey: fc.constant(record.logKey),
    closed: fc.option(
      fc.record({
        size: fc.maxSafeNat(),
        root: fc.uint8Array({ minLength: 32, maxLength: 32 }),
        cause: fc.stringMatching(/^[a-z ]{1,200}$/),
      }),
    ),
    continues: fc.constant(null),
    agents: fc.subarray(agents).chain((chosen) =>
      fc
        .array(fc.constantFrom('active' as const, 'revoked' as const), {
          minLength: chosen.length,
          maxLength: chosen.length,
        })
        .map((states) =>
          chosen.map((agent, at) => ({
            ...agent,
            state: states[at]!,
            succeeds: at % 2 === 0 ? null : succeeds,
          })),
        ),
    ),
  }),
});

describe('a slot record', () => {
  it('opens with the operator’s key, and its hash is that of the signed payload', () => {
    const cose = signSlotRecord(record, operator);
    expect(openSlotRecord(cose, operator.publicKey)).toEqual(readSlotRecord(cose));
    expect(() => openSlotRecord(cose, next.publicKey)).toThrow(
      expect.objectContaining({ code: 'SIGNATURE_INVALID' }),
    );
  });

  it('names its agents', () => {
    expect(findAgent(record, agentId(element))?.key).toEqual(element);
    expect(findAgent(record, agentId(operator.publicKey))).toBeUndefined();
  });

  it.each<[string, Partial<SlotRecord>]>([
    ['slot 0', { slot: 0 }],
    ['a slot with a fraction', { slot: 1.5 }],
    ['an origin with a space', { origin: 'a b' }],
    ['an origin with a plus', { origin: 'a+b' }],
    ['an empty origin', { origin: '' }],
    ['a previous hash of 31 bytes', { previous: testBytes('p', 31) }],
    ['a log key that is P-256', { logKey: element }],
    [
      'a log key of small order',
      { logKey: Uint8Array.from([...keys[0]!.slice(0, 12), ...new Uint8Array(32)]) },
    ],
    ['agents out of order', { agents: agents.toReversed() }],
    ['an agent twice', { agents: [agents[0]!, agents[0]!] }],
    ['the log key as an agent', { agents: [{ ...agents[0]!, key: record.logKey }] }],
    ['an agent key that is none', { agents: [{ ...agents[0]!, key: testBytes('k') }] }],
    ['a closing without a cause', { closed: { ...CLOSED, cause: '' } }],
    ['a closing with a novel as its cause', { closed: { ...CLOSED, cause: 'a'.repeat(201) } }],
    ['a closing with a short root', { closed: { ...CLOSED, root: new Uint8Array(31) } }],
    ['an earlier record named by half its hash', { continues: new Uint8Array(16) }],
    ['an earlier one and no number in its name', { continues: testBytes('closed') }],
    ['another agent state', { agents: [{ ...agents[0]!, state: 'lost' as 'active' }] }],
    [
      'a succeeded agent of 32 bytes',
      { agents: [{ ...agents[0]!, succeeds: { ...succeeds, agent: testBytes('x') } }] },
    ],
  ])('with %s is neither signed nor read', (_name, changes) => {
    const changed = { ...record, ...changes };
    const code = { code: 'RECORD_FORM' };
    expect(() => signSlotRecord(changed, operator)).toThrow(expect.objectContaining(code));
    if (!Number.isInteger(changed.slot)) return;
    const cose = createSign1(encodeCbor(payloadOf(changed)), operator);
    expect(() => openSlotRecord(cose, operator.publicKey)).toThrow(expect.objectContaining(code));
    expect(() => readSlotRecord(cose)).toThrow(expect.objectContaining(code));
  });
});

describe('assertRecordFollows', () => {
  const last = readSlotRecord(signSlotRecord(record, operator));
  const follows = { ...record, rev: 1, previous: last.hash };

  it('lets a slot begin, and go on with agents added, revoked and the slot closed', () => {
    assertRecordFollows(null, record);
    assertRecordFollows(last, follows);
    const revoked = agents.map((agent) => ({ ...agent, state: 'revoked' as const }));
    assertRecordFollows(last, { ...follows, agents: revoked, closed: CLOSED });
    const fewer = readSlotRecord(signSlotRecord({ ...record, agents: agents.slice(1) }, operator));
    assertRecordFollows(fewer, { ...follows, previous: fewer.hash });
  });

  it.each<[string, Partial<SlotRecord>]>([
    ['a rev left out', { rev: 2 }],
    ['the same rev', { rev: 0 }],
    ['another slot', { slot: 2 }],
    ['another record before', { previous: testBytes('fork') }],
    ['another origin', { origin: 'sigill.example/test/other' }],
    ['another log key', { logKey: testSigner('other log').publicKey }],
    ['an agent missing', { agents: agents.slice(1) }],
    ['another succession', { agents: [{ ...agents[0]!, succeeds }, ...agents.slice(1)] }],
  ])('refuses %s', (_name, changes) => {
    expect(() => assertRecordFollows(last, { ...follows, ...changes })).toThrow(
      expect.objectContaining({ code: 'RECORD_CHAIN' }),
    );
  });

  it('refuses a first record that is none', () => {
    for (const changes of [{ rev: 1 }, { previous: testBytes('p') }])
      expect(() => assertRecordFollows(null, { ...record, ...changes })).toThrow(
        expect.objectContaining({ code: 'RECORD_CHAIN' }),
      );
  });

  it('holds that closed and revoked are final', () => {
    const closed = { ...last, record: { ...record, closed: CLOSED } };
    expect(() => assertRecordFollows(closed, follows)).toThrow('closed is final');
    const revoked = agents.with(1, { ...agents[1]!, state: 'revoked' as never });
    expect(() =>
      assertRecordFollows({ ...last, record: { ...record, agents: revoked } }, follows),
    ).toThrow('revoked is final');
  });
});

describe('openOperatorChain', () => {
  const witnessKey = { name: 'witness.example/w1', publicKey: testSigner('witness 1').publicKey };
  const witness = formatNoteKey({ ...witnessKey, type: 4 });
  const first: OperatorRecord = {
    rev: 0,
    previous: NO_RECORD,
    key: operator.publicKey,
    nextKeyHash: sha256(next.publicKey),
    witnesses: [witness],
    successor: null,
  };
  const one = signOperatorRecord(first, operator);
  const root = sha256(operator.publicKey);
  const hashOf = (chain: Uint8Array[]) => openOperatorChain(chain, root).at(-1)!.hash;
  const second = { ...first, rev: 1, previous: hashOf([one]) };

  it('opens the first record of the key that the policy names', () => {
    expect(openOperatorChain([one], root).map(({ record: each }) => each)).toEqual([first]);
  });

  it('goes on by the same key, or by the one that was named before', () => {
    const same = signOperatorRecord({ ...second, witnesses: [] }, operator);
    expect(openOperatorChain([one, same], root)).toHaveLength(2);
    const nextKeyHash = testBytes('third');
    const rotated = { ...second, key: next.publicKey, nextKeyHash };
    expect(openOperatorChain([one, signOperatorRecord(rotated, next)], root)).toHaveLength(2);
    const third = {
      ...rotated,
      rev: 2,
      previous: hashOf([one, signOperatorRecord(rotated, next)]),
    };
    const successor = { chainId: 1, contract: testBytes('contract', 20) };
    const chain = [
      one,
      signOperatorRecord(rotated, next),
      signOperatorRecord({ ...third, successor }, next),
    ];
    expect(openOperatorChain(chain, root).at(-1)!.record.successor).toEqual(successor);
  });

  const thief = testSigner('thief');
  it.each<[string, () => Uint8Array[], string]>([
    ['no record', () => [], 'RECORD_CHAIN'],
    [
      'another first key',
      () => [signOperatorRecord({ ...first, key: thief.publicKey }, thief)],
      'RECORD_CHAIN',
    ],
    [
      'a first record signed by another',
      () => [signOperatorRecord(first, thief)],
      'SIGNATURE_INVALID',
    ],
    [
      'a key that nothing names',
      () => [one, signOperatorRecord({ ...second, key: thief.publicKey }, thief)],
      'RECORD_CHAIN',
    ],
    [
      'the named key, signed by the old',
      () => [one, signOperatorRecord({ ...second, key: next.publicKey }, operator)],
      'SIGNATURE_INVALID',
    ],
    [
      'a rev left out',
      () => [one, signOperatorRecord({ ...second, rev: 2 }, operator)],
      'RECORD_CHAIN',
    ],
    ['the first record twice', () => [one, one], 'RECORD_CHAIN'],
    [
      'another record before',
      () => [one, signOperatorRecord({ ...second, previous: NO_RECORD }, operator)],
      'RECORD_CHAIN',
    ],
    ['a slot record', () => [signSlotRecord(record, operator)], 'RECORD_FORM'],
  ])('refuses %s', (_name, chain, code) => {
    expect(() => openOperatorChain(chain(), root)).toThrow(expect.objectContaining({ code }));
  });

  it.each<[string, Partial<OperatorRecord>]>([
    ['a next key hash of 31 bytes', { nextKeyHash: testBytes('n', 31) }],
    ['a successor of 32 bytes', { successor: { chainId: 1, contract: testBytes('c') } }],
    ['a negative chain id', { successor: { chainId: -1, contract: testBytes('c', 20) } }],
    ['a witness that is no text', { witnesses: ['\ud800'] }],
    ['a witness that is no key', { witnesses: ['witness.example/w1'] }],
    ['the key of a log as a witness', { witnesses: [formatNoteKey({ ...witnessKey, type: 1 })] }],
  ])('signs no record with %s', (_name, changes) => {
    expect(() => signOperatorRecord({ ...first, ...changes }, operator)).toThrow(
      expect.objectContaining({ code: 'RECORD_FORM' }),
    );
  });

  it('is total: any bytes are a record or refused', () => {
    testTotal(one);
  });

  function testTotal(cose: Uint8Array): void {
    fc.assert(
      fc.property(fc.nat(8 * cose.length - 1), (bit) => {
        const flipped = cose.slice();
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        expect(() => openOperatorChain([flipped], root)).toThrow(
          expect.objectContaining({ name: 'EvidenceError' }),
        );
      }),
    );
  }
});

function payloadOf(changed: SlotRecord): CborValue {
  const { slot, rev, previous, origin, logKey, closed, continues } = changed;
  const closing = closed && [closed.size, closed.root, closed.cause];
  const list = changed.agents.map((agent) => [
    agent.key,
    agent.state,
    agent.succeeds && [agent.succeeds.agent, agent.succeeds.lastHeaderHash],
  ]);
  return ['sigill.record.1', slot, rev, previous, origin, logKey, closing, continues, list];
}
