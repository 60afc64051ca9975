import {
  type BatchHeader,
  type Beacon,
  compareBytes,
  createCompactRange,
  encodeHeader,
  leafHash,
  MAX_BATCH_BYTES,
  MAX_BATCH_READINGS,
} from '@sigill/evidence';
import type { RecordFrame } from './agent-records.ts';
import type { AgentState } from './agent-state.ts';
import type { StreamHead } from './link/messages.ts';

export interface BatchLimits {
  readonly count: number;
  readonly bytes: number;
  readonly ageMs: number;
}

export const DEFAULT_BATCH_LIMITS: BatchLimits = { count: 500, bytes: 256 * 1024, ageMs: 10_000 };

export interface ClosedBatch {
  readonly header: BatchHeader;
  readonly headerBytes: Uint8Array;
  readonly readings: readonly Uint8Array[];
  readonly frames: readonly (Uint8Array | null)[];
  /** Where the streams that it touches go on; null where it was read back from the journal. */
  readonly streams: readonly StreamHead[] | null;
}

export interface Batcher {
  readonly count: number;
  /** Whether this reading must wait for the next batch. */
  isFullFor(sizeBytes: number): boolean;
  /** How the journal is to write the frame: once for all the readings that come from it. */
  toRecordFrame(frame: Uint8Array | null): RecordFrame;
  add(reading: Uint8Array, frame: Uint8Array | null): void;
  close(close: {
    state: AgentState;
    log: Uint8Array;
    boot: Uint8Array;
    closedAt: number;
    beacon: Beacon | null;
    streams: readonly StreamHead[] | null;
  }): ClosedBatch;
}

// A seal and the CBOR heads of the readings, which the limit on the wire counts and ours does not.
const WIRE_OVERHEAD_BYTES = 1024;
const HEAD_BYTES = 8;

/** Collects the readings of the open batch. */
export function createBatcher(limits: BatchLimits): Batcher {
  const maxCount = Math.min(limits.count, MAX_BATCH_READINGS);
  const maxBytes = Math.min(limits.bytes, MAX_BATCH_BYTES - WIRE_OVERHEAD_BYTES);
  let readings: Uint8Array[] = [];
  let frames: (Uint8Array | null)[] = [];
  let lastFrame: Uint8Array | null = null;
  let tree = createCompactRange();
  let bytes = 0;

  return {
    get count() {
      return readings.length;
    },
    isFullFor(sizeBytes) {
      if (readings.length === 0) return false;
      return readings.length >= maxCount || bytes + sizeBytes + HEAD_BYTES > maxBytes;
    },
    toRecordFrame(frame) {
      if (frame === null) return null;
      return lastFrame !== null && compareBytes(frame, lastFrame) === 0 ? 'as before' : frame;
    },
    add(reading, frame) {
      readings.push(reading);
      frames.push(frame);
      tree.append(leafHash(reading));
      bytes += reading.length + HEAD_BYTES;
      if (frame !== null && frame !== lastFrame) {
        bytes += frame.length;
        lastFrame = frame;
      }
    },
    close({ state, log, boot, closedAt, beacon, streams }) {
      const header: BatchHeader = {
        agent: state.agent,
        log,
        batch: state.nextBatch,
        previous: state.headHash,
        boot,
        firstSeq: state.openSeq,
        count: readings.length,
        root: tree.root(),
        closedAt,
        beacon,
      };
      const closed = { header, headerBytes: encodeHeader(header), readings, frames, streams };
      readings = [];
      frames = [];
      lastFrame = null;
      tree = createCompactRange();
      bytes = 0;
      return closed;
    },
  };
}
