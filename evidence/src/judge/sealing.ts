/**
 * Reading -> batch -> seal: that the bytes are what the agent sealed.
 * @module
 */
import { findAgent, readSlotRecord } from '../anchor/register.ts';
import { equalBytes, toHex } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';
import { verifyInclusion } from '../log/inclusion.ts';
import { leafHash } from '../log/merkle-tree.ts';
import { decodeReading, type Reading } from '../reading/reading.ts';
import { type BatchHeader, decodeHeader, headerHash, openSeal } from '../seal/seal.ts';
import { type Established, Refuted } from './claims.ts';
import type { EvidenceFile } from './evidence-file.ts';
import type { EvidenceParts } from './evidence-parts.ts';

export interface Sealed {
  readonly reading: Reading;
  readonly header: BatchHeader;
  /** The header before it; null for an agent's first batch. */
  readonly before: BatchHeader | null;
}

export function judgeSealing(file: EvidenceFile): Established<Sealed> {
  const [evidence] = file.readings;
  const { bytes, batch, index, path } = evidence!;
  const reading = decodeReading(bytes);
  const { header } = openSeal(file.seal.bytes, agentKey(file, reading.agent));
  if (!equalBytes(header.agent, reading.agent) || header.batch !== batch)
    throw new Refuted(
      'OTHER_READING',
      `the seal closes batch ${header.batch} of another agent or number`,
    );
  if (reading.seq !== header.firstSeq + index)
    throw new EvidenceError(
      'BATCH_SEQUENCE',
      `seq ${header.firstSeq + index} stands at this place of the batch, got ${reading.seq}`,
    );
  verifyInclusion(index, header.count, leafHash(bytes), path, header.root);
  const before = headerBefore(file, header);
  return {
    value: { reading, header, before },
    provenBy: `the signature of agent ${toHex(reading.agent)} over batch ${batch} of ${header.count} readings, and the path of reading ${index} to its root`,
    trust: ['agent'],
    facts: { agent: toHex(reading.agent), batch, index, count: header.count },
  };
}

/**
 * The key whose hash is the agent's name. Whether the operator registered it is another claim:
 * the name itself commits to the key.
 */
export function agentKey(file: Pick<EvidenceParts, 'records'>, agent: Uint8Array): Uint8Array {
  for (const cose of file.records.slot) {
    const found = findAgent(readSlotRecord(cose).record, agent);
    if (found !== undefined) return found.key;
  }
  throw new Refuted('NOT_REGISTERED', `no record here names agent ${toHex(agent)}`);
}

function headerBefore(file: EvidenceFile, header: BatchHeader): BatchHeader | null {
  const bytes = file.headers.at(-1);
  if (bytes === undefined) return null;
  return openBefore(bytes, header);
}

/** The header that these bytes are, if `next` follows it. @throws EvidenceError */
export function openBefore(bytes: Uint8Array, next: BatchHeader): BatchHeader {
  const before = decodeHeader(bytes);
  if (!equalBytes(headerHash(bytes), next.previous) || before.batch !== next.batch - 1)
    throw new EvidenceError('BATCH_LINK', `batch ${next.batch} does not follow the header given`);
  if (before.firstSeq + before.count !== next.firstSeq)
    throw new EvidenceError('BATCH_SEQUENCE', 'the header before ends at another seq');
  return before;
}
