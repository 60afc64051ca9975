import { describe, expect, it } from 'vitest';
import { testBytes, testSigner } from '../testing/key-fixture.ts';
import { boxHash, type EnrolmentRequest, enrolmentMac, signEnrolmentRequest } from './enrolment.ts';
import {
  type EnrolmentSurroundings,
  type Invitation,
  judgeEnrolment,
  MAX_WRONG_CODES,
} from './enrolment-decision.ts';
import type { SlotRecord } from './register.ts';
import { openSlot } from './register-building.ts';

const NOW = Date.UTC(2026, 0, 31, 10);
const agent = testSigner('agent');
const log = testSigner('log');
const secret = testBytes('secret', 10);
const certificate = testBytes('certificate');
const request: EnrolmentRequest = {
  kind: 'gateway',
  name: 'house-17',
  logKey: log.publicKey,
  agentKey: agent.publicKey,
  passwordHash: null,
  nonce: testBytes('nonce', 16),
  clientTimeMs: 0,
  certificate,
};
const invitation: Invitation = {
  id: '7K2M',
  kind: 'gateway',
  secret,
  expiresAt: NOW + 1,
  wrong: MAX_WRONG_CODES - 1,
  withdrawn: false,
  usedBy: null,
};
const slot = openSlot({
  slot: 1,
  origin: 'example.org/house-17',
  logKey: log.publicKey,
  agentKey: agent.publicKey,
});

function judge(
  change: Partial<Invitation>,
  surroundings: Partial<EnrolmentSurroundings> = {},
  asked: Partial<EnrolmentRequest> = {},
) {
  const bytes = signEnrolmentRequest({ ...request, ...asked }, agent, log);
  const post = { request: bytes, mac: enrolmentMac(secret, bytes) };
  const all = { nowMs: NOW, certificate, slots: [], ...surroundings };
  return judgeEnrolment(post, { ...invitation, ...change }, all);
}

const CLOSED = { size: 4, root: testBytes('root'), cause: 'forked' };

describe('a box that asks to be enrolled', () => {
  it('is taken with a good code, whatever its clock says', () => {
    expect(judge({})).toEqual({ verdict: 'taken', request, box: boxHash(request) });
    expect(judge({}, {}, { clientTimeMs: 5e12 }).verdict).toBe('taken');
  });

  it('is taken again with the code it used, though that has expired and the box is registered', () => {
    const used = { usedBy: boxHash(request), expiresAt: 0, wrong: 10 };
    expect(judge(used, { slots: [slot] }).verdict).toBe('taken');
  });

  it('is told nothing with a wrong code: not whether there is such an invitation, nor what is wrong', () => {
    const wrong = { verdict: 'wrong' };
    expect(judge({ secret: testBytes('another', 10) })).toEqual(wrong);
    const garbage = { request: new Uint8Array(9), mac: new Uint8Array(32) };
    const surroundings = { nowMs: NOW, certificate: null, slots: [] };
    expect(judgeEnrolment(garbage, invitation, surroundings)).toEqual(wrong);
    expect(judgeEnrolment(garbage, undefined, surroundings)).toEqual(wrong);
  });

  it.each<[string, string, Partial<Invitation>, string]>([
    ['another box has used it', 'CODE_USED', { usedBy: testBytes('other') }, 'ask for a new one'],
    ['its time is over', 'CODE_EXPIRED', { expiresAt: NOW }, 'until 2026-01-31'],
    ['it was tried too often', 'CODE_VOID', { wrong: MAX_WRONG_CODES }, '10 times'],
    ['the operator took it back', 'CODE_VOID', { withdrawn: true }, 'took this code back'],
    ['it is for the other kind', 'CODE_KIND', { kind: 'agent' }, 'is for an agent'],
  ])('is refused when %s', (_, code, change, sentence) => {
    expect(judge(change)).toEqual({
      verdict: 'refused',
      code,
      detail: expect.stringContaining(sentence),
    });
  });

  it.each([
    ['another one is shown to it', { certificate: testBytes('in between') }],
    ['it saw none where there is one', { certificate: null }],
  ])('is refused when a certificate does not fit: %s', (_, asked) => {
    expect(judge({}, {}, asked)).toMatchObject({ code: 'CERTIFICATE_MISMATCH' });
    expect(judge({}, { certificate: null })).toMatchObject({ code: 'CERTIFICATE_MISMATCH' });
    expect(judge({}, { certificate: null }, { certificate: null }).verdict).toBe('taken');
  });

  const agents = (state: 'active' | 'revoked') => slot.agents.map((one) => ({ ...one, state }));
  it.each<[string, string, Partial<SlotRecord>]>([
    ['its keys are registered by another code', 'KEY_KNOWN', {}],
    ['its agent key has another job', 'KEY_KNOWN', { logKey: agent.publicKey, agents: [] }],
    ['its log key has another agent', 'KEY_KNOWN', { agents: [] }],
    ['it is revoked', 'BOX_REVOKED', { agents: agents('revoked') }],
    ['its slot is closed', 'BOX_REVOKED', { closed: CLOSED }],
  ])('is refused when %s', (_, code, change) => {
    expect(judge({}, { slots: [{ ...slot, ...change }] })).toMatchObject({ code });
  });

  it('is refused when it was revoked since, also with the code it used', () => {
    const slots = [{ ...slot, closed: CLOSED }];
    expect(judge({ usedBy: boxHash(request) }, { slots })).toMatchObject({ code: 'BOX_REVOKED' });
  });
});
