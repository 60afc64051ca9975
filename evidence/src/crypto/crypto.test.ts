/** Both back ends give the same answers: what Node proves, a browser proves, and nothing else. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, toHex, utf8 } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';
import ed25519Vectors from '../keys/ed25519.vectors.json' with { type: 'json' };
import p256Vectors from '../keys/p256.vectors.json' with { type: 'json' };
import { createSigner, verifySignature } from '../keys/signer.ts';
import { ed25519Spki } from '../keys/spki.ts';
import { testSigner, testSignerP256 } from '../testing/key-fixture.ts';
import * as native from './native.ts';
import * as noble from './noble.ts';

const backEnds = [native, noble];
const SPKI_PREFIX = '302a300506032b6570032100';

describe('sha256', () => {
  it('is FIPS 180-4 in both back ends, in one part or many', () => {
    for (const { sha256 } of backEnds) {
      expect(toHex(sha256(utf8('abc')))).toBe(
        'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      );
      expect(toHex(sha256())).toBe(
        'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      );
    }
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 2000 }), { maxLength: 5 }), (parts) => {
        const whole = toHex(native.sha256(concatBytes(...parts)));
        for (const { sha256 } of backEnds) expect(toHex(sha256(...parts))).toBe(whole);
      }),
    );
  });

  it('gives bytes of its own, which later hashes leave alone', () => {
    for (const { sha256 } of backEnds) {
      const one = sha256(utf8('a'), utf8('b'));
      const before = toHex(one);
      sha256(utf8('c'), utf8('d'));
      expect(toHex(one)).toBe(before);
      expect(one.buffer.byteLength).toBe(32);
    }
  });
});

describe('Ed25519, one rule', () => {
  it.each(ed25519Vectors)('$name', (vector) => {
    const key = fromHex(SPKI_PREFIX + vector.publicKey);
    const [message, signature] = [fromHex(vector.message), fromHex(vector.signature)];
    expect(verdictOf(key, message, signature)).toBe(vector.verdict);
    if (isForTheEquation(vector.verdict))
      for (const { ed25519Equation } of backEnds)
        expect(ed25519Equation(key, message, signature)).toBe(vector.verdict === 'valid');
  });

  it('is the same in both back ends for any torsion in key and R', () => {
    const { Point } = ed25519;
    const torsion = Point.fromHex(
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    );
    const points = Array.from({ length: 8 }, (_, times) =>
      Array.from({ length: times }).reduce<typeof torsion>((sum) => sum.add(torsion), Point.ZERO),
    );
    const scalar = fc.bigInt(1n, Point.Fn.ORDER - 1n);
    const valid = { honest: 0, cofactored: 0 };
    fc.assert(
      fc.property(scalar, scalar, fc.nat(7), fc.nat(7), fc.nat(), (a, r, inKey, inR, text) => {
        const key = Point.BASE.multiply(a).add(points[inKey]!).toBytes();
        const R = Point.BASE.multiply(r).add(points[inR]!).toBytes();
        const message = utf8(String(text));
        const h = littleEndian(sha512(concatBytes(R, key, message))) % Point.Fn.ORDER;
        const signature = concatBytes(R, Point.Fn.toBytes((r + h * a) % Point.Fn.ORDER));
        const expected = (h * BigInt(inKey) + BigInt(inR)) % 8n === 0n;
        const spki = ed25519Spki(key);
        for (const { ed25519Equation } of backEnds)
          expect(ed25519Equation(spki, message, signature)).toBe(expected);
        expect(verdictOf(spki, message, signature)).toBe(expected ? 'valid' : 'SIGNATURE_INVALID');
        valid[expected ? 'honest' : 'cofactored'] += 1;
      }),
      { numRuns: 60 },
    );
    expect(valid.honest).toBeGreaterThan(0);
    expect(valid.cofactored).toBeGreaterThan(0);
  });

  it('refuses a signature with any bit flipped', () => {
    const signer = testSigner('a');
    const message = utf8('message');
    const signature = signer.sign(message);
    fc.assert(
      fc.property(fc.nat(511), (bit) => {
        const flipped = signature.slice();
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        const verdict = verdictOf(signer.publicKey, message, flipped);
        expect(verdict).not.toBe('valid');
        if (isForTheEquation(verdict))
          expect(noble.ed25519Equation(signer.publicKey, message, flipped)).toBe(false);
      }),
    );
  });
});

describe('ES256', () => {
  it.each(p256Vectors)('$name', (vector) => {
    const key = fromHex(vector.publicKey);
    const [message, signature] = [fromHex(vector.message), fromHex(vector.signature)];
    expect(verdictOf(key, message, signature)).toBe(vector.verdict);
    if (isForTheEquation(vector.verdict))
      for (const { p256Verify } of backEnds)
        expect(p256Verify(key, message, signature)).toBe(vector.verdict === 'valid');
  });

  it('signs with low S, always', () => {
    const signer = testSignerP256('element');
    for (let times = 0; times < 40; times += 1) {
      const message = utf8(`message ${times}`);
      expect(verdictOf(signer.publicKey, message, signer.sign(message))).toBe('valid');
    }
  });
});

describe('loadPrivateKey', () => {
  const seed = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
  const pkcs8 = fromHex(`302e020100300506032b657004220420${seed}`);

  it('signs the same bytes with Ed25519 in both back ends', () => {
    const [one, other] = backEnds.map(({ loadPrivateKey }) => loadPrivateKey(pkcs8));
    expect(toHex(one!.spki)).toBe(toHex(other!.spki));
    expect(toHex(one!.signRaw(utf8('m')))).toBe(toHex(other!.signRaw(utf8('m'))));
  });

  it('refuses what is no Ed25519 or P-256 key', () => {
    for (const bytes of [new Uint8Array(0), pkcs8.subarray(1), new Uint8Array(48)])
      expect(() => createSigner(bytes)).toThrow(expect.objectContaining({ code: 'KEY_FORM' }));
    expect(() => noble.loadPrivateKey(new Uint8Array(48))).toThrow(TypeError);
  });
});

/** `valid`, or the code with which it is refused. */
function verdictOf(key: Uint8Array, message: Uint8Array, signature: Uint8Array): string {
  try {
    verifySignature(key, message, signature);
    return 'valid';
  } catch (error) {
    if (error instanceof EvidenceError) return error.code;
    throw error;
  }
}

/** The other codes come from checks before any back end is asked. */
function isForTheEquation(verdict: string): boolean {
  return verdict === 'valid' || verdict === 'SIGNATURE_INVALID';
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
