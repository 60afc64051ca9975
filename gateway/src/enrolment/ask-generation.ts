/**
 * Asks for the next log of this site: its key, then the request. Killed in between, or run again, it goes on with what
 * is there, so a box shows the same digits until its next log is in force.
 * @module
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyFile, readKeyFile } from '@sigill/edge';
import {
  type BoxKeys,
  equalBytes,
  generationOf,
  nextOrigin,
  type Signer,
  signEnrolmentRequest,
} from '@sigill/evidence';
import type { GatewayConfig } from '../config.ts';
import { giveToOwnerOf } from '../disk/owner.ts';
import { GatewayError } from '../errors.ts';
import { logKeyFile } from '../keys/log-keys.ts';
import type { RegisterHolder } from '../register.ts';
import { type AskedGeneration, openGenerationFile } from './asked-generation.ts';

export interface AskedForGeneration {
  /** `approved`: the operator has signed it, and the running gateway goes on by itself. */
  readonly state: 'new' | 'waiting' | 'approved';
  readonly closes: string;
  readonly begins: string;
  /** File of the new log's key. */
  readonly keyFile: string;
  readonly keys: BoxKeys;
  readonly askedAt: number;
  /** Why the operator refused the last time, if it is asked anew. */
  readonly refusedBefore: string | null;
}

export interface AskParts {
  readonly config: GatewayConfig;
  readonly register: RegisterHolder;
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
}

/** @throws GatewayError RECORD_MISMATCH, EdgeError KEY_FILE_*, EvidenceError RECORD_CHAIN after the last generation */
export function askForGeneration(parts: AskParts): AskedForGeneration {
  const { config, register } = parts;
  const file = openGenerationFile(config.data);
  const before = file.read();
  const obstacle = register.obstacle();
  if (obstacle !== null) throw new GatewayError('RECORD_MISMATCH', obstacle);
  const approved = before && approvedHere(config, register, before);
  if (approved) return approved;
  const { record } = register.current().slot;
  const begins = nextOrigin(record);
  const keyFile = join(config.keys, logKeyFile(generationOf(record) + 1));
  const log = openKey(keyFile, join(config.keys, logKeyFile(1)));
  const told = { closes: record.origin, begins, keyFile };
  if (before !== undefined && isFor(before, log) && before.refused === null)
    return { ...told, ...before, state: 'waiting', refusedBefore: null };
  const agent = readKeyFile(join(config.keys, 'agent.pem'));
  const keys = { logKey: log.publicKey, agentKey: agent.publicKey };
  const askedAt = parts.now();
  const request = signEnrolmentRequest(
    {
      ...{ kind: 'generation', name: config.name, ...keys, passwordHash: null },
      ...{ nonce: parts.randomBytes(16), clientTimeMs: askedAt, certificate: null },
    },
    agent,
    log,
  );
  file.put({ request, askedAt, refused: null, end: null });
  return { ...told, keys, askedAt, state: 'new', refusedBefore: before?.refused ?? null };
}

/** The request stays until the running gateway has gone on; until then the records alone say that it may. */
function approvedHere(
  { keys: directory }: GatewayConfig,
  register: RegisterHolder,
  { keys, askedAt }: AskedGeneration,
): AskedForGeneration | null {
  const { slot, earlier } = register.current();
  const closed = earlier.at(-1);
  if (closed === undefined) return null;
  if (!equalBytes(slot.record.logKey, keys.logKey)) return null;
  return {
    ...{ state: 'approved', closes: closed.record.origin, begins: slot.record.origin },
    keyFile: join(directory, logKeyFile(generationOf(slot.record))),
    ...{ keys, askedAt, refusedBefore: null },
  };
}

/** Never made anew where there is one: the digits were perhaps read to somebody already. */
function openKey(path: string, like: string): Signer {
  if (existsSync(path)) return readKeyFile(path);
  const signer = createKeyFile(path);
  giveToOwnerOf(like, path);
  return signer;
}

function isFor({ keys }: AskedGeneration, log: Signer): boolean {
  return equalBytes(keys.logKey, log.publicKey);
}
