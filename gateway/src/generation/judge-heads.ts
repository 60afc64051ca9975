/**
 * What the cloud says of a closed log, believed as far as the operator's records prove it.
 * @module
 */
import {
  type ChainHead,
  type Checkpoint,
  decodeSeal,
  EMPTY_ROOT,
  EvidenceError,
  equalBytes,
  findAgent,
  fromHex,
  leafHash,
  logsOf,
  type Opened,
  openSeal,
  type SlotRecord,
  toHex,
  verifyConsistency,
  verifyInclusion,
} from '@sigill/evidence';
import { toLoggedHead } from '../admission/chain-heads.ts';
import type { StreamHeads } from '../admission/stream-heads.ts';
import { GatewayError } from '../errors.ts';
import type { CloudHead, CloudHeads } from '../uplink/cloud-heads.ts';
import type { Inherited, InheritedAgent, KnownSize } from './inherited.ts';

export interface ClosedLogs {
  /** The record that closed it, and those of the generations before it, the oldest first. */
  readonly closed: Opened<SlotRecord>;
  readonly earlier: readonly Opened<SlotRecord>[];
}

export type Head = Pick<Checkpoint, 'size' | 'root'>;

/** @throws GatewayError CLOUD_ANSWER_INVALID */
export function judgeHeads(heads: CloudHeads, logs: ClosedLogs): Inherited {
  const { record } = logs.closed;
  const { size, root } = record.closed!;
  if (heads.size !== size || !equalBytes(heads.root, root))
    throw lie(
      `${heads.size} entries of ${record.origin}, or another root, where its operator closed it at ${size}`,
    );
  const agents = heads.agents.map((head) => judgeHead(head, logs));
  const named = new Set(agents.map(({ agent }) => toHex(agent)));
  if (named.size !== agents.length) throw lie('one agent twice');
  return { origin: record.origin, size, root, known: NOTHING_KNOWN, agents };
}

/** What was known here of the log, if the end goes on from it; else nothing is. */
export function knownTo({ size, root, path }: CloudHeads, known: Head): KnownSize {
  try {
    verifyConsistency(known.size, size, known.root, root, path);
    return { size: known.size, root: known.root, path };
  } catch (error) {
    if (error instanceof EvidenceError) return NOTHING_KNOWN;
    throw error;
  }
}

/**
 * With those agents of whom this disk shows more than the cloud says: it may have put their last batches aside.
 * @param here where the part of the log that both know leaves agents, by their names in hexadecimal
 */
export function withKnown(
  agents: readonly InheritedAgent[],
  here: ReadonlyMap<string, ChainHead>,
  streams: StreamHeads,
): InheritedAgent[] {
  const said = new Map(agents.map((one) => [toHex(one.agent), one]));
  for (const [name, head] of here) {
    if ((said.get(name)?.head.batch ?? -1) >= head.batch) continue;
    const agent = fromHex(name);
    said.set(name, { agent, head, streams: streams.of(agent) });
  }
  return [...said.values()];
}

const NOTHING_KNOWN: KnownSize = { size: 0, root: EMPTY_ROOT, path: [] };

function judgeHead(head: CloudHead, { closed, earlier }: ClosedLogs): InheritedAgent {
  const { origin, seal, index, path, streams } = head;
  const log = [...earlier, closed].find(({ record }) => record.origin === origin)?.record;
  if (log === undefined) throw lie(`an entry of ${origin}, which is none of this site’s logs`);
  try {
    const { agent } = decodeSeal(seal).header;
    const key = findAgent(closed.record, agent)?.key;
    if (key === undefined) throw lie(`an entry of agent ${toHex(agent)}, which was never let in`);
    const opened = openSeal(seal, key);
    if (!logsOf(log).some((id) => equalBytes(id, opened.header.log)))
      throw lie(`an entry of agent ${toHex(agent)} that was made for another log`);
    const { size, root } = log.closed!;
    verifyInclusion(index, size, leafHash(seal), path, root);
    const { batch, headerHash, nextSeq } = toLoggedHead(opened, index);
    return { agent, head: { batch, headerHash, nextSeq }, streams };
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    throw lie(`an entry of ${origin} that does not hold (${cause.code}: ${cause.message})`, cause);
  }
}

function lie(answered: string, cause?: unknown): GatewayError {
  return new GatewayError(
    'CLOUD_ANSWER_INVALID',
    `asked for the end of the closed log, the cloud gives ${answered}; is cloud.url the address of your cloud, and its archive whole?`,
    { cause, retryable: true },
  );
}
