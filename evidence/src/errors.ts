/**
 * The one error of this package. Parsers here are total: any input gives a value or one of these.
 * @module
 */

/** What went wrong, for programs. docs/errors.md has a line for each. */
export type EvidenceErrorCode =
  // bytes
  | 'CBOR_NOT_CANONICAL'
  | 'CBOR_SYNTAX'
  | 'CBOR_TYPE'
  | 'DECIMAL_SYNTAX'
  | 'HEX_SYNTAX'
  | 'BASE64_SYNTAX'
  | 'JSON_NOT_CANONICAL'
  | 'JSON_SCHEMA'
  // keys
  | 'KEY_FORM'
  | 'KEY_WEAK'
  | 'SIGNATURE_FORM'
  | 'SIGNATURE_INVALID'
  // reading
  | 'READING_FORM'
  // log
  | 'TREE_RANGE'
  | 'INCLUSION_PROOF'
  | 'CONSISTENCY_PROOF'
  | 'NOTE_SYNTAX'
  | 'NOTE_UNSIGNED'
  | 'CHECKPOINT_SYNTAX'
  | 'CHECKPOINT_ORIGIN'
  | 'ENTRY_SIZE'
  | 'TILE_FORM'
  | 'RECEIPT_SYNTAX'
  // seal
  | 'SEAL_FORM'
  | 'HEADER_FORM'
  | 'BATCH_FORM'
  | 'BATCH_ROOT'
  | 'BATCH_SEQUENCE'
  | 'BATCH_LINK'
  | 'BATCH_LOG'
  | 'BATCH_FRAME'
  | 'BATCH_AGENT'
  // anchor
  | 'RECORD_FORM'
  | 'RECORD_CHAIN'
  | 'ERASURE_FORM'
  | 'CALL_FORM'
  | 'CALL_CONSISTENCY'
  | 'ANCHOR_LEAF_FORM'
  | 'ADDRESS_FORM'
  | 'CODE_MALFORMED'
  | 'ENROLMENT_FORM'
  | 'RLP_SYNTAX'
  | 'TRIE_PROOF'
  | 'LEDGER_HEADER'
  | 'LEDGER_ACCOUNT'
  | 'LEDGER_STATE'
  | 'QBFT_HEADER'
  | 'QBFT_SEALS'
  | 'QBFT_VALIDATORS'
  // judge
  | 'POLICY_FORM'
  | 'EVIDENCE_FORM';

/** Thrown by every parser, decoder and check of this package. */
export class EvidenceError extends Error {
  readonly code: EvidenceErrorCode;

  constructor(code: EvidenceErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'EvidenceError';
    this.code = code;
  }
}
