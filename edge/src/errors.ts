export type EdgeErrorCode =
  | 'JOURNAL_LOCKED'
  | 'JOURNAL_CORRUPT'
  | 'JOURNAL_FULL'
  | 'JOURNAL_BUSY'
  | 'JOURNAL_FAILED'
  | 'JOURNAL_CLOSED'
  | 'JOURNAL_POSITION'
  | 'RECORD_SIZE'
  | 'AGENT_MISMATCH'
  | 'AGENT_RECOVERING'
  | 'AGENT_CLOSED'
  | 'HEAD_NEEDED'
  | 'SECOND_HEADER'
  | 'BATCH_NOT_HELD'
  | 'BATCH_NOT_RECEIPTED'
  | 'SOURCE_UNKNOWN'
  | 'STREAM_LIMIT'
  | 'OBSERVATION_INVALID'
  | 'RECEIPT_INVALID'
  | 'RECEIPT_MISMATCH'
  | 'CONFIG_INVALID'
  | 'CONFIG_SYNTAX'
  | 'FILE_EXISTS'
  | 'FILE_MISSING'
  | 'KEY_FILE_EXPOSED'
  | 'KEY_FILE_INVALID'
  | 'ALREADY_RUNNING'
  | 'NOT_ENROLLED'
  | 'RECORDS_INVALID'
  | 'CONTROL_DENIED'
  | 'CONTROL_SILENT'
  | 'LINK_MESSAGE'
  | 'LINK_LOST'
  | 'LINK_REFUSED'
  | 'LINK_TIMEOUT'
  | 'BATCH_REFUSED'
  | 'SITE_LOG_SHORTER'
  | 'SITE_LOG_FORK';

export interface EdgeErrorOptions {
  readonly cause?: unknown;
  readonly retryable?: boolean;
}

/** `retryable`: the same call may succeed later without anybody changing anything. */
export class EdgeError extends Error {
  readonly code: EdgeErrorCode;
  readonly retryable: boolean;

  constructor(code: EdgeErrorCode, message: string, options: EdgeErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'EdgeError';
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}
