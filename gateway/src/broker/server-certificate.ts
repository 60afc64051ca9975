/**
 * A server's own certificate, for whoever pins it or takes it for an authority of one. Its dates say nothing, because
 * boxes have no clock that could be asked: it is valid for a century. P-256, since the TLS of small devices knows no
 * Ed25519. RFC 5280, written out: it is one fixed form, and no library for it comes alone.
 * @module
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  X509Certificate,
} from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isIP, isIPv4 } from 'node:net';
import { readSecretFile, writeSecretFile } from '@sigill/edge';
import { toBase64 } from '@sigill/evidence';
import { GatewayError } from '../errors.ts';

export interface ServerCertificate {
  /** PKCS8 PEM. */
  readonly key: string;
  /** PEM. */
  readonly certificate: string;
  /** `sha256/` and the base64 of the SHA-256 of the certificate's DER. */
  readonly pin: string;
}

export interface CertificatePaths {
  readonly key: string;
  readonly certificate: string;
}

// RFC 5280 §4.1.2.5: two digits of the year until 2049, four from then on.
const VALID_FROM = der(0x17, ascii('200101000000Z'));
const VALID_UNTIL = der(0x18, ascii('21200101000000Z'));
const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const TRUE = der(0x01, Buffer.of(0xff));

/** @param names host names and IP addresses it is for; the first is its common name */
export function makeServerCertificate(
  names: readonly string[],
  privateKey: KeyObject = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
): ServerCertificate {
  const name = sequence(
    der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from(names[0] ?? 'localhost')))),
  );
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const body = sequence(
    der(0xa0, der(0x02, Buffer.of(2))), // version 3
    der(0x02, serialOf(spki)),
    ECDSA_WITH_SHA256,
    name,
    sequence(VALID_FROM, VALID_UNTIL),
    name,
    spki,
    der(
      0xa3,
      sequence(
        extension('2.5.29.19', sequence(), true), // basic constraints: no authority
        extension('2.5.29.15', der(0x03, Buffer.of(7, 0x80)), true), // key usage: signatures
        extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'))), // for servers
        extension('2.5.29.17', sequence(...names.map(alternativeName))),
      ),
    ),
  );
  const signature = sign('sha256', body, privateKey);
  const certificate = sequence(
    body,
    ECDSA_WITH_SHA256,
    der(0x03, Buffer.concat([Buffer.of(0), signature])),
  );
  return {
    key: keyPem(privateKey),
    certificate: toPem(certificate),
    pin: pinOf(certificate),
  };
}

/**
 * Reads key and certificate; makes both when neither file is there, and the certificate of a key that has none.
 * The key's file is 0600.
 * @throws GatewayError FILE_MISSING, KEY_FILE_EXPOSED, KEY_FILE_INVALID
 */
export function openServerCertificate(
  paths: CertificatePaths,
  names: readonly string[],
): ServerCertificate {
  if (!existsSync(paths.certificate)) {
    const made = existsSync(paths.key)
      ? makeServerCertificate(names, readKey(paths.key))
      : makeServerCertificate(names);
    if (!existsSync(paths.key)) writeSecretFile(paths.key, made.key);
    writeFileSync(paths.certificate, made.certificate, { mode: 0o644 });
    return made;
  }
  const key = readKey(paths.key);
  const certificate = readCertificate(paths.certificate);
  if (!certificate.checkPrivateKey(key)) {
    throw new GatewayError(
      'KEY_FILE_INVALID',
      `${paths.key}: this is not the key of ${paths.certificate}; restore both from your copy, or remove both and new ones are made (whoever pinned the old certificate must then pin the new one)`,
    );
  }
  return { key: keyPem(key), certificate: certificate.toString(), pin: pinOf(certificate.raw) };
}

function readKey(path: string): KeyObject {
  const pem = readSecretFile(path);
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new GatewayError(
      'KEY_FILE_INVALID',
      `${path}: expected one private key as PEM without a passphrase; restore it from your copy`,
      { cause },
    );
  }
}

function readCertificate(path: string): X509Certificate {
  try {
    return new X509Certificate(readFileSync(path));
  } catch (cause) {
    throw new GatewayError(
      'KEY_FILE_INVALID',
      `${path}: expected one certificate as PEM (${(cause as Error).message}); restore it from your copy, or remove it and a new one is made for its key`,
      { cause },
    );
  }
}

function keyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

export function pinOf(certificate: Uint8Array): string {
  return `sha256/${toBase64(createHash('sha256').update(certificate).digest())}`;
}

/** Positive, 16 bytes, the key's own: two certificates of one name never share it. */
function serialOf(spki: Uint8Array): Buffer {
  const serial = createHash('sha256').update(spki).digest().subarray(0, 16);
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  return serial;
}

function extension(id: string, value: Buffer, isCritical = false): Buffer {
  return sequence(oid(id), ...(isCritical ? [TRUE] : []), der(0x04, value));
}

function alternativeName(name: string): Buffer {
  if (isIP(name) === 0) return der(0x82, ascii(name));
  return der(0x87, isIPv4(name) ? Buffer.from(name.split('.').map(Number)) : ipv6Bytes(name));
}

function ipv6Bytes(address: string): Buffer {
  const [head = '', tail] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const zeros = Array<string>(8 - before.length - after.length).fill('0');
  const bytes = Buffer.alloc(16);
  for (const [index, group] of [...before, ...zeros, ...after].entries()) {
    bytes.writeUInt16BE(Number.parseInt(group, 16), 2 * index);
  }
  return bytes;
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(0x06, Buffer.from([40 * first + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let left = value >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

/** [tag] [length] [content] */
function der(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

function ascii(text: string): Buffer {
  return Buffer.from(text, 'ascii');
}

function toPem(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
