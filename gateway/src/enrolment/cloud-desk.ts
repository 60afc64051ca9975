/**
 * The cloud's routes for records and for boxes that ask to be let in, one function each.
 * @module
 */
import { EvidenceError, fromBase64, toBase64, toHex, utf8 } from '@sigill/evidence';
import { GatewayError } from '../errors.ts';
import type { HttpClient } from '../uplink/http-client.ts';

export interface ToldRecords {
  /** From the first on. */
  readonly operator: readonly Uint8Array[];
  /** Those of the slot that were asked for, oldest first. */
  readonly slot: readonly Uint8Array[];
  /** Those of the slots that continue it. */
  readonly next: readonly Uint8Array[];
  /** The newest revision of the slot there is at the cloud. */
  readonly newest: number;
}

export interface BroughtRequest {
  /** Of the log whose gateway brings it. */
  readonly origin: string;
  readonly request: Uint8Array;
  /** The gateway's word for it. */
  readonly forward: Uint8Array;
}

export interface Outcome {
  readonly state: string;
  readonly reason: string;
}

/** Every call throws GatewayError: CLOUD_UNREACHABLE, CLOUD_REFUSED, or EvidenceError for records that are none. */
export interface CloudDesk {
  /** Null: an older cloud, or one that has never heard of this slot. */
  records(slot: number, from: number): Promise<ToldRecords | null>;
  bringRecord(cose: Uint8Array): Promise<void>;
  bring(request: BroughtRequest): Promise<Outcome>;
  /** What became of a box that was brought; null: the cloud has forgotten it. */
  outcome(box: Uint8Array): Promise<Outcome | null>;
}

const ANSWER_TIMEOUT_MS = 30_000;
// Some hundred revisions of a record with some hundred agents.
const MAX_RECORDS_BYTES = 8 << 20;
const MAX_TEXT = 300;

export function createCloudDesk(http: HttpClient, stop: AbortSignal): CloudDesk {
  async function ask(path: string, body?: object, maxAnswerBytes?: number) {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]);
    const bound = maxAnswerBytes === undefined ? {} : { maxAnswerBytes };
    const { status, body: bytes } = await http.request(
      body === undefined
        ? { method: 'GET', path, ...bound }
        : { method: 'POST', path, type: 'application/json', body: utf8(JSON.stringify(body)) },
      signal,
    );
    return { status, body: parse(bytes) };
  }

  return {
    async records(slot, from) {
      const path = `/enroll/v1/records/${slot}?from=${from}`;
      const answer = await ask(path, undefined, MAX_RECORDS_BYTES);
      if (answer.status === 404) return null;
      const told = expectDone(answer);
      return {
        operator: asRecords(told.operator),
        slot: asRecords(told.slot),
        next: asRecords(told.next ?? []),
        newest: Number(told.newest),
      };
    },
    async bringRecord(cose) {
      expectDone(await ask('/enroll/v1/records', { record: toBase64(cose) }));
    },
    async bring({ origin, request, forward }) {
      const body = { origin, request: toBase64(request), forward: toBase64(forward) };
      return asOutcome(expectDone(await ask('/enroll/v1/agents', body)));
    },
    async outcome(box) {
      const answer = await ask(`/enroll/v1/agents/${toHex(box)}`);
      return answer.status === 404 ? null : asOutcome(expectDone(answer));
    },
  };
}

type Json = Record<string, unknown>;

function parse(bytes: Uint8Array): Json {
  try {
    const found: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return found !== null && typeof found === 'object' ? (found as Json) : {};
  } catch {
    return {};
  }
}

function expectDone({ status, body }: { status: number; body: Json }): Json {
  if (status === 200) return body;
  const said = typeof body.detail === 'string' ? body.detail.slice(0, MAX_TEXT) : '';
  throw new GatewayError('CLOUD_REFUSED', `the cloud answers ${status}: ${said}`);
}

function asOutcome({ state, reason }: Json): Outcome {
  return { state: String(state), reason: String(reason ?? '').slice(0, MAX_TEXT) };
}

function asRecords(value: unknown): Uint8Array[] {
  if (!Array.isArray(value)) throw new EvidenceError('RECORD_FORM', 'a list of records expected');
  return value.map((text) => fromBase64(String(text)));
}
