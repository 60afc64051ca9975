/**
 * Who asks for what is a site's own business: the holder of its log's key, which signs a challenge of ours together
 * with what it asks for.
 *
 *     x-sigill-request: base64 of COSE_Sign1(log key, [ "sigill.request.1", nonce, path with query ])
 *
 * @module
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  type CborValue,
  decodeCbor,
  EvidenceError,
  encodeCbor,
  equalBytes,
  fromBase64,
  openSign1,
} from '@sigill/evidence';
import { CloudError } from '../errors.ts';

/** What the holder of a log's key asks for. */
export interface OwnersRequest {
  readonly origin: string;
  readonly from: number;
  /** With its query, as it was asked for. */
  readonly path: string;
  /** Base64. */
  readonly signed: string;
}

export interface LogOwners {
  challenge(): string;
  /** @throws CloudError REQUEST_SIGNATURE */
  assertOwner(logKey: Uint8Array, request: OwnersRequest): void;
}

// The gateway asks for the challenge just before; a box on a slow link has minutes.
const CHALLENGE_MS = 5 * 60_000;

export function createLogOwners(now: () => number): LogOwners {
  // Of this process: a restart makes a gateway ask for another challenge, and nothing more.
  const secret = randomBytes(32);

  function macOf(said: string): string {
    return createHmac('sha256', secret).update(said).digest('base64url');
  }

  function isOurs(nonce: string): boolean {
    const [random, expiry, mac = ''] = nonce.split('.');
    const expected = Buffer.from(macOf(`${random}.${expiry}`));
    const shown = Buffer.from(mac);
    if (shown.length !== expected.length || !timingSafeEqual(shown, expected)) return false;
    return Number(expiry) > now();
  }

  return {
    /** random.expiry.mac */
    challenge() {
      const said = `${randomBytes(16).toString('base64url')}.${now() + CHALLENGE_MS}`;
      return `${said}.${macOf(said)}`;
    },

    assertOwner(logKey, { path, signed }) {
      let payload: Uint8Array;
      try {
        payload = openSign1(fromBase64(signed), logKey);
      } catch (cause) {
        if (!(cause instanceof EvidenceError)) throw cause;
        throw notTheOwner(`${cause.code}: ${cause.message}`);
      }
      const nonce = nonceIn(payload);
      if (!isOurs(nonce)) throw notTheOwner('the challenge is none of ours, or too old');
      if (equalBytes(payload, encodeCbor(['sigill.request.1', nonce, path]))) return;
      throw notTheOwner('something else was signed than is asked for');
    },
  };
}

function nonceIn(payload: Uint8Array): string {
  const [type, nonce] = asRequest(payload);
  return type === 'sigill.request.1' && typeof nonce === 'string' ? nonce : '';
}

function asRequest(payload: Uint8Array): readonly CborValue[] {
  try {
    const value = decodeCbor(payload);
    return Array.isArray(value) ? value : [];
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    return [];
  }
}

function notTheOwner(why: string): CloudError {
  return new CloudError(
    'REQUEST_SIGNATURE',
    `what a site log holds is given to the holder of its key alone: ${why}`,
  );
}
