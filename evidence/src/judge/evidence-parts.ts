/**
 * What every evidence file has, whatever it is of: where the last seal stands in the site log, the records, the
 * roll-calls, the anchors and the ledger's state. Byte strings are base64 in the file.
 *
 *     "seal":      { "bytes", "index", "path": [*] },      where it stands in the site log
 *     "log":       { "origin", "checkpoint": note, "consistency": [*] },
 *     "records":   { "operator": [+ COSE], "slot": [+ COSE] },
 *     "rollCalls": null | [+ { "anchor", "operator": { "call", "path" }, "slot": { "call", "path" } } ],
 *     "anchors":   null | { "size", "leaves": [+ { "index", "rollRoot", "slots", "blockNumber",
 *                    "blockTime", "parentHash", "path": [*] } ] },
 *     "ledger":    null | { "header": RLP, "account": [*], "storage": [ [*], [*] ] }
 *
 * The first roll-call covers the seal; the last is that of the newest anchor in the proven state,
 * and the consistency path leads to it. Roll-calls, anchors and ledger are null together.
 * @module
 */
import { fromBase64, toBase64 } from '../bytes/bytes.ts';
import { array, type JsonShape, nullable, object, string, uint } from '../bytes/canonical-json.ts';
import { EvidenceError } from '../errors.ts';

/** A byte string, base64 in the file. */
export type Bytes = Uint8Array;

export interface EvidenceCall {
  readonly call: Bytes;
  readonly path: readonly Bytes[];
}

export interface EvidenceRollCall {
  /** Index of the anchor that carries this roll-call's root. */
  readonly anchor: number;
  /** Slot 0, and the slot of the site log. */
  readonly operator: EvidenceCall;
  readonly slot: EvidenceCall;
}

/** An anchor leaf without chain id and contract: those are the policy's. */
export interface EvidenceAnchor {
  readonly index: number;
  readonly rollRoot: Bytes;
  readonly slots: number;
  readonly blockNumber: number;
  readonly blockTime: number;
  readonly parentHash: Bytes;
  readonly path: readonly Bytes[];
}

export interface EvidenceParts {
  readonly seal: { readonly bytes: Bytes; readonly index: number; readonly path: readonly Bytes[] };
  readonly log: {
    readonly origin: string;
    readonly checkpoint: string;
    readonly consistency: readonly Bytes[];
  };
  readonly records: { readonly operator: readonly Bytes[]; readonly slot: readonly Bytes[] };
  readonly rollCalls: readonly EvidenceRollCall[] | null;
  readonly anchors: { readonly size: number; readonly leaves: readonly EvidenceAnchor[] } | null;
  readonly ledger: {
    readonly header: Bytes;
    readonly account: readonly Bytes[];
    readonly storage: readonly [readonly Bytes[], readonly Bytes[]];
  } | null;
}

// One reading needs about 10 kB and a frame, ten thousand of one stream some 8 MB with their frames.
export const MAX_EVIDENCE_CHARS = 64 * 1024 * 1024;

/** A base64 text in the file, checked for its one form, kept as text until the whole is compared. */
export const encoded: JsonShape<string> = (value, path) => {
  const text = string(value, path);
  fromBase64(text);
  return text;
};
export const hash: JsonShape<string> = (value, path) => {
  const text = string(value, path);
  if (fromBase64(text).length !== 32)
    throw new EvidenceError('EVIDENCE_FORM', `${path}: 32 bytes expected`);
  return text;
};
const call = object({ call: encoded, path: array(hash) });
const storage: JsonShape<[string[], string[]]> = (value, path) => {
  const proofs = array(array(encoded))(value, path);
  if (proofs.length !== 2) throw new EvidenceError('EVIDENCE_FORM', `${path}: two proofs expected`);
  return [proofs[0]!, proofs[1]!];
};

