/**
 * Why a server did not let the box in, each as a sentence that says what to do.
 * @module
 */
import { EnrolmentError, type EnrolmentErrorCode } from './enrolment-error.ts';

const TOO_MANY = 429;

const REFUSALS: ReadonlySet<string> = new Set<EnrolmentErrorCode>([
  ...(['CODE_WRONG', 'CODE_USED', 'CODE_EXPIRED', 'CODE_VOID', 'CODE_KIND'] as const),
  ...(['CERTIFICATE_MISMATCH', 'KEY_KNOWN', 'BOX_REVOKED', 'ENROLMENT_BUSY'] as const),
]);

/** The server's own words, which it cannot sign: who does not know the code gets no MAC. */
export function refusal(status: number, body: unknown): EnrolmentError {
  const { code, detail } = (body ?? {}) as { code?: unknown; detail?: unknown };
  if (typeof code === 'string' && REFUSALS.has(code) && typeof detail === 'string')
    return new EnrolmentError(code as EnrolmentErrorCode, detail.slice(0, 500));
  if (status >= 500 || status === TOO_MANY)
    return new EnrolmentError('ENROLMENT_UNREACHABLE', `the server answers ${status}`, {
      retryable: true,
    });
  const said = typeof detail === 'string' ? `: ${detail.slice(0, 200)}` : '';
  return new EnrolmentError(
    'ENROLMENT_ANSWER',
    `the server answers ${status}${said}; is this the address of a Sigill server?`,
  );
}

export function refused(reason: string): EnrolmentError {
  const said = reason === '' ? 'without a reason' : `“${reason}”`;
  return new EnrolmentError(
    'ENROLMENT_REFUSED',
    `the operator does not let this box in: ${said}; talk to them, then ask with a new code`,
  );
}

export function noServer(cause: unknown): EnrolmentError {
  return new EnrolmentError(
    'ENROLMENT_ANSWER',
    'the answer is not that of a Sigill server of this version; check the address, and update the older of the two',
    { cause },
  );
}

export function forged(what: string): EnrolmentError {
  return new EnrolmentError(
    'ENROLMENT_FORGED',
    `the answer does not come from who made the code: ${what}; check the address, and if it is right use another network and tell the operator`,
  );
}

export function between(): EnrolmentError {
  return new EnrolmentError(
    'CERTIFICATE_MISMATCH',
    'somebody between this box and the server shows another certificate than the server’s own; nothing was taken from them. Use another network, and tell the operator',
  );
}
