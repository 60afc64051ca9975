/** A box that asks a cloud to let it in, without a gateway behind it. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import {
  boxFingerprint,
  createSigner,
  enrolmentMac,
  parseEnrolmentCode,
  type Signer,
  signEnrolmentRequest,
  toBase64,
} from '@sigill/evidence';

/** Gives its fingerprint, once the cloud has taken the request. */
export async function askToBeLetIn(
  url: string,
  code: string,
  name: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { invitation, secret } = parseEnrolmentCode(code);
  const [agent, log] = [newSigner(), newSigner()];
  const keys = { logKey: log.publicKey, agentKey: agent.publicKey };
  const nonce = Uint8Array.from(randomBytes(16));
  const said = { kind: 'gateway', name, passwordHash: null, nonce, certificate: null } as const;
  // A clock that was never set.
  const request = signEnrolmentRequest({ ...said, ...keys, clientTimeMs: 90_000 }, agent, log);
  const mac = toBase64(enrolmentMac(secret, request));
  const answer = await fetch(`${url}/enroll/v1/requests`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ invitation, request: toBase64(request), mac }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return boxFingerprint(keys);
}

function newSigner(): Signer {
  const { privateKey } = generateKeyPairSync('ed25519');
  return createSigner(Uint8Array.from(privateKey.export({ type: 'pkcs8', format: 'der' })));
}
