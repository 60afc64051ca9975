import {
  type DownMessage,
  type HeadMessage,
  MAX_STREAMS_PER_MESSAGE,
  type StreamHead,
} from './messages.ts';

// Leaves room for the head's checkpoint and path; a stream takes its two names and a dozen bytes.
const MAX_STREAM_BYTES = 192 * 1024;
const STREAM_OVERHEAD_BYTES = 16;

/** A head with all its streams, in as many messages as they take. */
export function toHeadMessages(
  head: Omit<HeadMessage, 'type' | 'streams' | 'more'>,
  streams: readonly StreamHead[],
): DownMessage[] {
  const parts = split(streams);
  return parts.map((part, index) => {
    const more = index < parts.length - 1;
    return index === 0
      ? { type: 'head', ...head, streams: part, more }
      : { type: 'streams', nonce: head.nonce, streams: part, more };
  });
}

function split(streams: readonly StreamHead[]): StreamHead[][] {
  let part: StreamHead[] = [];
  let bytes = 0;
  const parts = [part];
  for (const stream of streams) {
    // Both names are ASCII.
    const size = stream.source.length + stream.device.length + STREAM_OVERHEAD_BYTES;
    if (part.length === MAX_STREAMS_PER_MESSAGE || bytes + size > MAX_STREAM_BYTES) {
      part = [];
      bytes = 0;
      parts.push(part);
    }
    part.push(stream);
    bytes += size;
  }
  return parts;
}
