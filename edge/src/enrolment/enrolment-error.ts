/** Why a box is not enrolled. The server's own refusals keep their codes. */
export type EnrolmentErrorCode =
  | 'CODE_MALFORMED'
  | 'CODE_WRONG'
  | 'CODE_USED'
  | 'CODE_EXPIRED'
  | 'CODE_VOID'
  | 'CODE_KIND'
  | 'CERTIFICATE_MISMATCH'
  | 'KEY_KNOWN'
  | 'BOX_REVOKED'
  | 'ENROLMENT_BUSY'
  | 'ENROLMENT_REFUSED'
  | 'ENROLMENT_URL'
  | 'ENROLMENT_UNREACHABLE'
  | 'ENROLMENT_ANSWER'
  | 'ENROLMENT_FORGED'
  | 'ENROLMENT_STOPPED'
  | 'ENROLLED_ELSEWHERE'
  | 'AGENT_NOT_MADE';

export class EnrolmentError extends Error {
  readonly code: EnrolmentErrorCode;
  /** Whether doing the same again later may succeed without anyone changing anything. */
  readonly retryable: boolean;

  constructor(
    code: EnrolmentErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly retryable?: boolean } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'EnrolmentError';
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}
