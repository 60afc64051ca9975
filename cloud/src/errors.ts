/** Everything the cloud refuses, by code. docs/errors.md says what each means and what to do. */
export type CloudErrorCode =
  // stores
  | 'ARCHIVE_CONFLICT'
  | 'ARCHIVE_DAMAGED'
  | 'ARCHIVE_IN_USE'
  | 'ARCHIVE_UNWRITABLE'
  | 'DATABASE_NEWER'
  | 'DATABASE_FAILED'
  | 'READINGS_FAILED'
  | 'KEEPSAKES_DAMAGED'
  | 'REBUILD_FAILED'
  // register
  | 'ORIGIN_UNKNOWN'
  | 'ORIGIN_CLOSED'
  | 'AGENT_UNKNOWN'
  | 'AGENT_REVOKED'
  | 'RECORD_TAKEN'
  // enrolment
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
  // operator
  | 'LINK_INVALID'
  | 'SESSION_OVER'
  | 'OPERATOR_KEY_ABSENT'
  | 'OPERATOR_KEY_WRONG'
  | 'RECORD_SIGNED'
  | 'INVITATION_UNKNOWN'
  | 'USAGE'
  | 'FILE_EXISTS'
  | 'CLOUD_UNREACHABLE'
  | 'CLOUD_REFUSED'
  // ingest
  | 'REQUEST_FORM'
  | 'REQUEST_SIGNATURE'
  | 'ENTRY_GONE'
  | 'CONFLICT_UNPROVEN'
  | 'BATCH_UNREADABLE'
  | 'BATCH_CONFLICT'
  | 'ENTRIES_MISSING'
  | 'ENTRY_CONFLICT'
  | 'CHECKPOINT_ROOT'
  | 'CHECKPOINT_REFUSED'
  | 'CLOSING_DIFFERS'
  | 'ANCHORS_MISSING'
  | 'ANCHOR_CONFLICT'
  | 'ANCHOR_LEDGER'
  | 'ANCHOR_REFUSED'
  | 'HOST_UNKNOWN'
  | 'INGEST_BUSY'
  // tiles
  | 'TILES_DENIED'
  | 'TILES_BUSY'
  // configuration
  | 'CONFIG_INVALID'
  | 'CONFIG_SYNTAX'
  | 'FILE_MISSING'
  | 'KEY_FILE_EXPOSED'
  | 'KEY_FILE_INVALID'
  | 'LISTEN_OPEN'
  | 'LISTEN_FAILED'
  // proofs and api
  | 'READING_UNKNOWN'
  | 'READING_GONE'
  | 'POSITION_WITHHELD'
  | 'EVIDENCE_PENDING'
  | 'ERASURE_REFUSED'
  | 'RANGE_EMPTY'
  | 'RANGE_TOO_LARGE'
  | 'PROJECTION_UNKNOWN'
  | 'PROJECTION_REFUSED'
  | 'SERIES_UNKNOWN'
  | 'WITNESS_NONE'
  // witness
  | 'FORK_UNPROVEN'
  | 'WITNESS_BUSY'
  | 'WITNESS_CLOCK'
  | 'WITNESS_RETIRED'
  | 'WITNESS_STATE'
  | 'EVENTS_FULL';

export interface CloudErrorOptions {
  readonly cause?: unknown;
  /** The same request may succeed later, unchanged. */
  readonly retryable?: boolean;
  /** What a program needs to go on, such as the index the cloud expects next. */
  readonly facts?: Readonly<Record<string, number | string | boolean>>;
}

export class CloudError extends Error {
  readonly code: CloudErrorCode;
  readonly retryable: boolean;
  readonly facts: Readonly<Record<string, number | string | boolean>>;

  constructor(code: CloudErrorCode, message: string, options: CloudErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'CloudError';
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.facts = options.facts ?? {};
  }
}
