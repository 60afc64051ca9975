/**
 * The cloud's ingest and witness routes, one function each. An answer that is not what the route
 * promises is refused here, so that the lanes above decide on values only.
 * @module
 */
import {
  CborReader,
  createSign1,
  encodeCbor,
  MAX_BATCH_BYTES,
  type Signer,
  toBase64,
  utf8,
} from '@sigill/evidence';
import type { Timers } from '../timers.ts';
import {
  type AnchorCounts,
  asAnchorCounts,
  asBytes,
  asCount,
  asObject,
  assertDone,
  createAsker,
  invalidAnswer,
  post,
  readAnswer,
  readJson,
} from './cloud-answers.ts';
import { type CloudHeads, decodeHeads, MAX_HEADS_BYTES } from './cloud-heads.ts';
import type { HttpAnswer, HttpClient } from './http-client.ts';
import type { ToldBeacon } from './judge-beacon.ts';
import { asBeacon } from './told-beacon.ts';

export type { AnchorCounts };

export interface CloudState {
  /** The log index of the first batch the cloud does not have. */
  readonly next: number;
  readonly checkpointSize: number;
  readonly anchors: AnchorCounts;
  /** The newest checkpoint it holds, signed by this log; null before the first, and from a cloud that does not say. */
  readonly checkpoint: string | null;
}

/** What the cloud gives back of a log to whoever holds its key. */
export interface CloudEntries {
  /** From the index asked for on, as the cloud received them. */
  readonly batches: readonly Uint8Array[];
  /** Consistency from behind the last of them to the newest checkpoint; empty where that is not larger. */
  readonly path: readonly Uint8Array[];
}

export interface ToldConflict {
  readonly origin: string;
  /** Of the slot's record then. */
  readonly rev: number;
  readonly kind: 'clone' | 'rollback';
  readonly agent: Uint8Array;
  readonly batch: number;
  /** It contradicts the log; null where two boxes met and nothing contradicts. */
  readonly seal: Uint8Array | null;
}

export type BatchesAnswer =
  | { readonly kind: 'taken'; readonly next: number; readonly quarantined: readonly Quarantined[] }
  | { readonly kind: 'expected'; readonly next: number }
  | { readonly kind: 'too-large' };

export interface Quarantined {
  readonly index: number;
  readonly code: string;
  readonly detail: string;
}

export type ReceiptAnswer =
  | { readonly kind: 'durable'; readonly size: number; readonly root: Uint8Array }
  | { readonly kind: 'missing'; readonly next: number };

export type WitnessAnswer =
  | { readonly kind: 'cosigned'; readonly lines: string }
  | { readonly kind: 'stale'; readonly size: number };

/** Every call throws GatewayError: CLOUD_UNREACHABLE, CLOUD_BUSY, CLOUD_REFUSED, CLOUD_DISAGREES, CLOUD_ANSWER_INVALID. */
export interface CloudClient {
  state(origin: string, signal: AbortSignal): Promise<CloudState>;
  /** The newest final anchor, where it is newer than the one known; -1: none is. */
  beacon(origin: string, known: number, signal: AbortSignal): Promise<ToldBeacon | null>;
  sendBatches(
    origin: string,
    firstIndex: number,
    batches: readonly Uint8Array[],
    signal: AbortSignal,
  ): Promise<BatchesAnswer>;
  /** Asks that everything below the checkpoint be durable. */
  askReceipt(note: string, signal: AbortSignal): Promise<ReceiptAnswer>;
  /** C2SP tlog-witness. */
  addCheckpoint(request: string, signal: AbortSignal): Promise<WitnessAnswer>;
  /** Resolves to where the cloud stands then. */
  sendAnchor(bundle: string, signal: AbortSignal): Promise<AnchorCounts>;
  /** @param logKey shows that it is the log's owner who asks */
  entries(origin: string, from: number, logKey: Signer, signal: AbortSignal): Promise<CloudEntries>;
  /**
   * What it holds of a log, and where that leaves each agent.
   * @param from the path that is asked for begins at this size
   */
  heads(origin: string, from: number, logKey: Signer, signal: AbortSignal): Promise<CloudHeads>;
  /** Signed as the log's own word. Resolves when the operator can read it there. */
  tellConflict(conflict: ToldConflict, logKey: Signer, signal: AbortSignal): Promise<void>;
}

// COSE_Sign1 over CBOR ["sigill.request.1", nonce of the challenge, path with query], base64.
const REQUEST_HEADER = 'x-sigill-request';
// The cloud ends an answer at 4 MiB, or behind the first batch.
const MAX_ENTRIES_BYTES = 4 * 1024 * 1024 + MAX_BATCH_BYTES;

