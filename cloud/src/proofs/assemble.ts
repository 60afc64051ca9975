/**
 * An evidence file for one reading, out of archive and database: everything a verifier needs, and nothing that
 * nobody refers to. What is not there yet is told as a reason, never left out in silence.
 * @module
 */
import {
  type BatchHeader,
  checkContents,
  decodeBatch,
  decodeSeal,
  type EvidenceReading,
  formatEvidence,
  hashesOf,
  inclusionPath,
  toHex,
} from '@sigill/evidence';
import { type ArrivedBatch, entryOfReading } from '../database/agent-chains.ts';
import { erasureOf } from '../database/erasures.ts';
import { CloudError } from '../errors.ts';
import { type ProofParts, sealOfBatch, standingParts } from './standing-parts.ts';

/** @throws CloudError READING_UNKNOWN, READING_GONE, EVIDENCE_PENDING, ARCHIVE_DAMAGED */
export async function assembleEvidence(
  parts: ProofParts,
  agent: Uint8Array,
  seq: number,
): Promise<string> {
  const { database } = parts;
  const entry = await database.read((sql) => entryOfReading(sql, agent, seq));
  if (entry === null) {
    throw new CloudError(
      'READING_UNKNOWN',
      `no reading ${seq} of agent ${toHex(agent)} is archived here`,
    );
  }
  const { reading, seal, header } = await readingIn(parts, entry, seq);
  // Its beacon bounds the reading's clock. An agent's first batch has none before it.
  const before =
    entry.batch === 0 ? null : decodeSeal(await sealOfBatch(parts, agent, entry.batch - 1));
  const beacons = [header.beacon, before?.header.beacon ?? null];
  return formatEvidence({
    format: 'sigill-evidence@v1',
    kind: 'reading',
    readings: [reading],
    headers: before === null ? [] : [before.headerBytes],
    ...(await standingParts(parts, entry, seal, beacons)),
  });
}

async function readingIn(
  { archive, database }: ProofParts,
  { agent, batch, firstSeq }: ArrivedBatch,
  seq: number,
): Promise<{ reading: EvidenceReading; seal: Uint8Array; header: BatchHeader }> {
  const bytes = await archive.get({ agent, batch });
  if (bytes === null) {
    throw new CloudError(
      'ARCHIVE_DAMAGED',
      `batch ${batch} of agent ${toHex(agent)} is not in the archive`,
    );
  }
  const decoded = decodeBatch(bytes);
  const { header } = decodeSeal(decoded.seal);
  const { readings, readingBytes, frames, leaves } = checkContents(decoded, header);
  const index = seq - firstSeq;
  if (readings[index] === null) {
    const erased = await database.read((sql) => erasureOf(sql, agent, seq));
    const why =
      erased === null
        ? 'it was lost or erased before it came here'
        : `the operator had it erased (${erased.reason}); evidence of a time around it shows the hole and the operator’s word`;
    throw new CloudError('READING_GONE', `of reading ${seq} only the hash is left: ${why}`);
  }
  return {
    seal: decoded.seal,
    header,
    reading: {
      bytes: readingBytes[index] as Uint8Array,
      batch,
      index,
      path: inclusionPath(index, leaves.length, hashesOf(leaves)),
      frame: frames[index] ?? null,
    },
  };
}
