/**
 * What a server says to a box that asks to be enrolled. Pure, because a cloud and a gateway decide alike.
 * @module
 */
import { equalBytes } from '../bytes/bytes.ts';
import {
  type BoxKeys,
  boxHash,
  type EnrolmentKind,
  type EnrolmentRequest,
  isEnrolmentMac,
  openEnrolmentRequest,
} from './enrolment.ts';
import type { SlotRecord } from './register.ts';

export interface Invitation {
  /** The first four digits of its code. */
  readonly id: string;
  readonly kind: EnrolmentKind;
  readonly secret: Uint8Array;
  readonly expiresAt: number;
  /** How often somebody gave this invitation with a wrong secret. */
  readonly wrong: number;
  readonly withdrawn: boolean;
  /** The hash of the box that used it. */
  readonly usedBy: Uint8Array | null;
}

export interface EnrolmentPost {
  readonly request: Uint8Array;
  readonly mac: Uint8Array;
}

export interface EnrolmentSurroundings {
  readonly nowMs: number;
  /** SHA-256 of the server's own certificate; null without TLS. */
  readonly certificate: Uint8Array | null;
  /** The newest record of every slot the server knows. */
  readonly slots: readonly SlotRecord[];
}

export type EnrolmentRefusalCode =
  | 'CODE_USED'
  | 'CODE_EXPIRED'
  | 'CODE_VOID'
  | 'CODE_KIND'
  | 'CERTIFICATE_MISMATCH'
  | 'KEY_KNOWN'
  | 'BOX_REVOKED';

export type EnrolmentDecision =
  | { readonly verdict: 'taken'; readonly request: EnrolmentRequest; readonly box: Uint8Array }
  /** To be counted. Says nothing of whether there is such an invitation. */
  | { readonly verdict: 'wrong' }
  | { readonly verdict: 'refused'; readonly code: EnrolmentRefusalCode; readonly detail: string };

// 80 bits are not guessed in ten tries; a person who mistypes ten times should ask again.
export const MAX_WRONG_CODES = 10;

/** @throws EvidenceError for bytes with a good MAC that are no request, or not signed by all their keys */
export function judgeEnrolment(
  { request: bytes, mac }: EnrolmentPost,
  invitation: Invitation | undefined,
  surroundings: EnrolmentSurroundings,
): EnrolmentDecision {
  // Who does not know the secret learns nothing more, and nothing of theirs is parsed.
  if (invitation === undefined || !isEnrolmentMac(invitation.secret, bytes, mac))
    return { verdict: 'wrong' };
  const request = openEnrolmentRequest(bytes);
  const box = boxHash(request);
  const refusal =
    refuseInvitation(invitation, request, box, surroundings.nowMs) ??
    refuseCertificate(request, surroundings.certificate) ??
    refuseKeys(request, surroundings.slots, invitation.usedBy !== null);
  return refusal === null ? { verdict: 'taken', request, box } : { verdict: 'refused', ...refusal };
}

interface Refusal {
  readonly code: EnrolmentRefusalCode;
  readonly detail: string;
}

function refuseInvitation(
  { kind, wrong, withdrawn, usedBy, expiresAt }: Invitation,
  request: EnrolmentRequest,
  box: Uint8Array,
  nowMs: number,
): Refusal | null {
  if (kind !== request.kind)
    return {
      code: 'CODE_KIND',
      detail: `this code is for ${article(kind)}, and this box is ${article(request.kind)}; ask for one of the right kind`,
    };
  if (usedBy !== null) {
    // The same box asks again after a power cut: nothing is new.
    if (equalBytes(usedBy, box)) return null;
    return {
      code: 'CODE_USED',
      detail:
        'another box has used this code; each is good for one box, so ask for a new one, and tell the operator if it was not you',
    };
  }
  if (wrong >= MAX_WRONG_CODES)
    return {
      code: 'CODE_VOID',
      detail: `this code was tried ${wrong} times with wrong digits and is void; ask for a new one`,
    };
  if (withdrawn)
    return { code: 'CODE_VOID', detail: 'the operator took this code back; ask for a new one' };
  if (nowMs >= expiresAt)
    return {
      code: 'CODE_EXPIRED',
      detail: `this code was good until ${new Date(expiresAt).toISOString().slice(0, 10)}; ask for a new one`,
    };
  return null;
}

function refuseCertificate(
  { certificate: shown }: EnrolmentRequest,
  own: Uint8Array | null,
): Refusal | null {
  if (own === null && shown === null) return null;
  if (own !== null && shown !== null && equalBytes(own, shown)) return null;
  return {
    code: 'CERTIFICATE_MISMATCH',
    detail:
      'between this box and the server somebody shows another certificate than the server’s own; use another network, and tell the operator. If a proxy of the operator’s stands there, its certificate belongs into the server’s configuration',
  };
}

/** @param again this box was let in by this invitation before */
function refuseKeys(keys: BoxKeys, slots: readonly SlotRecord[], again: boolean): Refusal | null {
  const registered = findBox(keys, slots);
  if (registered === 'revoked')
    return {
      code: 'BOX_REVOKED',
      detail:
        'the operator has revoked this box for ever; make new keys in a new folder, and ask for a new code',
    };
  if (registered === 'none' || (registered === 'active' && again)) return null;
  return {
    code: 'KEY_KNOWN',
    detail:
      'keys of this box are registered already. If its card was copied from another box, make new keys in a new folder; if this is the same box and it lost its records, restore them from its backup',
  };
}

/** `other`: one of its keys has another job. An agent of a closed slot may be active in the next generation. */
export function findBox(
  keys: BoxKeys,
  slots: readonly SlotRecord[],
): 'none' | 'active' | 'revoked' | 'other' {
  const found = slots.flatMap((slot) => findIn(slot, keys) ?? []);
  return found.find((state) => state === 'active') ?? found[0] ?? 'none';
}

function findIn(
  slot: SlotRecord,
  { logKey, agentKey }: BoxKeys,
): 'active' | 'revoked' | 'other' | null {
  const agent = slot.agents.find(({ key }) => equalBytes(key, agentKey));
  const sameLog = logKey === null || equalBytes(slot.logKey, logKey);
  if (agent !== undefined && sameLog)
    return slot.closed === null && agent.state === 'active' ? 'active' : 'revoked';
  const used = [agentKey, ...(logKey === null ? [] : [logKey])].some((key) => hasKey(slot, key));
  return used ? 'other' : null;
}

function hasKey({ logKey, agents }: SlotRecord, key: Uint8Array): boolean {
  return equalBytes(logKey, key) || agents.some((agent) => equalBytes(agent.key, key));
}

function article(kind: EnrolmentKind): string {
  return kind === 'agent' ? 'an agent' : 'a gateway';
}
