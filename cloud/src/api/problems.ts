/**
 * Refusals on the wire: RFC 9457 problem documents with a code that stays the same, and the facts a program
 * needs to go on. What is our own fault tells its code and nothing of our insides.
 * @module
 */

import { Type } from '@fastify/type-provider-typebox';
import { EvidenceError } from '@sigill/evidence';
import type { FastifyError, FastifyReply } from 'fastify';
import { CloudError, type CloudErrorCode } from '../errors.ts';

const STATUS: Partial<Record<CloudErrorCode, number>> = {
  REQUEST_FORM: 400,
  LINK_INVALID: 401,
  SESSION_OVER: 401,
  TILES_DENIED: 401,
  CODE_WRONG: 403,
  CODE_USED: 403,
  CODE_EXPIRED: 403,
  CODE_VOID: 403,
  CODE_KIND: 403,
  CERTIFICATE_MISMATCH: 403,
  KEY_KNOWN: 403,
  BOX_REVOKED: 403,
  BOX_UNKNOWN: 404,
  INVITATION_UNKNOWN: 404,
  OPERATOR_KEY_ABSENT: 409,
  RECORD_SIGNED: 409,
  USAGE: 422,
  ENROLMENT_BUSY: 429,
  ORIGIN_CLOSED: 403,
  REQUEST_SIGNATURE: 403,
  ENTRY_GONE: 410,
  CONFLICT_UNPROVEN: 422,
  ORIGIN_UNKNOWN: 404,
  READING_UNKNOWN: 404,
  READING_GONE: 404,
  POSITION_WITHHELD: 403,
  ERASURE_REFUSED: 422,
  RANGE_EMPTY: 404,
  RANGE_TOO_LARGE: 422,
  PROJECTION_UNKNOWN: 404,
  PROJECTION_REFUSED: 422,
  SERIES_UNKNOWN: 404,
  WITNESS_NONE: 404,
  ENTRIES_MISSING: 409,
  ANCHORS_MISSING: 409,
  EVIDENCE_PENDING: 409,
  // RFC 9110 §15.5.20: this server is not the one that is meant.
  HOST_UNKNOWN: 421,
  ENTRY_CONFLICT: 422,
  BATCH_UNREADABLE: 422,
  CHECKPOINT_ROOT: 422,
  CHECKPOINT_REFUSED: 422,
  CLOSING_DIFFERS: 422,
  ANCHOR_CONFLICT: 422,
  ANCHOR_LEDGER: 422,
  ANCHOR_REFUSED: 422,
  RECORD_TAKEN: 422,
  INGEST_BUSY: 429,
  TILES_BUSY: 503,
  WITNESS_BUSY: 429,
  WITNESS_CLOCK: 503,
  WITNESS_RETIRED: 503,
  WITNESS_STATE: 503,
  EVENTS_FULL: 503,
  ARCHIVE_UNWRITABLE: 503,
  DATABASE_FAILED: 503,
  READINGS_FAILED: 503,
};

// What a caller may know of a fault on our side: that it is there. The log has the rest.
const OWN_FAULT = 500;

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly [fact: string]: unknown;
}

export const ProblemSchema = Type.Object(
  {
    type: Type.String(),
    status: Type.Integer(),
    code: Type.String({ description: 'Stable; docs/errors.md says what to do.' }),
    title: Type.String(),
    detail: Type.String(),
  },
  { additionalProperties: true, description: 'RFC 9457 problem' },
);

export function problemOf(error: unknown): Problem {
  if (error instanceof CloudError) {
    const status = STATUS[error.code] ?? OWN_FAULT;
    const own = status === OWN_FAULT;
    const detail = own ? 'the server could not do this; its log says why' : error.message;
    return { ...error.facts, status, code: error.code, title: titleOf(error.code), detail };
  }
  if (error instanceof EvidenceError) {
    return { status: 400, code: error.code, title: titleOf(error.code), detail: error.message };
  }
  const { statusCode = OWN_FAULT, message } = error as Partial<FastifyError>;
  if (statusCode === 413) return ours(413, 'REQUEST_TOO_LARGE', String(message));
  if (statusCode >= 400 && statusCode < 500)
    return ours(statusCode, 'REQUEST_FORM', String(message));
  return ours(OWN_FAULT, 'INTERNAL', 'the server could not do this; its log says why');
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const { status, code } = problem;
  if (status === 429 || status === 503) reply.header('retry-after', '2');
  return reply
    .code(status)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send({ type: `urn:sigill:error:${code}`, ...problem });
}

function ours(status: number, code: string, detail: string): Problem {
  return { status, code, title: titleOf(code), detail };
}

/** ENTRIES_MISSING: entries missing. */
function titleOf(code: string): string {
  return code.toLowerCase().replaceAll('_', ' ');
}
