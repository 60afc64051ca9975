/**
 * What a generation of the site log takes over from the closed one before it: where that ended, and where it left each
 * agent. Written last, so that its being there says that the generation may begin.
 *
 *     generation-<g>/inherited    [ "sigill.inherited.1", origin, size, root: bstr32, known,
 *                                   [* [ agent: bstr16, batch, headerHash: bstr32, nextSeq, [* stream] ]] ]
 *     known                       [ size, root: bstr32, [* bstr32] ]    consistency from there to the end
 *     stream                      [ source, device, nextN ]
 *
 * @module
 */
import type { StreamHead } from '@sigill/edge';
import {
  CborReader,
  type ChainHead,
  encodeCbor,
  equalBytes,
  type Opened,
  type SlotRecord,
} from '@sigill/evidence';
import { readStreams } from '../agents/held-records.ts';
import type { Disk } from '../disk/disk.ts';
import { GatewayError } from '../errors.ts';
import { generationFolder } from './folders.ts';

export interface Inherited {
  /** Of the closed log. */
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  /** A smaller size at which its history was known here, and how it led to the end; size 0 where there is none. */
  readonly known: KnownSize;
  readonly agents: readonly InheritedAgent[];
}

export interface KnownSize {
  readonly size: number;
  readonly root: Uint8Array;
  readonly path: readonly Uint8Array[];
}

/** One that has not sent anything has no place here. */
export interface InheritedAgent {
  readonly agent: Uint8Array;
  readonly head: ChainHead;
  readonly streams: readonly StreamHead[];
}

const TYPE = 'sigill.inherited.1';

export function hasInherited(data: Disk, generation: number): boolean {
  return data.read(pathOf(generation)) !== null;
}

/** Durable on return. @param data the data directory */
export async function writeInherited(
  data: Disk,
  generation: number,
  inherited: Inherited,
): Promise<void> {
  await data.replace(pathOf(generation), encodeInherited(inherited));
}

/**
 * @param closed the record that closed the generation before
 * @throws GatewayError GENERATION_DAMAGED
 */
export function readInherited(
  data: Disk,
  generation: number,
  { record }: Opened<SlotRecord>,
): Inherited {
  const path = pathOf(generation);
  const bytes = data.read(path);
  if (bytes === null) throw damaged(path, 'it is missing');
  let inherited: Inherited;
  try {
    inherited = decodeInherited(bytes);
  } catch (cause) {
    throw damaged(path, (cause as Error).message, cause);
  }
  const { origin, closed } = record;
  const { size, root } = inherited;
  if (inherited.origin !== origin || size !== closed?.size || !equalBytes(root, closed.root))
    throw damaged(path, `it is of another log than ${origin} with ${closed?.size} entries`);
  return inherited;
}

export function encodeInherited({ origin, size, root, known, agents }: Inherited): Uint8Array {
  return encodeCbor([
    TYPE,
    origin,
    size,
    root,
    [known.size, known.root, [...known.path]],
    agents.map(({ agent, head, streams }) => [
      agent,
      head.batch,
      head.headerHash,
      head.nextSeq,
      streams.map(({ source, device, nextN }) => [source, device, nextN]),
    ]),
  ]);
}

/** @throws EvidenceError CBOR_* */
export function decodeInherited(bytes: Uint8Array): Inherited {
  const reader = new CborReader(bytes);
  reader.tuple(6);
  reader.literal(TYPE);
  const inherited = {
    origin: reader.text(),
    size: reader.uint(),
    root: reader.fixedBytes(32),
    known: readKnown(reader),
    agents: Array.from({ length: reader.array() }, () => readAgent(reader)),
  };
  reader.end();
  return inherited;
}

function readKnown(reader: CborReader): KnownSize {
  reader.tuple(3);
  return {
    size: reader.uint(),
    root: reader.fixedBytes(32),
    path: Array.from({ length: reader.array() }, () => reader.fixedBytes(32)),
  };
}

function readAgent(reader: CborReader): InheritedAgent {
  reader.tuple(5);
  return {
    agent: reader.fixedBytes(16),
    head: { batch: reader.uint(), headerHash: reader.fixedBytes(32), nextSeq: reader.uint() },
    streams: readStreams(reader),
  };
}

function pathOf(generation: number): string {
  return `${generationFolder(generation)}/inherited`;
}

function damaged(path: string, found: string, cause?: unknown): GatewayError {
  return new GatewayError(
    'GENERATION_DAMAGED',
    `${path} in the data directory does not say what the log before left (${found}); move that file away and start again: it is made anew from the cloud, or from the closed log on this disk`,
    { cause },
  );
}
