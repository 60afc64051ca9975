export {
  type AnchorLeaf,
  type AnchorLogRoles,
  anchorLeafHash,
  anchorLogAddress,
  anchorLogInitCode,
  contractAddress,
  encodeAnchorLeaf,
  formatAddress,
  parseAddress,
} from './anchor/anchor-log.ts';
export {
  CHAIN_PROFILES,
  type ChainProfile,
  type Finality,
  findChainProfile,
} from './anchor/chain-profiles.ts';
export {
  type BoxKeys,
  boxFingerprint,
  boxHash,
  type EnrolmentKind,
  type EnrolmentRequest,
  enrolmentMac,
  isEnrolmentMac,
  MAX_ENROLMENT_REQUEST_BYTES,
  openEnrolmentRequest,
  signEnrolmentRequest,
} from './anchor/enrolment.ts';
export {
  decodeEnrolmentAnswer,
  type EnrolmentAnswer,
  type EnrolmentApproval,
  type EnrolmentOutcome,
  encodeEnrolmentAnswer,
} from './anchor/enrolment-answer.ts';
export {
  createEnrolmentCode,
  ENROLMENT_CODE_RANDOM_BYTES,
  type EnrolmentCode,
  formatEnrolmentCode,
  parseEnrolmentCode,
} from './anchor/enrolment-code.ts';
export {
  type EnrolmentDecision,
  type EnrolmentPost,
  type EnrolmentRefusalCode,
  type EnrolmentSurroundings,
  findBox,
  type Invitation,
  judgeEnrolment,
  MAX_WRONG_CODES,
} from './anchor/enrolment-decision.ts';
export {
  type EnrolmentForward,
  openEnrolmentForward,
  signEnrolmentForward,
} from './anchor/enrolment-forward.ts';
export { type Erasure, openErasure, signErasure } from './anchor/erasure.ts';
export {
  earlierOrigins,
  type Generation,
  generationOf,
  logsOf,
  nextOrigin,
} from './anchor/generations.ts';
export {
  type BlockHeader,
  blockHashOf,
  decodeHeader as decodeBlockHeader,
  type LedgerProof,
  type LedgerState,
  verifyLedgerState,
} from './anchor/ledger-proof.ts';
export { type ValidatorSet, validatorsAt, verifyQbftSeals } from './anchor/qbft.ts';
export { assertContinues, assertRecordFollows } from './anchor/record-order.ts';
export {
  type Closing,
  findAgent,
  NO_RECORD,
  type Opened,
  type OperatorRecord,
  openOperatorChain,
  openSlotRecord,
  type RegisteredAgent,
  readOperatorRecord,
  readSlotRecord,
  type SlotRecord,
  signOperatorRecord,
  signSlotRecord,
} from './anchor/register.ts';
export {
  addAgent,
  boxesOf,
  closeSlot,
  confirmBox,
  continueSlot,
  type NewSlot,
  nextSlot,
  openSlot,
  type RegisteredBox,
  revokeBox,
} from './anchor/register-building.ts';
export {
  type CalledSlot,
  callOf,
  decodeChanges,
  encodeChanges,
  nextRoll,
  proveCall,
  ROLL_BLOCK,
  type RollTree,
  rollTree,
  type SlotChange,
} from './anchor/roll-book.ts';
export {
  type Call,
  callRoll,
  decodeCall,
  encodeCall,
  OPERATOR_ORIGIN_HASH,
  type RollCall,
  type SlotState,
} from './anchor/roll-call.ts';
export {
  clip,
  compareBytes,
  concatBytes,
  equalBytes,
  fromBase64,
  fromHex,
  toBase64,
  toHex,
  utf8,
} from './bytes/bytes.ts';
export {
  CborReader,
  type CborValue,
  CborWriter,
  decodeCbor,
  encodeCbor,
} from './bytes/canonical-cbor.ts';
export { type Decimal, formatDecimal, isDecimal, parseDecimal } from './bytes/decimal.ts';
export { sha256 } from './crypto/index.ts';
export { EvidenceError, type EvidenceErrorCode } from './errors.ts';
export type { SeenBlock } from './judge/block.ts';
export type { DecodeAgain } from './judge/decoding.ts';
export {
  type EvidenceFile,
  type EvidenceReading,
  formatEvidence,
  parseEvidence,
} from './judge/evidence-file.ts';
export type {
  EvidenceAnchor,
  EvidenceCall,
  EvidenceParts,
  EvidenceRollCall,
} from './judge/evidence-parts.ts';
export { type JudgeOptions, judge } from './judge/judge.ts';
export { type JudgeRangeOptions, judgeRange, type Recompute } from './judge/judge-range.ts';
export { type DevelopmentAccounts, type NewPolicy, newPolicy } from './judge/new-policy.ts';
export { formatPolicy, type LedgerPolicy, type Policy, parsePolicy } from './judge/policy.ts';
export {
  type ComputedNumber,
  formatRange,
  isRangeText,
  type Period,
  parseRange,
  type RangeBatch,
  type RangeFile,
  type RangeReading,
  type RangeStream,
} from './judge/range-file.ts';
export {
  type CellOf,
  isOpened,
  judgeOpening,
  OPENING_CLAIMS,
  type OpeningClaim,
  type OpeningClaimId,
  type OpeningReason,
  type OpeningVerdict,
  readTwin,
  type Twin,
} from './judge/twin.ts';
export {
  CLAIMS,
  type Claim,
  type ClaimId,
  type Holds,
  type Hole,
  isProven,
  LIMIT,
  NUMBER_CLAIMS,
  RANGE_CLAIMS,
  type RangeVerdict,
  type Reason,
  type StreamVerdict,
  type Trust,
  type Verdict,
} from './judge/verdict.ts';
export { judgeQuorum, parseWitnessQuorum, type WitnessQuorum } from './judge/witness-quorum.ts';
export { createSign1, decodeSign1, openSign1, type Sign1 } from './keys/cose-sign1.ts';
export { createSigner, type Signer, verifySignature } from './keys/signer.ts';
export { type Algorithm, ed25519Raw, ed25519Spki, keyAlgorithm } from './keys/spki.ts';
export {
  type Checkpoint,
  formatCheckpoint,
  logKey,
  type OpenedCheckpoint,
  openCheckpoint,
  originHash,
  parseCheckpoint,
  signCheckpoint,
} from './log/checkpoint.ts';
export { consistencyPath, verifyConsistency } from './log/consistency.ts';
export { type Beginning, type ForkJudgement, judgeFork } from './log/fork.ts';
export { type ForkFile, formatFork, judgeForkFile, parseFork } from './log/fork-file.ts';
export { inclusionPath, rootFromInclusion, verifyInclusion } from './log/inclusion.ts';
export {
  bitsSet,
  type CompactRange,
  createCompactRange,
  EMPTY_ROOT,
  foldPeaks,
  type HashReader,
  hashesOf,
  leafHash,
  nodeHash,
  peaksAt,
  rootAt,
  treeRoot,
} from './log/merkle-tree.ts';
export {
  type IndexedLeaf,
  multiInclusionPath,
  rootFromMultiInclusion,
} from './log/multi-inclusion.ts';
export { formatReceipt, parseReceipt, type Receipt, verifyReceipt } from './log/receipt.ts';
export {
  formatNote,
  formatNoteKey,
  formatSignatureLine,
  type NoteKey,
  type NoteSignature,
  noteKeyId,
  parseNote,
  parseNoteKey,
  parseSignatureLine,
  type SignedNote,
  signaturesOf,
} from './log/signed-note.ts';
export {
  decodeEntryBundle,
  encodeEntryBundle,
  entryBundlePath,
  hashesInTiles,
  MAX_ENTRY_BYTES,
  TILE_HEIGHT,
  TILE_WIDTH,
  type Tile,
  type TileCoordinates,
  tilePath,
  tilesAfterAppend,
  tilesAt,
} from './log/tiles.ts';
export {
  type AddCheckpointRequest,
  cosign,
  cosignedAt,
  formatAddCheckpoint,
  judgeAddCheckpoint,
  parseAddCheckpoint,
  type WitnessDecision,
  type WitnessedLog,
} from './log/witnessing.ts';
export {
  agentId,
  type ClockQuality,
  decodeReading,
  encodeReading,
  type Field,
  type FieldValue,
  formatValue,
  MAX_READING_BYTES,
  type Reading,
  type ReadingClock,
} from './reading/reading.ts';
export {
  type Batch,
  type ChainHead,
  type CheckedBatch,
  checkBatch,
  checkContents,
  checkSeal,
  decodeBatch,
  encodeBatch,
  MAX_BATCH_BYTES,
  MAX_BATCH_READINGS,
} from './seal/batch.ts';
export {
  type BatchHeader,
  type Beacon,
  decodeHeader,
  decodeSeal,
  encodeHeader,
  headerHash,
  NO_PREVIOUS,
  type OpenedSeal,
  openSeal,
  signSeal,
} from './seal/seal.ts';
