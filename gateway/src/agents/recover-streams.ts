/**
 * What the store of batches knows after a start: it reads its last segment, however much is held.
 * @module
 */
import type { Journal, StreamHead } from '@sigill/edge';
import { equalBytes, leafHash } from '@sigill/evidence';
import { createStreamHeads, type StreamHeads } from '../admission/stream-heads.ts';
import { GatewayError } from '../errors.ts';
import type { SiteLog } from '../site-log/site-log.ts';
import { RESTORE } from '../site-log/tile-files.ts';
import { decodeGroup, decodeSnapshot, type HeldGroup } from './held-records.ts';

/** The streams of an agent, as they were left. */
export interface AgentStreams {
  readonly agent: Uint8Array;
  readonly streams: readonly StreamHead[];
}

/**
 * The stream heads as the last segment tells them: its snapshot, and the groups behind it that entered the log.
 * @param inherited as the generation before left them
 */
export async function recoverStreams(
  journal: Journal,
  log: SiteLog,
  inherited: readonly AgentStreams[],
): Promise<StreamHeads> {
  const streams = createStreamHeads();
  for (const { agent, streams: left } of inherited) streams.apply(agent, left);
  const head = journal.heads().at(-1);
  if (head === undefined) return streams;
  for await (const { position, payload } of journal.read(head, Number.MAX_SAFE_INTEGER)) {
    if (position === head) {
      const { size, root, agents } = decodeSnapshot(payload);
      assertOfThisLog(log, size, root);
      for (const { agent, streams: known } of agents) streams.apply(agent, known);
      continue;
    }
    const group = decodeGroup(payload);
    if (!isLogged(group, log)) continue;
    for (const { agent, streams: touched } of group.entries) streams.apply(agent, touched);
  }
  return streams;
}

function assertOfThisLog(log: SiteLog, size: number, root: Uint8Array): void {
  if (size <= log.head().size && equalBytes(root, log.root(size))) return;
  throw new GatewayError(
    'SITE_LOG_DAMAGED',
    `batches/ was written beside ${size} entries of another site log than the one here with ${log.head().size}; ${RESTORE}`,
  );
}

function isLogged({ firstIndex, entries }: HeldGroup, log: SiteLog): boolean {
  const end = firstIndex + entries.length;
  if (end > log.head().size) return false;
  const seals = log.entries(firstIndex, end);
  return entries.every(({ leaf }, offset) => equalBytes(leaf, leafHash(seals[offset]!)));
}
