/**
 * Where each stream of each agent goes on: its next n, as the batches in the site log leave it. An agent that lost
 * its own memory of it asks here, so that no n is ever used twice.
 * @module
 */
import type { StreamHead } from '@sigill/edge';
import { type Reading, toHex } from '@sigill/evidence';

export interface StreamHeads {
  of(agent: Uint8Array): readonly StreamHead[];
  all(): Iterable<readonly [agent: string, streams: readonly StreamHead[]]>;
  /** What a batch leaves behind: the streams it touched. */
  apply(agent: Uint8Array, streams: readonly StreamHead[]): void;
}

export function createStreamHeads(): StreamHeads {
  const agents = new Map<string, Map<string, StreamHead>>();
  return {
    of: (agent) => [...(agents.get(toHex(agent))?.values() ?? [])],
    *all() {
      for (const [agent, streams] of agents) yield [agent, [...streams.values()]] as const;
    },
    apply(agent, streams) {
      const name = toHex(agent);
      const known = agents.get(name) ?? new Map<string, StreamHead>();
      agents.set(name, known);
      for (const stream of streams) raise(known, stream);
    },
  };
}

/** The streams that these readings touch; one that was lost, and stands as its hash, tells nothing. */
export function streamsAfter(readings: readonly (Reading | null)[]): StreamHead[] {
  const streams = new Map<string, StreamHead>();
  for (const reading of readings) {
    if (reading === null) continue;
    const { source, device, n } = reading;
    raise(streams, { source, device, nextN: n + 1 });
  }
  return [...streams.values()];
}

function raise(streams: Map<string, StreamHead>, stream: StreamHead): void {
  // A source has no space in its name.
  const key = `${stream.source} ${stream.device}`;
  if ((streams.get(key)?.nextN ?? -1) < stream.nextN) streams.set(key, stream);
}
