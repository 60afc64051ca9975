/** What can go wrong between this page and the server it came from. */
export type PageErrorCode =
  | 'SERVER_UNREACHABLE'
  | 'SERVER_ANSWER'
  | 'SERVER_PROBLEM'
  | 'EVIDENCE_NOT_FOUND'
  | 'EVIDENCE_NOT_READY'
  | 'LEDGER_UNREACHABLE'
  | 'LINK_INVALID'
  | 'SESSION_OVER';

export class PageError extends Error {
  readonly code: PageErrorCode;

  constructor(code: PageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PageError';
    this.code = code;
  }
}
