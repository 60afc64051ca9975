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
 * @param expected where this disk shows that agents had come, by their names in hexadecimal
 * @throws GatewayError CLOUD_ANSWER_INVALID
 */
export function assertNamed({ agents }: Inherited, expected: ReadonlyMap<string, ChainHead>): void {
  const named = new Map(agents.map(({ agent, head }) => [toHex(agent), head]));
  for (const [agent, { batch }] of expected) {
    const head = named.get(agent);
    if (head === undefined || head.batch < batch)
      throw lie(
        `${head === undefined ? 'nothing' : `batch ${head.batch}`} of agent ${agent}, which had come to batch ${batch}`,
      );
  }
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
