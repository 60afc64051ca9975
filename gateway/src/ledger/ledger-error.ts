/** What can go wrong between a gateway and its ledger. docs/errors.md has a line for each. */
export type LedgerErrorCode =
  | 'LEDGER_UNREACHABLE'
  | 'LEDGER_REFUSED'
  | 'LEDGER_WRONG_CHAIN'
  | 'LEDGER_NO_CONTRACT'
  | 'LEDGER_NOT_OPERATOR'
  | 'LEDGER_OTHER_CODE'
  | 'LEDGER_LAGS'
  | 'LEDGER_DISAGREES'
  | 'LEDGER_UNCONFIRMED'
  | 'LEDGER_FINAL_CONTRADICTED'
  | 'LEDGER_NO_FINALITY'
  | 'LEDGER_UNSEALED'
  | 'LEDGER_FEE_CAP'
  | 'LEDGER_NONCE_TAKEN'
  | 'LEDGER_NO_FACTORY'
  | 'LEDGER_DEPLOY_FAILED'
  | 'LEDGER_UNKNOWN_HEADER'
  | 'LEDGER_JOURNAL_DAMAGED'
  | 'ANCHOR_IN_FLIGHT'
  | 'KEYSTORE_INVALID'
  | 'SIGNER_UNREACHABLE'
  | 'SIGNER_REFUSED'
  | 'SIGNER_DISAGREES'
  | 'DEVELOPMENT_LEDGER_PORT_IN_USE'
  | 'DEVELOPMENT_LEDGER_DAMAGED'
  | 'DEVELOPMENT_LEDGER_FAILED';

export interface LedgerErrorOptions {
  readonly cause?: unknown;
  /** Whether doing the same again later may succeed without anyone changing anything. */
  readonly retryable?: boolean;
}

export class LedgerError extends Error {
  readonly code: LedgerErrorCode;
  readonly retryable: boolean;

  constructor(code: LedgerErrorCode, message: string, options: LedgerErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'LedgerError';
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}