export function createCloudClient(http: HttpClient, timers: Timers): CloudClient {
  const ask = createAsker(http, timers);

  /** For what is given to nobody but the log's owner. */
  async function askAsOwner(
    path: string,
    maxAnswerBytes: number,
    logKey: Signer,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const challenge = await ask({ method: 'GET', path: '/ingest/v1/challenge' }, signal);
    const nonce = String(readJson(challenge).nonce);
    const asked = encodeCbor(['sigill.request.1', nonce, path]);
    const headers = { [REQUEST_HEADER]: toBase64(createSign1(asked, logKey)) };
    const answer = await ask({ method: 'GET', path, headers, maxAnswerBytes }, signal);
    assertDone(answer);
    return answer;
  }

  return {
    async state(origin, signal) {
      const path = `/ingest/v1/state?origin=${encodeURIComponent(origin)}`;
      const body = readJson(await ask({ method: 'GET', path }, signal));
      return {
        next: asCount(body.next),
        checkpointSize: asCount(body.checkpointSize),
        anchors: asAnchorCounts(asObject(body.anchors)),
        checkpoint: typeof body.checkpoint === 'string' ? body.checkpoint : null,
      };
    },

    async beacon(origin, known, signal) {
      const path = `/ingest/v1/state?origin=${encodeURIComponent(origin)}&beacon=${known}`;
      const { beacon } = readJson(await ask({ method: 'GET', path }, signal));
      return beacon === null || beacon === undefined ? null : asBeacon(asObject(beacon));
    },

    async sendBatches(origin, firstIndex, batches, signal) {
      const body = encodeCbor([origin, firstIndex, batches]);
      const answer = await ask(post('/ingest/v1/batches', 'application/cbor', body), signal);
      if (answer.status === 413) return { kind: 'too-large' };
      const { next, quarantined } = readJson(answer, 409);
      if (answer.status === 409) return { kind: 'expected', next: asCount(next) };
      return { kind: 'taken', next: asCount(next), quarantined: asQuarantined(quarantined) };
    },

    async askReceipt(note, signal) {
      const request = post('/ingest/v1/receipt', 'text/plain', utf8(note));
      const answer = await ask(request, signal);
      const { size, root, next } = readJson(answer, 409);
      if (answer.status === 409) return { kind: 'missing', next: asCount(next) };
      return { kind: 'durable', size: asCount(size), root: asBytes(root) };
    },

    async addCheckpoint(request, signal) {
      const answer = await ask(
        post('/witness/add-checkpoint', 'text/plain', utf8(request)),
        signal,
      );
      const text = new TextDecoder().decode(answer.body);
      if (answer.status === 409)
        return { kind: 'stale', size: asCount(Number(text.trim() || NaN)) };
      assertDone(answer);
      return { kind: 'cosigned', lines: text };
    },

    async sendAnchor(bundle, signal) {
      const request = post('/ingest/v1/anchors', 'application/json', utf8(bundle));
      return asAnchorCounts(readJson(await ask(request, signal)));
    },

    async entries(origin, from, logKey, signal) {
      const path = `/ingest/v1/entries?origin=${encodeURIComponent(origin)}&from=${from}`;
      const answer = await askAsOwner(path, MAX_ENTRIES_BYTES, logKey, signal);
      return readAnswer(answer, 'entries of the site log', decodeEntries);
    },

    async heads(origin, from, logKey, signal) {
      const path = `/ingest/v1/heads?origin=${encodeURIComponent(origin)}&from=${from}`;
      const answer = await askAsOwner(path, MAX_HEADS_BYTES, logKey, signal);
      return readAnswer(answer, 'the heads of a site log', decodeHeads);
    },

    async tellConflict({ origin, rev, kind, agent, batch, seal }, logKey, signal) {
      const said = encodeCbor(['sigill.conflict.1', origin, rev, kind, agent, batch, seal]);
      const body = encodeCbor([origin, createSign1(said, logKey)]);
      assertDone(await ask(post('/ingest/v1/conflicts', 'application/cbor', body), signal));
    },
  };
}

/** [[* batch], [* path]] @throws EvidenceError CBOR_* */
function decodeEntries(bytes: Uint8Array): CloudEntries {
  const reader = new CborReader(bytes);
  reader.tuple(2);
  const batches = Array.from({ length: reader.array() }, () => reader.bytes());
  const path = Array.from({ length: reader.array() }, () => reader.fixedBytes(32));
  reader.end();
  return { batches, path };
}

function asQuarantined(value: unknown): Quarantined[] {
  if (!Array.isArray(value)) throw invalidAnswer('a list', value);
  return value.map((item) => {
    const { index, code, detail } = asObject(item);
    return { index: asCount(index), code: String(code), detail: String(detail ?? '') };
  });
}
