/**
 * A site log given back to its gateway, whose disk was restored from an older copy. Entry bundles need read right on the
 * site, so they are given to nobody but the holder of the log's key: it signs a challenge of ours together with what it
 * asks for.
 *
 *     x-sigill-request: base64 of COSE_Sign1(log key, [ "sigill.request.1", nonce, path with query ])
 *
 * @module
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  type CborValue,
  consistencyPath,
  decodeCbor,
  EvidenceError,
  encodeCbor,
  equalBytes,
  fromBase64,
  leafHash,
  openSign1,
} from '@sigill/evidence';
import type { BatchArchive } from '../archive/batch-archive.ts';
import { newestCheckpoint } from '../database/checkpoints.ts';
import type { Database } from '../database/database.ts';
import { quarantinedBytes } from '../database/quarantine.ts';
import { type HeldEntry, heldEntries, nextEntry } from '../database/site-logs.ts';
import { overTree } from '../database/tiles.ts';
import { CloudError } from '../errors.ts';
import type { Register } from '../register/register.ts';
import { sealOf } from './judge-batch.ts';
import { siteTree } from './tree-names.ts';

export interface GivenEntries {
  /** From the index asked for on, as they were received. */
  readonly batches: readonly Uint8Array[];
  /** Consistency from behind the last of them to the newest checkpoint; empty where that is not larger. */
  readonly path: readonly Uint8Array[];
}

export interface GiveEntriesParts {
  readonly archive: BatchArchive;
  readonly database: Database;
  readonly register: Register;
  readonly now: () => number;
}

export interface EntryGiver {
  challenge(): string;
  /** @throws CloudError REQUEST_FORM, REQUEST_SIGNATURE, ORIGIN_UNKNOWN, ENTRY_GONE */
  give(request: EntriesRequest): Promise<GivenEntries>;
}

export interface EntriesRequest {
  readonly origin: string;
  readonly from: number;
  /** With its query, as it was asked for. */
  readonly path: string;
  /** Base64. */
  readonly signed: string;
}

// The gateway asks for the challenge just before; a box on a slow link has minutes.
const CHALLENGE_MS = 5 * 60_000;
const MAX_ENTRIES = 256;
const MAX_BYTES = 4 * 1024 * 1024;

export function createEntryGiver(parts: GiveEntriesParts): EntryGiver {
  const { database, register, now } = parts;
  // Of this process: a restart makes a gateway ask for another challenge, and nothing more.
  const secret = randomBytes(32);

  /** random.expiry.mac */
  function challenge(): string {
    const said = `${randomBytes(16).toString('base64url')}.${now() + CHALLENGE_MS}`;
    return `${said}.${macOf(said)}`;
  }

  function macOf(said: string): string {
    return createHmac('sha256', secret).update(said).digest('base64url');
  }

  function isOurs(nonce: string): boolean {
    const [random, expiry, mac = ''] = nonce.split('.');
    const expected = Buffer.from(macOf(`${random}.${expiry}`));
    const shown = Buffer.from(mac);
    if (shown.length !== expected.length || !timingSafeEqual(shown, expected)) return false;
    return Number(expiry) > now();
  }

  function assertOwner(logKey: Uint8Array, { path, signed }: EntriesRequest): void {
    let payload: Uint8Array;
    try {
      payload = openSign1(fromBase64(signed), logKey);
    } catch (cause) {
      if (!(cause instanceof EvidenceError)) throw cause;
      throw notTheOwner(`${cause.code}: ${cause.message}`);
    }
    const nonce = nonceIn(payload);
    if (!isOurs(nonce)) throw notTheOwner('the challenge is none of ours, or too old');
    if (equalBytes(payload, encodeCbor(['sigill.request.1', nonce, path]))) return;
    throw notTheOwner('something else was signed than is asked for');
  }

  async function batchOf(origin: string, held: HeldEntry): Promise<Uint8Array> {
    const { agent, batch, entry, leaf } = held;
    const archived = agent && (await parts.archive.get({ agent, batch: batch ?? 0 }));
    if (archived && isOf(archived, leaf)) return archived;
    const aside = await database.read((sql) => quarantinedBytes(sql, origin, entry));
    if (aside !== null && isOf(aside, leaf)) return aside;
    throw new CloudError('ENTRY_GONE', `entry ${entry} of ${origin} is held by its hash alone`);
  }

  return {
    challenge,
    async give(request) {
      const { origin, from } = request;
      const { record } = register.slotOf(origin);
      assertOwner(record.logKey, request);
      const known = await database.read((sql) => newestCheckpoint(sql, origin));
      const next = await database.read((sql) => nextEntry(sql, origin));
      // Never across the checkpoint, so that each answer can be compared with it.
      const end = known !== null && from < known.size ? known.size : next;
      const count = Math.max(Math.min(MAX_ENTRIES, end - from), 0);
      const batches: Uint8Array[] = [];
      let bytes = 0;
      for (const held of await database.read((sql) => heldEntries(sql, origin, from, count))) {
        const batch = await batchOf(origin, held);
        bytes += batch.length;
        if (batches.length > 0 && bytes > MAX_BYTES) break;
        batches.push(batch);
      }
      const size = from + batches.length;
      if (known === null || size >= known.size) return { batches, path: [] };
      const path = await database.read((sql) =>
        overTree(sql, siteTree(origin), known.size, (read) =>
          consistencyPath(size, known.size, read),
        ),
      );
      return { batches, path };
    },
  };
}

function isOf(batch: Uint8Array, leaf: Uint8Array): boolean {
  const seal = sealOf(batch);
  return seal !== null && equalBytes(leafHash(seal), leaf);
}

function nonceIn(payload: Uint8Array): string {
  const [type, nonce] = asRequest(payload);
  return type === 'sigill.request.1' && typeof nonce === 'string' ? nonce : '';
}

function asRequest(payload: Uint8Array): readonly CborValue[] {
  try {
    const value = decodeCbor(payload);
    return Array.isArray(value) ? value : [];
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    return [];
  }
}

function notTheOwner(why: string): CloudError {
  return new CloudError(
    'REQUEST_SIGNATURE',
    `entries are given to the holder of the log's key alone: ${why}`,
  );
}
