import {
  closeSlot,
  continueSlot,
  EMPTY_ROOT,
  openSlot,
  readSlotRecord,
  type SlotRecord,
  signSlotRecord,
} from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import { newSigner } from '../testing/site-fixture.ts';
import { approvalOf, parseFingerprint, revocationOf } from './records.ts';

const operator = newSigner();
const signed = (record: SlotRecord) => readSlotRecord(signSlotRecord(record, operator));
const keys = () => ({ logKey: newSigner().publicKey, agentKey: newSigner().publicKey });
const first = signed(openSlot({ slot: 7, origin: 'example.org/a', ...keys() }));
const asking = { ...keys(), kind: 'gateway', gateway: null } as const;

const farAgent = () => ({ kind: 'agent', logKey: null, agentKey: newSigner().publicKey }) as const;

describe('the record that lets a box in', () => {
  it('gives a gateway the next slot and its origin', () => {
    expect(approvalOf(asking, [first], 'example.org/b')).toMatchObject({
      ...{ slot: 8, rev: 0, origin: 'example.org/b', closed: null },
      agents: [{ key: asking.agentKey, state: 'active' }],
    });
  });

  it('adds an agent to the record of its gateway', () => {
    const agent = { ...farAgent(), gateway: 'example.org/a' };
    expect(approvalOf(agent, [first], '')).toMatchObject({ slot: 7, rev: 1, previous: first.hash });
  });

  it('adds an agent where its gateway goes on, when its log was closed meanwhile', () => {
    const agent = { ...farAgent(), gateway: 'example.org/a' };
    const ended = { size: 0, root: EMPTY_ROOT, cause: 'a test' };
    const closed = signed(closeSlot(first, ended));
    expect(() => approvalOf(agent, [closed], '')).toThrow('example.org/a is closed');
    const next = signed(continueSlot(closed, 9, newSigner().publicKey));
    expect(approvalOf(agent, [closed, next], '')).toMatchObject({ slot: 9, rev: 1 });
  });

  it.each([
    ['example.org/a', 'RECORD_TAKEN', 'example.org/a-2'],
    ['example.org/a/2', 'RECORD_TAKEN', 'a later log of example.org/a'],
    ['Example.org', 'USAGE', 'lower-case'],
    ['https://example.org', 'USAGE', 'without its scheme'],
    ['', 'USAGE', 'lower-case'],
    [`example.org/${'a'.repeat(128)}`, 'USAGE', 'lower-case'],
  ])('refuses the origin %s', (origin, code, message) => {
    expect(() => approvalOf(asking, [first], origin)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });

  it('refuses an agent whose gateway nobody knows', () => {
    const agent = { ...farAgent(), gateway: 'example.org/x' };
    expect(() => approvalOf(agent, [first], '')).toThrow('no record names example.org/x');
  });
});

describe('a fingerprint', () => {
  it('is taken with and without its spaces, and whole', () => {
    for (const written of ['6f1c 09aa 41d7 e3b2', '6F1C09AA41D7E3B2', '6f1c-09aa-41d7-e3b2'])
      expect(parseFingerprint(written)).toBe('6f1c 09aa 41d7 e3b2');
    for (const written of ['6f1c', '6f1c 09aa 41d7 e3b', '6f1c 09aa 41d7 e3bx'])
      expect(() => parseFingerprint(written)).toThrow('all 16 digits');
  });

  it('that nobody has revokes nothing', () => {
    expect(() =>
      revocationOf('6f1c09aa41d7e3b2', [first], () => ({ size: 0, root: EMPTY_ROOT })),
    ).toThrow(expect.objectContaining({ code: 'BOX_UNKNOWN' }));
  });
});
