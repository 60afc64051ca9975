/**
 * What every evidence file says of its last seal, whatever it is of: where it stands in the site log, the signed
 * checkpoint with its cosignatures, and the records, roll-calls, anchors and ledger state behind them.
 * @module
 */
import {
  type Beacon,
  decodeBatch,
  type EvidenceParts,
  inclusionPath,
  toHex,
  type WitnessQuorum,
} from '@sigill/evidence';
import type { BatchArchive } from '../archive/batch-archive.ts';
import { type ArrivedBatch, entryOfBatch } from '../database/agent-chains.ts';
import type { Database } from '../database/database.ts';
import { quarantinedBytes } from '../database/quarantine.ts';
import { overTree } from '../database/tiles.ts';
import { CloudError } from '../errors.ts';
import { sealOf } from '../ingest/judge-batch.ts';
import { siteTree } from '../ingest/tree-names.ts';
import type { Register } from '../register/register.ts';
import { type AnchoredParts, findAnchoring } from './anchored-parts.ts';
import { checkpointToShow, withCosignature } from './witnessed-checkpoint.ts';

export interface ProofParts {
  readonly archive: BatchArchive;
  readonly database: Database;
  readonly register: Register;
  /** The anchor log of the policy's ledger; null without one. */
  readonly anchorLog: string | null;
  /** Of the policy that browsers are shown; absent: any checkpoint will do. */
  readonly quorum?: WitnessQuorum;
}

/** @param beacons of all headers in the file. @throws CloudError EVIDENCE_PENDING */
export function standingParts(
  { database, register, anchorLog, quorum }: ProofParts,
  entry: ArrivedBatch,
  seal: Uint8Array,
  beacons: readonly (Beacon | null)[],
): Promise<EvidenceParts> {
  return database.read(async (sql) => {
    const anchored =
      anchorLog === null ? null : await findAnchoring(sql, register, anchorLog, entry, beacons);
    const { size, note } = anchored
      ? await withCosignature(sql, entry.origin, anchored.checkpoint)
      : await checkpointToShow(sql, entry, quorum ?? null);
    const path = await overTree(sql, siteTree(entry.origin), size, (read) =>
      inclusionPath(entry.entry, size, read),
    );
    return {
      seal: { bytes: seal, index: entry.entry, path },
      log: {
        origin: entry.origin,
        checkpoint: note,
        consistency: anchored?.consistency ?? [],
      },
      ...(anchored?.file ?? withoutAnchor(register, entry.origin)),
    };
  });
}

/** Of a batch that is entered; out of quarantine where its readings were not believed: its agent did sign the header. */
export async function sealOfBatch(
  { archive, database }: Pick<ProofParts, 'archive' | 'database'>,
  agent: Uint8Array,
  batch: number,
): Promise<Uint8Array> {
  const archived = await archive.get({ agent, batch });
  if (archived !== null) return decodeBatch(archived).seal;
  const entry = await database.read((sql) => entryOfBatch(sql, agent, batch));
  const bytes =
    entry && (await database.read((sql) => quarantinedBytes(sql, entry.origin, entry.entry)));
  const seal = bytes && sealOf(bytes);
  if (seal !== null) return seal;
  throw new CloudError(
    'EVIDENCE_PENDING',
    `the header of batch ${batch} of agent ${toHex(agent)} is not here`,
  );
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
