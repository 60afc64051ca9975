import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, toHex } from '../bytes/bytes.ts';
import { encodeCbor } from '../bytes/canonical-cbor.ts';
import { sha256 } from '../crypto/index.ts';
import { createSign1 } from '../keys/cose-sign1.ts';
import { testBinaryCodec } from '../testing/codec-contract.ts';
import { testBytes, testSigner, testSignerP256 } from '../testing/key-fixture.ts';
import {
  boxFingerprint,
  boxHash,
  type EnrolmentRequest,
  enrolmentMac,
  isEnrolmentMac,
  openEnrolmentRequest,
  signEnrolmentRequest,
} from './enrolment.ts';
import {
  decodeEnrolmentAnswer,
  type EnrolmentAnswer,
  encodeEnrolmentAnswer,
} from './enrolment-answer.ts';

const agent = testSigner('agent');
const log = testSigner('log');
const nonce = testBytes('nonce', 16);

const fromGateway: EnrolmentRequest = {
  kind: 'gateway',
  name: 'house-17',
  logKey: log.publicKey,
  agentKey: agent.publicKey,
  passwordHash: null,
  nonce,
  // A fresh box without a clock chip.
  clientTimeMs: 12_345,
  certificate: testBytes('certificate'),
};
const fromAgent: EnrolmentRequest = {
  ...fromGateway,
  kind: 'agent',
  logKey: null,
  passwordHash: testBytes('password'),
};

const hashes = fc.uint8Array({ minLength: 32, maxLength: 32 });
const common = {
  name: fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,58}$/),
  nonce: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  clientTimeMs: fc.maxSafeInteger(),
  certificate: fc.option(hashes),
};
testBinaryCodec<EnrolmentRequest>('an enrolment request', {
  encode: (request) =>
    signEnrolmentRequest(request, agent, request.kind === 'gateway' ? log : null),
  decode: openEnrolmentRequest,
  values: fc.oneof(
    fc.record(common).map((some) => ({ ...fromGateway, ...some })),
    fc.record({ ...common, passwordHash: hashes }).map((some) => ({ ...fromAgent, ...some })),
  ),
});

const head = { box: hashes, nonce: common.nonce, certificate: common.certificate };
const approval = fc.record({
  origin: fc.string(),
  records: fc.array(fc.uint8Array(), { minLength: 2, maxLength: 4 }),
  policy: fc.string(),
  broker: fc.option(fc.record({ url: fc.string(), certificate: common.certificate })),
});
testBinaryCodec<EnrolmentAnswer>('an enrolment answer', {
  encode: encodeEnrolmentAnswer,
  decode: decodeEnrolmentAnswer,
  codes: ['ENROLMENT_FORM'],
  values: fc.record({
    ...head,
    timeMs: fc.maxSafeInteger(),
    outcome: fc.oneof(
      fc.constant({ state: 'waiting' as const }),
      fc.string().map((reason) => ({ state: 'refused' as const, reason })),
      approval.map((given) => ({ state: 'approved' as const, approval: given })),
    ),
  }),
});

describe('an enrolment request', () => {
  it('is signed by each key in it', () => {
    const stranger = testSigner('stranger');
    const invalid = expect.objectContaining({ code: 'SIGNATURE_INVALID' });
    const byStranger = signEnrolmentRequest(fromGateway, stranger, log);
    expect(() => openEnrolmentRequest(byStranger)).toThrow(invalid);
    const strangersLog = signEnrolmentRequest(fromGateway, agent, stranger);
    expect(() => openEnrolmentRequest(strangersLog)).toThrow(invalid);
  });

  it('takes an agent whose key lives in a secure element', () => {
    const element = testSignerP256('element');
    const request = { ...fromGateway, agentKey: element.publicKey };
    expect(openEnrolmentRequest(signEnrolmentRequest(request, element, log))).toEqual(request);
  });

  it('has both signatures over one and the same payload', () => {
    const payloadOf = (change: object) => {
      const { kind, name, logKey, agentKey, passwordHash } = { ...fromGateway, ...change };
      return encodeCbor([
        ...['sigill.enroll.1', kind, name, logKey, agentKey, passwordHash],
        ...[nonce, fromGateway.clientTimeMs, fromGateway.certificate],
      ]);
    };
    const pair = (change: object) =>
      encodeCbor([createSign1(payloadOf({}), agent), createSign1(payloadOf(change), log)]);
    expect(openEnrolmentRequest(pair({}))).toEqual(fromGateway);
    expect(() => openEnrolmentRequest(pair({ name: 'house-18' }))).toThrow('the same request');
  });

  it.each<[string, Partial<EnrolmentRequest>]>([
    ['a gateway without a log key', { logKey: null }],
    ['a gateway with a password', { passwordHash: testBytes('password') }],
    ['an agent with a log key', { kind: 'agent', passwordHash: testBytes('password') }],
    ['an agent without a password', { kind: 'agent', logKey: null }],
    ['one key for two jobs', { logKey: agent.publicKey }],
    ['a log key that is none', { logKey: new Uint8Array(44) }],
    ['an upper-case name', { name: 'House' }],
    ['a name that climbs', { name: '../x' }],
    ['a name of dots', { name: '..' }],
    ['a long name', { name: 'a'.repeat(60) }],
  ])('is never made for %s', (_, change) => {
    expect(() => signEnrolmentRequest({ ...fromGateway, ...change }, agent, log)).toThrow(
      expect.objectContaining({ code: 'ENROLMENT_FORM' }),
    );
  });

  it('is looked at up to 2 KiB', () => {
    expect(() => openEnrolmentRequest(new Uint8Array(2049))).toThrow('2048 bytes at most');
  });
});

describe('its MAC', () => {
  const secret = testBytes('secret', 10);
  const bytes = signEnrolmentRequest(fromGateway, agent, log);
  const mac = enrolmentMac(secret, bytes);

  it('holds for these bytes under this secret alone', () => {
    expect(isEnrolmentMac(secret, bytes, mac)).toBe(true);
    expect(isEnrolmentMac(testBytes('other', 10), bytes, mac)).toBe(false);
    expect(isEnrolmentMac(secret, bytes.with(9, bytes[9]! ^ 1), mac)).toBe(false);
    expect(isEnrolmentMac(secret, bytes, mac.slice(1))).toBe(false);
    expect(isEnrolmentMac(secret, bytes, new Uint8Array(0))).toBe(false);
  });
});

describe('the fingerprint of a box', () => {
  it('is over the log key, if it has one, and the agent key', () => {
    const whole = toHex(sha256(concatBytes(log.publicKey, agent.publicKey)));
    expect(toHex(boxHash(fromGateway))).toBe(whole);
    expect(boxFingerprint(fromGateway).replaceAll(' ', '')).toBe(whole.slice(0, 16));
    expect(boxFingerprint(fromAgent)).toMatch(/^([0-9a-f]{4} ){3}[0-9a-f]{4}$/);
    expect(boxHash(fromAgent)).toEqual(sha256(agent.publicKey));
  });
});
