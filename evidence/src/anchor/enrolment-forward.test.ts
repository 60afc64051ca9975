import fc from 'fast-check';
import { expect, it } from 'vitest';
import { testBinaryCodec } from '../testing/codec-contract.ts';
import { testBytes, testSigner } from '../testing/key-fixture.ts';
import {
  type EnrolmentForward,
  openEnrolmentForward,
  signEnrolmentForward,
} from './enrolment-forward.ts';

const log = testSigner('log');
const request = testBytes('request');
const values = fc.record({
  origin: fc.string(),
  address: fc.string(),
  askedAtMs: fc.maxSafeInteger(),
  request: fc.constant(request),
});

testBinaryCodec<EnrolmentForward>('a forwarded request', {
  encode: (forward) => signEnrolmentForward(forward, log),
  decode: (cose) => openEnrolmentForward(cose, request, log.publicKey),
  values,
});

it('is bound to the request and to the gateway', () => {
  const forward = { origin: 'example.org/a', request, address: '10.0.0.9', askedAtMs: 1 };
  const cose = signEnrolmentForward(forward, log);
  expect(() => openEnrolmentForward(cose, testBytes('other'), log.publicKey)).toThrow('another');
  expect(() => openEnrolmentForward(cose, request, testSigner('x').publicKey)).toThrow(
    expect.objectContaining({ code: 'SIGNATURE_INVALID' }),
  );
});
