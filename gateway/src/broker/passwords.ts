/**
 * Passwords of the clients file: made here, kept as scrypt hashes with their parameters.
 * @module
 */
import { randomInt, scrypt, timingSafeEqual } from 'node:crypto';
import { fromBase64, toBase64 } from '@sigill/evidence';

export interface PasswordHash {
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelization: number;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

/** As the clients file writes it. */
export interface WrittenHash {
  readonly scrypt: readonly [cost: number, blockSize: number, parallelization: number];
  readonly salt: string;
  readonly hash: string;
}

// 8 MiB and about 20 ms. The passwords are made here with 125 random bits, so the hash need not be dearer for guessers,
// and hundreds of devices that come back at once are checked within seconds.
export const COST = 8_192;
export const BLOCK_SIZE = 8;
export const PARALLELIZATION = 1;
const HASH_BYTES = 32;
// A file that asks for gigabytes is a mistake or an attack.
const MAX_COST = 1 << 18;

// Crockford's base32 in lower case: nothing that looks like something else when it is typed off a screen.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const GROUPS = 5;
const GROUP_LENGTH = 5;

/** 125 random bits, as five groups of five characters. */
export function generatePassword(): string {
  const group = () =>
    Array.from({ length: GROUP_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}

export async function hashPassword(password: string, salt: Uint8Array): Promise<PasswordHash> {
  const parameters = { cost: COST, blockSize: BLOCK_SIZE, parallelization: PARALLELIZATION, salt };
  return { ...parameters, hash: await derive(new TextEncoder().encode(password), parameters) };
}

export async function isPassword(password: Uint8Array, expected: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await derive(password, expected), expected.hash);
}

function derive(password: Uint8Array, of: Omit<PasswordHash, 'hash'>): Promise<Uint8Array> {
  const { cost: N, blockSize: r, parallelization: p } = of;
  return new Promise((resolve, reject) =>
    scrypt(password, of.salt, HASH_BYTES, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
      error ? reject(error) : resolve(Uint8Array.from(key)),
    ),
  );
}

export function formatHash(of: PasswordHash): WrittenHash {
  return {
    scrypt: [of.cost, of.blockSize, of.parallelization],
    salt: toBase64(of.salt),
    hash: toBase64(of.hash),
  };
}

/** Null: it is none. */
export function parseHash(written: unknown): PasswordHash | null {
  if (written === null || typeof written !== 'object') return null;
  const { scrypt, salt, hash } = written as Partial<Record<keyof WrittenHash, unknown>>;
  if (!Array.isArray(scrypt) || typeof salt !== 'string' || typeof hash !== 'string') return null;
  const [cost, blockSize, parallelization] = scrypt;
  const isCount = (value: unknown, most: number): value is number =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= most;
  if (!isCount(cost, MAX_COST) || (cost & (cost - 1)) !== 0 || cost < 2) return null;
  if (!isCount(blockSize, 16) || !isCount(parallelization, 4) || scrypt.length !== 3) return null;
  const bytes = { salt: decode(salt), hash: decode(hash) };
  if (bytes.salt === null || bytes.hash?.length !== HASH_BYTES) return null;
  return { cost, blockSize, parallelization, salt: bytes.salt, hash: bytes.hash };
}

function decode(base64: string): Uint8Array | null {
  try {
    return fromBase64(base64);
  } catch {
    return null;
  }
}
