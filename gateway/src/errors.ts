/** What can go wrong at a gateway. docs/errors.md has a line for each: what happened, what to do. */
export type GatewayErrorCode =
  | 'USAGE'
  | 'CONFIG_SYNTAX'
  | 'CONFIG_INVALID'
  | 'CONFIG_MISSING'
  | 'FILE_MISSING'
  | 'FILE_EXISTS'
  | 'FILE_NOT_WRITTEN'
  | 'KEY_FILE_INVALID'
  | 'STATUS_LISTEN_FAILED'
  | 'INSTALL_DENIED'
  | 'INSTALL_FAILED'
  | 'SITE_LOG_DAMAGED'
  | 'SITE_LOG_MOVED'
  | 'SITE_LOG_FROZEN'
  | 'GENERATION_DAMAGED'
  | 'GENERATION_WAITS'
  | 'BROKER_CLIENTS_INVALID'
  | 'BROKER_LISTEN_FAILED'
  | 'RECORD_MISMATCH'
  | 'CODE_WRONG'
  | 'CODE_USED'
  | 'CODE_EXPIRED'
  | 'CODE_VOID'
  | 'CODE_KIND'
  | 'CERTIFICATE_MISMATCH'
  | 'KEY_KNOWN'
  | 'BOX_REVOKED'
  | 'BOX_UNKNOWN'
  | 'ENROLMENT_BUSY'
  | 'BROKER_ABSENT'
  | 'ENROL_LISTEN_FAILED'
  | 'RECORD_SIGNED'
  | 'SITE_LOG_GROWS'
  | 'LOG_END_UNKNOWN'
  | 'NOT_ENROLLED'
  | 'REQUEST_FORM'
  | 'BATCH_INVALID'
  | 'BATCH_INHERITED'
  | 'BATCH_NOT_NEXT'
  | 'BATCH_CONFLICT'
  | 'AGENT_UNKNOWN'
  | 'AGENT_REVOKED'
  | 'AGENT_QUARANTINED'
  | 'BATCH_LOST'
  | 'BATCH_STORE_FULL'
  | 'BATCH_STORE_FAILED'
  | 'GATEWAY_STARTING'
  | 'LINK_WINDOW'
  | 'LINK_MESSAGE'
  | 'SITE_LOG_FORKED'
  | 'CLOUD_URL_INSECURE'
  | 'CLOUD_UNREACHABLE'
  | 'CLOUD_CERTIFICATE_MISMATCH'
  | 'CLOUD_ANSWER_INVALID'
  | 'CLOUD_BUSY'
  | 'CLOUD_REFUSED'
  | 'CLOUD_AHEAD'
  | 'CLOUD_DISAGREES'
  | 'UPLINK_FAILED'
  | 'WITNESS_AWAY'
  | 'WITNESS_AHEAD'
  | 'WITNESS_FORGOT'
  | 'WITNESS_REFUSED'
  | 'NOTARY_STATE_DAMAGED'
  | 'NOTARY_DISAGREES';

export interface GatewayErrorOptions {
  readonly cause?: unknown;
  /** Whether doing the same again later may succeed without anyone changing anything. */
  readonly retryable?: boolean;
}

export class GatewayError extends Error {
  readonly code: GatewayErrorCode;
  readonly retryable: boolean;

  constructor(code: GatewayErrorCode, message: string, options: GatewayErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'GatewayError';
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}
