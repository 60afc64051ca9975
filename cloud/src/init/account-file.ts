/**
 * An account of the development chain: a Web3 Secret Storage v3 keystore and its password beside it, as
 * gateways open them. For a chain that is one process on one machine; it guards no money.
 * @module
 */
import {
  createCipheriv,
  generateKeyPairSync,
  randomBytes,
  randomUUID,
  scryptSync,
} from 'node:crypto';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { writeNewFile } from './new-file.ts';

// The password is 24 random bytes, which no stretching makes harder to guess.
const SCRYPT = { n: 4096, r: 8, p: 1, dklen: 32 };

/** Both files for their owner alone. Returns the address, `0x` and 40 lower-case digits. */
export async function makeAccountFile(path: string): Promise<string> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
  const { d = '', x = '', y = '' } = privateKey.export({ format: 'jwk' });
  const part = (text: string) => Buffer.from(text, 'base64url');
  const address = Buffer.from(keccak_256(Buffer.concat([part(x), part(y)])).subarray(12));
  const password = randomBytes(24).toString('base64url');
  await writeNewFile(`${path}.password`, `${password}\n`, 0o600);
  await writeNewFile(path, `${JSON.stringify(keystore(part(d), address, password))}\n`, 0o600);
  return `0x${address.toString('hex')}`;
}

function keystore(secret: Buffer, address: Buffer, password: string) {
  const [salt, iv] = [randomBytes(32), randomBytes(16)];
  const { n, r, p, dklen } = SCRYPT;
  const key = scryptSync(password, salt, dklen, { N: n, r, p });
  const cipher = createCipheriv('aes-128-ctr', key.subarray(0, 16), iv);
  const ciphertext = Buffer.concat([cipher.update(secret), cipher.final()]);
  const mac = keccak_256(Buffer.concat([key.subarray(16), ciphertext]));
  return {
    version: 3,
    id: randomUUID(),
    address: address.toString('hex'),
    crypto: {
      cipher: 'aes-128-ctr',
      cipherparams: { iv: iv.toString('hex') },
      ciphertext: ciphertext.toString('hex'),
      kdf: 'scrypt',
      kdfparams: { ...SCRYPT, salt: salt.toString('hex') },
      mac: Buffer.from(mac).toString('hex'),
    },
  };
}
