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
import type { BatchArchive } from '../archive/batch-archive.ts';
import { type ArrivedBatch, entryOfBatch, entryOfReading } from '../database/agent-chains.ts';
import { checkpointCovering, cosignatureAt } from '../database/checkpoints.ts';
import type { Database, Sql } from '../database/database.ts';
import { mergeNotes } from '../database/merge-notes.ts';
import { quarantinedBytes } from '../database/quarantine.ts';
import { overTree } from '../database/tiles.ts';
import { CloudError } from '../errors.ts';
import { sealOf } from '../ingest/judge-batch.ts';
import { siteTree } from '../ingest/tree-names.ts';
import type { Register } from '../register/register.ts';
import { type AnchoredParts, findAnchoring } from './anchored-parts.ts';

export interface ProofParts {
  readonly archive: BatchArchive;
  readonly database: Database;
  readonly register: Register;
  /** The anchor log of the policy's ledger; null without one. */
  readonly anchorLog: string | null;
}

/** @throws CloudError READING_UNKNOWN, READING_GONE, EVIDENCE_PENDING, ARCHIVE_DAMAGED */
export async function assembleEvidence(
  parts: ProofParts,
  agent: Uint8Array,
  seq: number,
): Promise<string> {
  const { archive, database, register, anchorLog } = parts;
  const entry = await database.read((sql) => entryOfReading(sql, agent, seq));
  if (entry === null) {
    throw new CloudError(
      'READING_UNKNOWN',
      `no reading ${seq} of agent ${toHex(agent)} is archived here`,
    );
  }
  const { reading, seal, header } = await readingIn(archive, entry, seq);
  const before = await headerBefore(parts, entry);
  const beacons = [header.beacon, before && decodeSeal(before).header.beacon];
  return database.read(async (sql) => {
    const anchored =
      anchorLog === null ? null : await findAnchoring(sql, register, anchorLog, entry, beacons);
    const { size, note } = anchored?.checkpoint ?? (await smallestCheckpoint(sql, entry));
    const path = await overTree(sql, siteTree(entry.origin), size, (read) =>
      inclusionPath(entry.entry, size, read),
    );
    return formatEvidence({
      format: 'sigill-evidence@v1',
      kind: 'reading',
      readings: [reading],
      headers: before === null ? [] : [decodeSeal(before).headerBytes],
      seal: { bytes: seal, index: entry.entry, path },
      log: {
        origin: entry.origin,
        checkpoint: await cosigned(sql, entry.origin, size, note),
        consistency: anchored?.consistency ?? [],
      },
      ...(anchored?.file ?? withoutAnchor(register, entry.origin)),
    });
  });
}

async function readingIn(
  archive: BatchArchive,
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
    throw new CloudError(
      'READING_GONE',
      `of reading ${seq} only the hash is left: it was lost or erased before it came here`,
    );
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

/** The seal of the batch before: its beacon bounds the reading's clock. Null for an agent's first batch. */
async function headerBefore(
  { archive, database }: ProofParts,
  { agent, batch }: ArrivedBatch,
): Promise<Uint8Array | null> {
  if (batch === 0) return null;
  const archived = await archive.get({ agent, batch: batch - 1 });
  if (archived !== null) return decodeBatch(archived).seal;
  // Its readings were not believed, but its agent did sign the header.
  const entry = await database.read((sql) => entryOfBatch(sql, agent, batch - 1));
  const bytes =
    entry && (await database.read((sql) => quarantinedBytes(sql, entry.origin, entry.entry)));
  const seal = bytes && sealOf(bytes);
  if (seal !== null) return seal;
  throw new CloudError(
    'EVIDENCE_PENDING',
    `the header of batch ${batch - 1} of agent ${toHex(agent)} is not here`,
  );
}

async function smallestCheckpoint(
  sql: Sql,
  { origin, entry }: ArrivedBatch,
): Promise<{ size: number; note: string }> {
  const checkpoint = await checkpointCovering(sql, origin, entry + 1);
  if (checkpoint !== null) return checkpoint;
  throw new CloudError(
    'EVIDENCE_PENDING',
    `entry ${entry} of ${origin} is sealed; the gateway's next signed checkpoint will cover it`,
    { retryable: true },
  );
}

async function cosigned(sql: Sql, origin: string, size: number, note: string): Promise<string> {
  const line = await cosignatureAt(sql, origin, size);
  return line === null ? note : mergeNotes(note, `${note}${line}`);
}

/** Sealed, perhaps logged and witnessed: "registered" then rests on the operator's signature alone. */
function withoutAnchor(register: Register, origin: string): AnchoredParts['file'] {
  const { hash } = register.slotOf(origin);
  const slot = register.find(hash)?.cose;
  return {
    records: {
      operator: register.operatorChain().map(({ cose }) => cose),
      slot: slot === undefined ? [] : [slot],
    },
    rollCalls: null,
    anchors: null,
    ledger: null,
  };
}
