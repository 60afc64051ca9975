/**
 * The account that anchors: an encrypted JSON keystore (Web3 Secret Storage v3), and its password in a file beside it.
 * Both can be read by their owner alone. The account can append to one log and spend its own gas money, nothing else.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { readSecretFile, writeSecretFile } from '@sigill/edge';
import { decryptKeystoreJson, encryptKeystoreJson, Wallet } from 'ethers';
import { LedgerError } from './ledger-error.ts';

// The password is 24 random bytes, which no stretching makes harder to guess; the usual cost (N 131,072) would take
// a Raspberry Pi ten seconds at each start.
const SCRYPT = { N: 4096, r: 8, p: 1 };

/** Where the password of a keystore lies when nobody says otherwise. */
export function passwordPath(keystorePath: string): string {
  return `${keystorePath}.password`;
}

/** Makes a new account, its keystore and a random password. Durable on return; files already there are refused. Returns its address. */
export async function createKeystore(keystorePath: string): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  const { address, privateKey } = Wallet.createRandom();
  const text = await encryptKeystoreJson({ address, privateKey }, password, { scrypt: SCRYPT });
  writeSecretFile(passwordPath(keystorePath), `${password}\n`);
  writeSecretFile(keystorePath, `${text}\n`);
  return address.toLowerCase();
}

/** @throws LedgerError KEYSTORE_INVALID, GatewayError KEY_FILE_EXPOSED, FILE_MISSING */
export async function openKeystore(
  keystorePath: string,
  passwordFile = passwordPath(keystorePath),
): Promise<Wallet> {
  const text = readSecretFile(keystorePath);
  const password = readSecretFile(passwordFile).replace(/\r?\n$/, '');
  try {
    const { privateKey } = await decryptKeystoreJson(text, password);
    return new Wallet(privateKey);
  } catch (cause) {
    throw new LedgerError(
      'KEYSTORE_INVALID',
      `${keystorePath}: not a keystore that the password in ${passwordFile} opens`,
      { cause },
    );
  }
}
