/**
 * What the notary asks the cloud and tells it. Whatever the answers say is checked by whoever asked.
 * @module
 */
import {
  type AnchorLeaf,
  type CalledSlot,
  type CborValue,
  encodeCbor,
  encodeChanges,
  type LedgerProof,
  type SlotChange,
} from '@sigill/evidence';
import type { Timers } from '../timers.ts';
import {
  type AnchorCounts,
  asAnchorCounts,
  assertDone,
  createAsker,
  decodeAnswer,
  post,
  readJson,
} from '../uplink/cloud-answers.ts';
import type { HttpClient } from '../uplink/http-client.ts';
import { type RefusedCall, readSlots } from './roll-store.ts';

export interface ToldChanges {
  /** What is asked from next. */
  readonly next: number;
  readonly more: boolean;
  readonly records: readonly Uint8Array[];
  readonly heads: readonly { readonly slot: number; readonly notes: readonly string[] }[];
}

/** From the size of a log called last to the one to be called next. */
export interface WantedPath {
  readonly slot: number;
  readonly from: number;
  readonly to: number;
}

export interface ToldAnchor {
  readonly anchor: AnchorLeaf;
  readonly status: 'mined' | 'final';
  readonly changes: readonly SlotChange[];
  /** Records that did not come from the cloud. */
  readonly records: readonly Uint8Array[];
  readonly seen: number;
  readonly refused: readonly RefusedCall[];
  readonly ledger: LedgerProof | null;
}

/** Every call throws GatewayError: CLOUD_UNREACHABLE, CLOUD_BUSY, CLOUD_REFUSED, CLOUD_DISAGREES, CLOUD_ANSWER_INVALID. */
export interface CloudDesk {
  changes(since: number, signal: AbortSignal): Promise<ToldChanges>;
  /** A path for each in its place; empty where there is none. */
  paths(wanted: readonly WantedPath[], signal: AbortSignal): Promise<readonly Uint8Array[][]>;
  /** As roll-call `number` has them. */
  slots(number: number, signal: AbortSignal): Promise<readonly CalledSlot[]>;
  counts(signal: AbortSignal): Promise<AnchorCounts>;
  tell(told: ToldAnchor, signal: AbortSignal): Promise<AnchorCounts>;
}

// As the cloud bounds them.
const MAX_PATHS = 1_000;
const MAX_CHANGES_BYTES = 8 * 1024 * 1024;
const MAX_PATHS_BYTES = 4 * 1024 * 1024;
// A slot has some 110 bytes: of half a million.
const MAX_SLOTS_BYTES = 64 * 1024 * 1024;
const CBOR = 'application/cbor';

export function createCloudDesk(http: HttpClient, timers: Timers): CloudDesk {
  const ask = createAsker(http, timers);

  async function askPaths(wanted: readonly WantedPath[], signal: AbortSignal) {
    const body = encodeCbor(wanted.map(({ slot, from, to }) => [slot, from, to]));
    const request = { ...post('/notary/v1/paths', CBOR, body), maxAnswerBytes: MAX_PATHS_BYTES };
    const answer = await ask(request, signal);
    assertDone(answer);
    return decodeAnswer(answer, 'paths of site logs', (reader) =>
      reader.list(() => reader.list(() => reader.fixedBytes(32))),
    );
  }

  return {
    async changes(since, signal) {
      const path = `/notary/v1/changes?since=${since}`;
      const answer = await ask({ method: 'GET', path, maxAnswerBytes: MAX_CHANGES_BYTES }, signal);
      assertDone(answer);
      return decodeAnswer(answer, 'what changed', (reader) => {
        reader.tuple(4);
        return {
          next: reader.uint(),
          more: reader.boolean(),
          records: reader.list(() => reader.bytes()),
          heads: reader.list(() => {
            reader.tuple(2);
            return { slot: reader.uint(), notes: reader.list(() => reader.text()) };
          }),
        };
      });
    },

    async paths(wanted, signal) {
      const paths: Uint8Array[][] = [];
      for (let at = 0; at < wanted.length; at += MAX_PATHS)
        paths.push(...(await askPaths(wanted.slice(at, at + MAX_PATHS), signal)));
      return paths;
    },

    async slots(number, signal) {
      const path = `/notary/v1/slots?number=${number}`;
      const answer = await ask({ method: 'GET', path, maxAnswerBytes: MAX_SLOTS_BYTES }, signal);
      assertDone(answer);
      return decodeAnswer(answer, 'the slots of a roll-call', readSlots);
    },

    async counts(signal) {
      const answer = await ask({ method: 'GET', path: '/notary/v1/state' }, signal);
      return asAnchorCounts(readJson(answer));
    },

    async tell(told, signal) {
      const { status, ledger, anchor } = told;
      const [path, body] =
        status === 'final' && ledger !== null
          ? ['/notary/v1/finality', stateOf(anchor.index, ledger)]
          : ['/notary/v1/roll-calls', rollCallOf(told)];
      return asAnchorCounts(readJson(await ask(post(path, CBOR, encodeCbor(body)), signal)));
    },
  };
}

function rollCallOf({ anchor, changes, records, seen, refused }: ToldAnchor): CborValue {
  const { chainId, contract, index, rollRoot, slots, blockNumber, blockTime, parentHash } = anchor;
  const leaf = [chainId, contract, index, rollRoot, slots, blockNumber, blockTime, parentHash];
  const refusals = refused.map(({ slot, reason }) => [slot, reason]);
  return [leaf, encodeChanges(changes), [...records], seen, refusals];
}

function stateOf(index: number, { header, account, storage }: LedgerProof): CborValue {
  return [index, header, [...account], storage.map((path) => [...path])];
}
