/** A box that asks a cloud to let it in, and later to begin its next log, without a gateway behind it. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import {
  boxFingerprint,
  createSigner,
  type EnrolmentKind,
  enrolmentMac,
  parseEnrolmentCode,
  type Signer,
  signEnrolmentForward,
  signEnrolmentRequest,
  toBase64,
} from '@sigill/evidence';

export interface AskingBox {
  readonly agent: Signer;
  readonly log: Signer;
  readonly fingerprint: string;
  /** Asks for the log after this one; gives the box as it would be then. */
  goOn(url: string, origin: string): Promise<AskingBox>;
  /** An agent on a box of its own gave this gateway a good code. */
  bringAgent(url: string, origin: string, name: string): Promise<AskingAgent>;
}

export type AskingAgent = Pick<AskingBox, 'agent' | 'fingerprint'>;

/** Gives its fingerprint, once the cloud has taken the request. */
export async function askToBeLetIn(
  url: string,
  code: string,
  name: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  return (await askingBox(url, code, name, headers)).fingerprint;
}

export async function askingBox(
  url: string,
  code: string,
  name: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<AskingBox> {
  const { invitation, secret } = parseEnrolmentCode(code);
  const [agent, log] = [newSigner(), newSigner()];
  const request = requestOf('gateway', name, agent, log);
  const mac = toBase64(enrolmentMac(secret, request));
  await post(url, 'requests', { invitation, request: toBase64(request), mac }, headers);
  return boxWith(name, agent, log);
}

function boxWith(name: string, agent: Signer, log: Signer): AskingBox {
  const keys = { logKey: log.publicKey, agentKey: agent.publicKey };
  return {
    ...{ agent, log, fingerprint: boxFingerprint(keys) },
    async goOn(url, origin) {
      const next = newSigner();
      const request = requestOf('generation', name, agent, next);
      const said = { origin, request, address: '10.0.0.9', askedAtMs: Date.now() };
      const forward = toBase64(signEnrolmentForward(said, log));
      await post(url, 'agents', { origin, request: toBase64(request), forward });
      return boxWith(name, agent, next);
    },
    async bringAgent(url, origin, agentName) {
      const far = newSigner();
      const nonce = Uint8Array.from(randomBytes(16));
      const asked = {
        kind: 'agent',
        name: agentName,
        passwordHash: new Uint8Array(32),
        nonce,
      } as const;
      const keys = { logKey: null, agentKey: far.publicKey };
      const request = signEnrolmentRequest(
        { ...asked, ...keys, certificate: null, clientTimeMs: 90_000 },
        far,
        null,
      );
      const said = { origin, request, address: '10.0.0.9', askedAtMs: Date.now() };
      const forward = toBase64(signEnrolmentForward(said, log));
      await post(url, 'agents', { origin, request: toBase64(request), forward });
      return { agent: far, fingerprint: boxFingerprint(keys) };
    },
  };
}

function requestOf(kind: EnrolmentKind, name: string, agent: Signer, log: Signer): Uint8Array {
  const keys = { logKey: log.publicKey, agentKey: agent.publicKey };
  const nonce = Uint8Array.from(randomBytes(16));
  const said = { kind, name, passwordHash: null, nonce, certificate: null };
  // A clock that was never set.
  return signEnrolmentRequest({ ...said, ...keys, clientTimeMs: 90_000 }, agent, log);
}

async function post(
  url: string,
  path: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const answer = await fetch(`${url}/enroll/v1/${path}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

function newSigner(): Signer {
  const { privateKey } = generateKeyPairSync('ed25519');
  return createSigner(Uint8Array.from(privateKey.export({ type: 'pkcs8', format: 'der' })));
}
