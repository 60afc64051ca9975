/**
 * The next log that somebody asked for on this box: `enrolment/generation.json`. A command makes it, the running gateway
 * brings it to the operator, and it is gone when that log is in force.
 * @module
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '@sigill/edge';
import {
  type BoxKeys,
  fromBase64,
  fromHex,
  openEnrolmentRequest,
  toBase64,
  toHex,
} from '@sigill/evidence';
import { giveToOwnerOf } from '../disk/owner.ts';

export interface AskedGeneration {
  /** Signed by the new log key and by the key of the box's agent. */
  readonly request: Uint8Array;
  /** What the request names. */
  readonly keys: BoxKeys & { readonly logKey: Uint8Array };
  readonly askedAt: number;
  /** The operator's reason; null while nobody refused. */
  readonly refused: string | null;
  /** Where the log in force ends as far as is known, for an operator whose key is on this box; null: not known yet. */
  readonly end: LogEnd | null;
}

export interface LogEnd {
  readonly size: number;
  readonly root: Uint8Array;
}

export interface GenerationFile {
  /** Undefined: nothing is asked for, or nothing that can be read: then the command makes it anew. */
  read(): AskedGeneration | undefined;
  put(asked: Omit<AskedGeneration, 'keys'>): void;
  drop(): void;
}

/** @param data the gateway's data directory */
export function openGenerationFile(data: string): GenerationFile {
  const folder = join(data, 'enrolment');
  const path = join(folder, 'generation.json');
  return {
    read() {
      try {
        return parse(JSON.parse(readFileSync(path, 'utf8')));
      } catch {
        return undefined;
      }
    },
    put({ request, askedAt, refused, end }) {
      const told = end && { size: end.size, root: toHex(end.root) };
      const json = { request: toBase64(request), askedAt, refused, end: told };
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      giveToOwnerOf(data, folder);
      replaceFile(path, `${JSON.stringify(json)}\n`, 0o600);
      giveToOwnerOf(data, path);
    },
    drop: () => rmSync(path, { force: true }),
  };
}

function parse(json: Record<string, unknown>): AskedGeneration {
  const request = fromBase64(String(json.request));
  const { logKey, agentKey } = openEnrolmentRequest(request);
  if (logKey === null) throw new Error('a request of a generation has a log key');
  const end = json.end as { size: unknown; root: unknown } | null;
  return {
    ...{ request, keys: { logKey, agentKey }, askedAt: Number(json.askedAt) },
    refused: typeof json.refused === 'string' ? json.refused : null,
    end: end && { size: Number(end.size), root: fromHex(String(end.root)) },
  };
}
