import { decodeHeader, decodeReading, type Reading, toBase64, utf8 } from '@sigill/evidence';
import { type AgentState, streamKey } from './agent-state.ts';
import { EdgeError } from './errors.ts';
import { type HeldBatches, scanBatches } from './held-batches.ts';
import type { Disk, DiskFile } from './journal/disk.ts';
import { writeFully } from './journal/disk.ts';
import type { Journal } from './journal/journal.ts';
import { AGENT_SOURCE } from './sources/source-plan.ts';

export interface SetAside {
  /** Readings by stream. */
  readonly counts: ReadonlyMap<string, number>;
  readonly total: number;
  readonly file: string | null;
}

// For people who look whether something of worth is in it: some ten thousand readings.
const MAX_FILE_BYTES = 16 * 1024 * 1024;
const MAX_FILES = 3;
const WRITE_BYTES = 256 * 1024;
const NAME = /^rolled-back-.*\.ndjson$/;

/**
 * The readings of a journal that the gateway cannot have: those beyond its last number, and those stamped since the
 * first start after the last receipt. What was stamped before that start lay on the card when it was copied or fell
 * back, and was sent from there. A receipt that the journal does not know of makes the count too high, never too low.
 */
export async function setReadingsAside(given: {
  readonly journal: Journal;
  readonly held: HeldBatches;
  readonly state: AgentState;
  /** The gateway's next. */
  readonly nextSeq: number;
  readonly disk: Disk;
  readonly directory: string;
  readonly nowMs: number;
}): Promise<SetAside> {
  const { disk, directory, nowMs } = given;
  const counts = new Map<string, number>();
  const file = createAsideFile(disk, directory, nowMs);
  let total = 0;
  try {
    for await (const { reading, bytes, frame } of unseenReadings(given)) {
      const key = streamKey(reading.source, reading.device);
      counts.set(key, (counts.get(key) ?? 0) + 1);
      total++;
      await file.add(reading, bytes, frame);
    }
  } catch (error) {
    // What is damaged cannot be counted; it is lost like the rest.
    if (!(error instanceof EdgeError && error.code === 'JOURNAL_CORRUPT')) throw error;
  }
  return { counts, total, file: await file.close() };
}

async function* unseenReadings({
  journal,
  held,
  state,
  nextSeq,
}: {
  readonly journal: Journal;
  readonly held: HeldBatches;
  readonly state: AgentState;
  readonly nextSeq: number;
}): AsyncGenerator<{ reading: Reading; bytes: Uint8Array; frame: Uint8Array | null }> {
  if (journal.heads().length === 0) return;
  const from = Math.max(state.receiptedBefore, await held.first());
  let started = false;
  for await (const { readings, frames, header } of scanBatches(journal, await held.locate(from))) {
    if (header !== null && decodeHeader(header.bytes).batch < from) continue;
    for (const [index, bytes] of readings.entries()) {
      const reading = decodeReading(bytes);
      started ||= reading.source === AGENT_SOURCE && reading.kind === 'boot';
      if (started || reading.seq >= nextSeq) yield { reading, bytes, frame: frames[index]! };
    }
  }
}

/** One line a reading; made with the first, and bounded. Diagnosis only: a disk that refuses it stops nothing. */
function createAsideFile(disk: Disk, directory: string, nowMs: number) {
  const name = `rolled-back-${new Date(nowMs).toISOString().replaceAll(':', '-')}.ndjson`;
  let file: DiskFile | null = null;
  let lines: string[] = [];
  let waitingBytes = 0;
  let size = 0;
  let refused = false;

  async function write(): Promise<void> {
    if (refused || lines.length === 0) return;
    try {
      file ??= await open();
      const bytes = utf8(lines.join(''));
      await writeFully(file, bytes, size);
      size += bytes.length;
    } catch {
      refused = true;
    }
    lines = [];
    waitingBytes = 0;
  }

  async function open(): Promise<DiskFile> {
    const older = (await disk.list(directory)).filter((found) => NAME.test(found)).sort();
    for (const found of older.slice(0, Math.max(0, older.length - MAX_FILES + 1))) {
      if (found !== name) await disk.remove(`${directory}/${found}`);
    }
    if (older.includes(name)) await disk.remove(`${directory}/${name}`);
    return disk.create(`${directory}/${name}`);
  }

  return {
    async add(reading: Reading, bytes: Uint8Array, frame: Uint8Array | null): Promise<void> {
      if (size + waitingBytes >= MAX_FILE_BYTES) return;
      const { seq, source, device, n, kind, time } = reading;
      const kept = { reading: toBase64(bytes), frame: frame && toBase64(frame) };
      const line = `${JSON.stringify({ seq, source, device, n, kind, time, ...kept })}\n`;
      lines.push(line);
      waitingBytes += line.length;
      if (waitingBytes >= WRITE_BYTES) await write();
    },
    /** Its path, once it is durable. */
    async close(): Promise<string | null> {
      await write();
      try {
        await file?.sync();
        await file?.close();
        await disk.syncDirectory(directory);
      } catch {
        refused = true;
      }
      return file === null || refused ? null : `${directory}/${name}`;
    },
  };
}