/** The keys of the parts, in their order; they come last in a file. */
export const partShapes = {
  seal: object({ bytes: encoded, index: uint, path: array(hash) }),
  log: object({ origin: string, checkpoint: string, consistency: array(hash) }),
  records: object({ operator: array(encoded), slot: array(encoded) }),
  rollCalls: nullable(array(object({ anchor: uint, operator: call, slot: call }))),
  anchors: nullable(
    object({
      size: uint,
      leaves: array(
        object({
          index: uint,
          rollRoot: hash,
          slots: uint,
          blockNumber: uint,
          blockTime: uint,
          parentHash: hash,
          path: array(hash),
        }),
      ),
    }),
  ),
  ledger: nullable(object({ header: encoded, account: array(encoded), storage })),
};

type EncodedParts = { [Key in keyof typeof partShapes]: ReturnType<(typeof partShapes)[Key]> };

export const bytesOf = (texts: readonly string[]): Uint8Array[] => texts.map(fromBase64);

export function partsOf({
  seal,
  log,
  records,
  rollCalls,
  anchors,
  ledger,
}: EncodedParts): EvidenceParts {
  const callOf = (part: { call: string; path: string[] }): EvidenceCall => ({
    call: fromBase64(part.call),
    path: bytesOf(part.path),
  });
  return {
    seal: { ...seal, bytes: fromBase64(seal.bytes), path: bytesOf(seal.path) },
    log: { ...log, consistency: bytesOf(log.consistency) },
    records: { operator: bytesOf(records.operator), slot: bytesOf(records.slot) },
    rollCalls:
      rollCalls?.map((part) => ({
        anchor: part.anchor,
        operator: callOf(part.operator),
        slot: callOf(part.slot),
      })) ?? null,
    anchors: anchors && {
      size: anchors.size,
      leaves: anchors.leaves.map((leaf) => ({
        ...leaf,
        rollRoot: fromBase64(leaf.rollRoot),
        parentHash: fromBase64(leaf.parentHash),
        path: bytesOf(leaf.path),
      })),
    },
    ledger: ledger && {
      header: fromBase64(ledger.header),
      account: bytesOf(ledger.account),
      storage: [bytesOf(ledger.storage[0]), bytesOf(ledger.storage[1])],
    },
  };
}

/** The canonical text: byte strings as base64, keys in the order of the shape. */
export function formatCanonical(file: object, shape: JsonShape<unknown>): string {
  // Seen before toJSON, which a Buffer has and a Uint8Array has not.
  const text = JSON.stringify(file, function (this: Record<string, unknown>, key, value) {
    const given = this[key];
    return given instanceof Uint8Array ? toBase64(given) : value;
  });
  return JSON.stringify(shape(JSON.parse(text), '$'));
}

/** @throws EvidenceError EVIDENCE_FORM */
export function assertLength(text: string): void {
  if (text.length > MAX_EVIDENCE_CHARS)
    throw new EvidenceError('EVIDENCE_FORM', `over ${MAX_EVIDENCE_CHARS} characters`);
}

/** Refuses parts that are missing together or out of order. @throws EvidenceError EVIDENCE_FORM */
export function assertParts(file: EvidenceParts): void {
  if (file.records.operator.length === 0) throw formError('no operator record');
  const { rollCalls, anchors, ledger } = file;
  if ((rollCalls === null) !== (anchors === null) || (anchors === null) !== (ledger === null))
    throw formError('roll-calls, anchors and ledger are null together');
  if (rollCalls === null || anchors === null) {
    if (file.records.slot.length !== 1 || file.log.consistency.length !== 0)
      throw formError('without an anchor: one slot record, and no consistency path');
    return;
  }
  if (rollCalls.length < 1 || rollCalls.length > 2)
    throw formError('one or two roll-calls expected');
  if (rollCalls.length === 2 && rollCalls[0]!.anchor >= rollCalls[1]!.anchor)
    throw formError('roll-calls by anchor, oldest first, expected');
  if (file.records.slot.length < 1 || file.records.slot.length > rollCalls.length)
    throw formError('a slot record for each roll-call at the most');
  const { leaves } = anchors;
  if (leaves.some(({ index }, at) => at > 0 && index <= leaves[at - 1]!.index))
    throw formError('anchor leaves by index, none twice, expected');
}

export function formError(message: string): EvidenceError {
  return new EvidenceError('EVIDENCE_FORM', message);
}
