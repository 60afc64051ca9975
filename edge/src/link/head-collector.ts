import { equalBytes } from '@sigill/evidence';
import type { GatewayHead } from '../gateway-head.ts';
import type { HeadMessage, StreamHead, StreamsMessage } from './messages.ts';

export interface CollectedHead {
  /** With the first part of the answer. */
  readonly checkpoint: {
    readonly note: string;
    readonly from: number;
    readonly path: readonly Uint8Array[];
    readonly timeMs: number;
  } | null;
  /** With the last part. */
  readonly head: GatewayHead | null;
}

// As many as an agent takes by itself, and room for a gateway that takes more.
const MAX_STREAMS = 100_000;

/** Puts together the answer to a hello, which may come in several messages. */
export function createHeadCollector() {
  let expected: { readonly nonce: Uint8Array; readonly from: number } | null = null;
  let begun: HeadMessage | null = null;
  let streams: StreamHead[] = [];

  return {
    /** Answers to earlier questions count no more. */
    expect(nonce: Uint8Array, from: number): void {
      expected = { nonce, from };
      begun = null;
      streams = [];
    },

    take(message: HeadMessage | StreamsMessage): CollectedHead | null {
      if (expected === null || !equalBytes(expected.nonce, message.nonce)) return null;
      if ((message.type === 'head') !== (begun === null)) return null;
      if (streams.length + message.streams.length > MAX_STREAMS) return null;
      streams.push(...message.streams);
      const { from } = expected;
      if (message.type === 'head') begun = message;
      const { state, head, detail } = begun!;
      if (!message.more) expected = null;
      return {
        checkpoint:
          message.type === 'head'
            ? { note: message.checkpoint, from, path: message.path, timeMs: message.timeMs }
            : null,
        head: message.more ? null : { state, head, streams, detail },
      };
    },
  };
}
