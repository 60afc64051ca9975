import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';
import { testBytes, testSigner, testSignerP256 } from '../testing/key-fixture.ts';
import { createSigner, verifySignature } from './signer.ts';
import { ed25519Raw, ed25519Spki, keyAlgorithm } from './spki.ts';

const ed25519 = testSigner('a').publicKey;
const p256 = testSignerP256('a').publicKey;
const hex = toHex(p256);

describe('a public key', () => {
  it('is for the one algorithm that its form names', () => {
    expect(keyAlgorithm(ed25519)).toBe('EdDSA');
    expect(keyAlgorithm(p256)).toBe('ES256');
    expect(ed25519Spki(ed25519Raw(ed25519))).toEqual(ed25519);
  });

  it.each([
    ['nothing', ''],
    ['a raw Ed25519 key', toHex(ed25519).slice(24)],
    ['an Ed25519 key with a byte after it', `${toHex(ed25519)}00`],
    ['X25519', toHex(ed25519).replace('2b6570', '2b656e')],
    [
      'Ed25519 with NULL parameters',
      toHex(ed25519).replace('302a3005', '302c3007').replace('2b6570', '2b65700500'),
    ],
    [
      'a compressed P-256 key',
      `3039301306072a8648ce3d020106082a8648ce3d03010703220002${hex.slice(54, 118)}`,
    ],
    ['a hybrid P-256 key', hex.replace('03420004', '03420006')],
    ['secp256k1', hex.replace('2a8648ce3d030107', '2a8648ce3d03010a')],
    ['a P-256 key cut', hex.slice(0, -2)],
  ])('is not %s', (_name, other) => {
    expect(() => keyAlgorithm(fromHex(other))).toThrow(
      expect.objectContaining({ code: 'KEY_FORM' }),
    );
  });

  it('of P-256 does not stand for a log or a witness', () => {
    expect(() => ed25519Raw(p256)).toThrow(expect.objectContaining({ code: 'KEY_FORM' }));
    expect(() => ed25519Spki(testBytes('k', 31))).toThrow(
      expect.objectContaining({ code: 'KEY_FORM' }),
    );
  });

  it('of small order is weak, however it is wrapped', () => {
    expect(() => ed25519Spki(new Uint8Array(32))).toThrow(
      expect.objectContaining({ code: 'KEY_WEAK' }),
    );
  });

  it('is total: any bytes for key, message and signature verify or are refused with a code', () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 100 }), fc.constantFrom(ed25519, p256));
    fc.assert(
      fc.property(bytes, bytes, fc.uint8Array({ maxLength: 70 }), (key, message, signature) => {
        try {
          verifySignature(key, message, signature);
        } catch (error) {
          expect(error).toBeInstanceOf(EvidenceError);
        }
      }),
    );
  });
});

describe('createSigner', () => {
  it('takes PKCS #8 of the two algorithms and of no other', () => {
    const x25519 = `302e020100300506032b656e04220420${toHex(testBytes('seed'))}`;
    const secp256k1 = `303e020100301006072a8648ce3d020106052b8104000a042730250201010420${toHex(testBytes('seed'))}`;
    for (const other of [x25519, secp256k1])
      expect(() => createSigner(fromHex(other))).toThrow(
        expect.objectContaining({ code: 'KEY_FORM' }),
      );
  });
});
