/**
 * Where a log that stands on this disk leaves its agents at a size of its past, read from its entries alone.
 * @module
 */
import { setImmediate as breathe } from 'node:timers/promises';
import {
  type ChainHead,
  type Checkpoint,
  createCompactRange,
  decodeSeal,
  equalBytes,
  fromHex,
  headerHash,
  leafHash,
  type Opened,
  type SlotRecord,
  toHex,
} from '@sigill/evidence';
import type { StreamHeads } from '../admission/stream-heads.ts';
import { GatewayError } from '../errors.ts';
import type { SiteLog } from '../site-log/site-log.ts';
import { RESTORE } from '../site-log/tile-files.ts';
import type { Inherited, KnownSize } from './inherited.ts';

export interface ClosedLogParts {
  readonly log: SiteLog;
  readonly streams: StreamHeads;
  /** What this log took over itself. */
  readonly before: Inherited | null;
}

// Some milliseconds of work; a log may have a million entries, and the box reads on meanwhile.
const STEP = 1_024;

/** Whether the log on this disk holds what its operator closed. */
export function holdsEnd(log: SiteLog, { record }: Opened<SlotRecord>): boolean {
  const { closed } = record;
  return (
    closed !== null &&
    closed.size <= log.head().size &&
    equalBytes(log.root(closed.size), closed.root)
  );
}

/** @param known a size of its past that others were told of */
export async function inheritHere(
  { log, streams, before }: ClosedLogParts,
  { record }: Opened<SlotRecord>,
  known: Pick<Checkpoint, 'size' | 'root'>,
): Promise<Inherited> {
  const { size, root } = record.closed!;
  const heads = await headsAt(log, { size, root }, before);
  return {
    ...{ origin: record.origin, size, root, known: pathFrom(log, known, size) },
    agents: [...heads].map(([name, head]) => {
      const agent = fromHex(name);
      return { agent, head, streams: streams.of(agent) };
    }),
  };
}

function pathFrom(
  log: SiteLog,
  { size, root }: Pick<Checkpoint, 'size' | 'root'>,
  end: number,
): KnownSize {
  if (size > end || !equalBytes(log.root(size), root))
    return { size: 0, root: log.root(0), path: [] };
  return { size, root, path: log.consistencyProof(size, end) };
}

/**
 * By agent in hexadecimal, from the entries up to a size; its root shows that they are the ones.
 * @throws GatewayError SITE_LOG_DAMAGED
 */
export async function headsAt(
  log: SiteLog,
  { size, root }: Pick<Checkpoint, 'size' | 'root'>,
  before: Inherited | null,
): Promise<Map<string, ChainHead>> {
  const heads = new Map((before?.agents ?? []).map(({ agent, head }) => [toHex(agent), head]));
  const range = createCompactRange();
  for (let from = 0; from < size; from += STEP) {
    for (const seal of log.entries(from, Math.min(size, from + STEP))) {
      range.append(leafHash(seal));
      const { header, headerBytes } = decodeSeal(seal);
      const { agent, batch, firstSeq, count } = header;
      const nextSeq = firstSeq + count;
      heads.set(toHex(agent), { batch, headerHash: headerHash(headerBytes), nextSeq });
    }
    await breathe();
  }
  if (equalBytes(range.root(), root)) return heads;
  throw new GatewayError(
    'SITE_LOG_DAMAGED',
    `the first ${size} entries of ${log.origin} are others than its root says; ${RESTORE}`,
  );
}
