/**
 * A recording played as if a device sent it.
 * @module
 */
import type { Transport } from './transport.ts';

export type ReplayChunk = Uint8Array | { readonly bytes: Uint8Array; readonly topic: string };

/** Plays the chunks in order, as fast as they are taken, and closes. What is written goes nowhere: a recording does not listen. */
export function createReplayTransport(
  chunks: Iterable<ReplayChunk> | AsyncIterable<ReplayChunk>,
): Transport {
  let stopped = false;
  let playing: Promise<void> = Promise.resolve();
  return {
    start(listener) {
      const play = async () => {
        listener.state({ status: 'open', reason: null, code: null });
        for await (const chunk of chunks) {
          if (stopped) return;
          if (chunk instanceof Uint8Array) listener.chunk(chunk);
          else listener.chunk(chunk.bytes, chunk.topic);
        }
        if (!stopped)
          listener.state({ status: 'closed', reason: 'the recording is over', code: null });
      };
      playing = play();
    },
    write: async () => {},
    async stop() {
      stopped = true;
      await playing;
    },
  };
}
