export type { BatchArchive, BatchKey } from './archive/batch-archive.ts';
export {
  type CloudOptions,
  type RunningCloud,
  readCloudConfig,
  startCloud,
} from './cloud.ts';
export type { Command, CommandIo } from './command.ts';
export { type CloudConfig, type ListenConfig, parseCloudConfig } from './config.ts';
export type { Core } from './core.ts';
export type { Database, Sql } from './database/database.ts';
export { CloudError, type CloudErrorCode } from './errors.ts';
export { fetchBlockHashes, type HeaderAnswer } from './proofs/block-headers.ts';
export type { ReadingStore } from './readings/reading-store.ts';
export type { EvidenceState, Watermarks } from './watermarks/watermarks.ts';
