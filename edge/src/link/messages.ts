/**
 * What a remote agent and its gateway say to each other over MQTT: one canonical CBOR array a message, its name first.
 * The agent publishes to `sigill/1/up/<agent, hex>` and listens to `sigill/1/down/<agent, hex>`, both QoS 1. An MQTT
 * acknowledgement means nothing here: a batch is safe when its receipt has come.
 *
 * up:
 *   ["hello", nonce, boot, head: [batch, headerHash, nextSeq]|null, receiptSize, receiptRoot, software, clockMs, log?]
 *                                    log: SHA-256 of the origin of the log that the receipt is of; left out where that
 *                                    is the first of its site
 *   ["batch", number, bytes]         as evidence encodes a batch
 *   ["ping", nonce]
 *   ["status", json]                 for people: healths of sources, state of the uplink
 * down:
 *   ["head", nonce, state, head|null, [* [source, device, nextN]], more, checkpoint, [* path], timeMs, detail]
 *                                    answers a hello; path: consistency from receiptSize to the checkpoint
 *   ["streams", nonce, [* [source, device, nextN]], more]
 *                                    goes on with the streams of a head that said `more`
 *   ["receipt", batch, seal, proof, from, [* path]]
 *                                    seal: as it stands in the log; proof: C2SP tlog-proof of it; path: consistency
 *                                    from `from`, the size of the last head or receipt of this connection, to the proof's
 *   ["refused", batch, code, message, retryable]
 *   ["pong", nonce, timeMs]   ["beacon", anchorIndex, leafHash]
 *   ["records", [* bytes]]           of the operator and of this site; where its log continues a closed one, before each
 *                                    head: the agent goes on in that log, and says hello again
 *
 * nonce: bstr8 of the agent; boot: bstr16; hashes: bstr32; receiptSize 0 and the root of nothing before the first receipt.
 * @module
 */
import type { ChainHead } from '@sigill/evidence';

export type UpMessage =
  | HelloMessage
  | { readonly type: 'batch'; readonly number: number; readonly bytes: Uint8Array }
  | { readonly type: 'ping'; readonly nonce: Uint8Array }
  | { readonly type: 'status'; readonly json: string };

export interface HelloMessage {
  readonly type: 'hello';
  readonly nonce: Uint8Array;
  readonly boot: Uint8Array;
  /** Of the last batch sealed. */
  readonly head: ChainHead | null;
  readonly receiptSize: number;
  readonly receiptRoot: Uint8Array;
  readonly software: string;
  readonly clockMs: number;
  /** SHA-256 of the origin of the log that the receipt is of; left out where that is the first of its site. */
  readonly log?: Uint8Array;
}

export type DownMessage =
  | HeadMessage
  | StreamsMessage
  | ReceiptMessage
  | RefusedMessage
  | { readonly type: 'pong'; readonly nonce: Uint8Array; readonly timeMs: number }
  | { readonly type: 'beacon'; readonly anchorIndex: number; readonly leafHash: Uint8Array }
  | { readonly type: 'records'; readonly records: readonly Uint8Array[] };

/** What the gateway holds of the agent; `unknown`: its record does not name the key. */
export type LinkState = 'open' | 'quarantined' | 'revoked' | 'unknown';

/** Where a stream goes on. */
export interface StreamHead {
  readonly source: string;
  readonly device: string;
  readonly nextN: number;
}

export interface HeadMessage {
  readonly type: 'head';
  readonly nonce: Uint8Array;
  readonly state: LinkState;
  readonly head: ChainHead | null;
  readonly streams: readonly StreamHead[];
  /** Further streams follow in messages of their own. */
  readonly more: boolean;
  /** The signed head of the site log. */
  readonly checkpoint: string;
  readonly path: readonly Uint8Array[];
  readonly timeMs: number;
  /** Why the state is not `open`, for people; else empty. */
  readonly detail: string;
}

export interface StreamsMessage {
  readonly type: 'streams';
  readonly nonce: Uint8Array;
  readonly streams: readonly StreamHead[];
  readonly more: boolean;
}

export interface ReceiptMessage {
  readonly type: 'receipt';
  readonly batch: number;
  readonly seal: Uint8Array;
  readonly proof: string;
  readonly from: number;
  readonly path: readonly Uint8Array[];
}

export interface RefusedMessage {
  readonly type: 'refused';
  readonly batch: number;
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

// A broker takes packets of 256 KiB; a kilobyte of it is left to MQTT.
export const MAX_LINK_MESSAGE_BYTES = 255 * 1024;
/** What a batch may hold in readings and frames, so that it goes into a message with its seal and heads. */
export const MAX_LINK_BATCH_BYTES = MAX_LINK_MESSAGE_BYTES - 2048;
// So that a message of streams is read in a few milliseconds.
export const MAX_STREAMS_PER_MESSAGE = 5_000;
// Sentences for people, in UTF-16 units as JavaScript counts them; the sender cuts.
export const MAX_LINK_TEXT = 2_000;

export function upTopic(agentHex: string): string {
  return `sigill/1/up/${agentHex}`;
}

export function downTopic(agentHex: string): string {
  return `sigill/1/down/${agentHex}`;
}
