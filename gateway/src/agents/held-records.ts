/**
 * What the store of batches writes. One record a group, because a group enters the site log whole or not at all:
 *
 *     group      [ firstIndex, [* [ agent: bstr16, leaf: bstr32, batch: bstr|null, [* stream] ]] ]
 *     snapshot   [ size, root: bstr32, [* [ agent: bstr16, [* stream] ]] ]       begins each segment
 *     stream     [ source, device, nextN ]
 *
 * `batch` is null for an agent that keeps its batches itself.
 * @module
 */
import type { StreamHead } from '@sigill/edge';
import { CborReader, CborWriter, fromHex } from '@sigill/evidence';
import type { StreamHeads } from '../admission/stream-heads.ts';

export interface HeldEntry {
  readonly agent: Uint8Array;
  /** Leaf hash of the seal in the site log. */
  readonly leaf: Uint8Array;
  readonly batch: Uint8Array | null;
  /** The streams the batch touches, with their next n after it. */
  readonly streams: readonly StreamHead[];
}

export interface HeldGroup {
  /** Of its first entry in the site log. */
  readonly firstIndex: number;
  readonly entries: readonly HeldEntry[];
}

export interface HeldSnapshot {
  readonly size: number;
  readonly root: Uint8Array;
  readonly agents: readonly {
    readonly agent: Uint8Array;
    readonly streams: readonly StreamHead[];
  }[];
}

export function encodeGroup({ firstIndex, entries }: HeldGroup): Uint8Array {
  const bytes = entries.reduce((sum, { batch }) => sum + (batch?.length ?? 0), 0);
  const writer = new CborWriter(bytes + 4_096);
  writer.array(2);
  writer.integer(firstIndex);
  writer.array(entries.length);
  for (const { agent, leaf, batch, streams } of entries) {
    writer.array(4);
    writer.bytes(agent);
    writer.bytes(leaf);
    if (batch === null) writer.nil();
    else writer.bytes(batch);
    writeStreams(writer, streams);
  }
  return writer.finish();
}

/** @throws EvidenceError CBOR_* */
export function decodeGroup(record: Uint8Array): HeldGroup {
  const reader = new CborReader(record);
  reader.tuple(2);
  const firstIndex = reader.uint();
  const entries = Array.from({ length: reader.array() }, (): HeldEntry => {
    reader.tuple(4);
    return {
      agent: reader.fixedBytes(16),
      leaf: reader.fixedBytes(32),
      batch: reader.nullable(() => reader.bytes()),
      streams: readStreams(reader),
    };
  });
  reader.end();
  return { firstIndex, entries };
}

export function encodeSnapshot(size: number, root: Uint8Array, heads: StreamHeads): Uint8Array {
  const writer = new CborWriter(4_096);
  const agents = [...heads.all()];
  writer.array(3);
  writer.integer(size);
  writer.bytes(root);
  writer.array(agents.length);
  for (const [agent, streams] of agents) {
    writer.array(2);
    writer.bytes(fromHex(agent));
    writeStreams(writer, streams);
  }
  return writer.finish();
}

/** @throws EvidenceError CBOR_* */
export function decodeSnapshot(record: Uint8Array): HeldSnapshot {
  const reader = new CborReader(record);
  const { size, root } = readSnapshotHead(reader);
  const agents = Array.from({ length: reader.array() }, () => {
    reader.tuple(2);
    return { agent: reader.fixedBytes(16), streams: readStreams(reader) };
  });
  reader.end();
  return { size, root, agents };
}

/** Only the size at which a snapshot was taken. @throws EvidenceError CBOR_* */
export function snapshotSize(record: Uint8Array): number {
  return readSnapshotHead(new CborReader(record)).size;
}

function readSnapshotHead(reader: CborReader): { size: number; root: Uint8Array } {
  reader.tuple(3);
  return { size: reader.uint(), root: reader.fixedBytes(32) };
}

function writeStreams(writer: CborWriter, streams: readonly StreamHead[]): void {
  writer.array(streams.length);
  for (const { source, device, nextN } of streams) {
    writer.array(3);
    writer.text(source);
    writer.text(device);
    writer.integer(nextN);
  }
}

/** @throws EvidenceError CBOR_* */
export function readStreams(reader: CborReader): StreamHead[] {
  return Array.from({ length: reader.array() }, () => {
    reader.tuple(3);
    return { source: reader.text(), device: reader.text(), nextN: reader.uint() };
  });
}
