/**
 * The evidence file, `.sigill`: all that is needed to check one reading offline. Canonical JSON;
 * byte strings are base64. Nothing in it is believed: a verifier brings its own policy.
 *
 *     { "format": "sigill-evidence@v1", "kind": "reading",
 *       "readings":  [ { "bytes", "batch", "index", "path": [*], "frame": null|… } ],
 *       "headers":   [* header],            batch headers before the seal's, oldest first
 *       "seal":      { "bytes", "index", "path": [*] },      where it stands in the site log
 *       "log":       { "origin", "checkpoint": note, "consistency": [*] },
 *       "records":   { "operator": [+ COSE], "slot": [+ COSE] },
 *       "rollCalls": null | [+ { "anchor", "operator": { "call", "path" }, "slot": { "call", "path" } } ],
 *       "anchors":   null | { "size", "leaves": [+ { "index", "rollRoot", "slots", "blockNumber",
 *                      "blockTime", "parentHash", "path": [*] } ] },
 *       "ledger":    null | { "header": RLP, "account": [*], "storage": [ [*], [*] ] } }
 *
 * The first roll-call covers the seal; the last is that of the newest anchor in the proven state,
 * and the consistency path leads to it. Roll-calls, anchors and ledger are null together.
 * @module
 */
import { fromBase64, toBase64 } from '../bytes/bytes.ts';
import {
  array,
  type JsonShape,
  literal,
  nullable,
  object,
  parseCanonicalJson,
  string,
  uint,
} from '../bytes/canonical-json.ts';
import { EvidenceError } from '../errors.ts';

/** A byte string, base64 in the file. */
type Bytes = Uint8Array;

export interface EvidenceReading {
  readonly bytes: Bytes;
  readonly batch: number;
  /** Within the batch. */
  readonly index: number;
  readonly path: readonly Bytes[];
  readonly frame: Bytes | null;
}

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

export interface EvidenceFile {
  readonly format: 'sigill-evidence@v1';
  readonly kind: 'reading';
  readonly readings: readonly EvidenceReading[];
  readonly headers: readonly Bytes[];
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

// One reading needs about 10 kB and a frame; a range of a year's readings stays far below this.
export const MAX_EVIDENCE_CHARS = 64 * 1024 * 1024;

/** A base64 text in the file, checked for its one form, kept as text until the whole is compared. */
const encoded: JsonShape<string> = (value, path) => {
  const text = string(value, path);
  fromBase64(text);
  return text;
};
const hash: JsonShape<string> = (value, path) => {
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

const shape = object({
  format: literal('sigill-evidence@v1'),
  kind: literal('reading'),
  readings: array(
    object({
      bytes: encoded,
      batch: uint,
      index: uint,
      path: array(hash),
      frame: nullable(encoded),
    }),
  ),
  headers: array(encoded),
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
});

/** The file's parts, none believed yet. @throws EvidenceError JSON_*, BASE64_SYNTAX, EVIDENCE_FORM */
export function parseEvidence(text: string): EvidenceFile {
  if (text.length > MAX_EVIDENCE_CHARS)
    throw new EvidenceError('EVIDENCE_FORM', `over ${MAX_EVIDENCE_CHARS} characters`);
  const file = toBytes(parseCanonicalJson(text, shape));
  assertParts(file);
  return file;
}

/** The canonical text. @throws EvidenceError EVIDENCE_FORM */
export function formatEvidence(file: EvidenceFile): string {
  assertParts(file);
  // Seen before toJSON, which a Buffer has and a Uint8Array has not.
  const text = JSON.stringify(file, function (this: Record<string, unknown>, key, value) {
    const given = this[key];
    return given instanceof Uint8Array ? toBase64(given) : value;
  });
  // Keys in schema order, whatever order the caller built them in.
  return JSON.stringify(shape(JSON.parse(text), '$'));
}

/** Refuses parts that are missing together or that nothing refers to. */
function assertParts(file: EvidenceFile): void {
  const [reading] = file.readings;
  if (reading === undefined || file.readings.length !== 1) throw formError('one reading expected');
  // The clock is judged by the beacon of the header before; a first batch has none before it.
  const expectedHeaders = reading.batch === 0 ? 0 : 1;
  if (file.headers.length !== expectedHeaders)
    throw formError(`${expectedHeaders} header before the seal's expected`);
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

type Encoded = ReturnType<typeof shape>;

function toBytes(file: Encoded): EvidenceFile {
  const all = (texts: readonly string[]) => texts.map(fromBase64);
  const callOf = (part: { call: string; path: string[] }): EvidenceCall => ({
    call: fromBase64(part.call),
    path: all(part.path),
  });
  const { anchors, ledger } = file;
  return {
    format: file.format,
    kind: file.kind,
    readings: file.readings.map((reading) => ({
      ...reading,
      bytes: fromBase64(reading.bytes),
      path: all(reading.path),
      frame: reading.frame === null ? null : fromBase64(reading.frame),
    })),
    headers: all(file.headers),
    seal: { ...file.seal, bytes: fromBase64(file.seal.bytes), path: all(file.seal.path) },
    log: { ...file.log, consistency: all(file.log.consistency) },
    records: { operator: all(file.records.operator), slot: all(file.records.slot) },
    rollCalls:
      file.rollCalls?.map((part) => ({
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
        path: all(leaf.path),
      })),
    },
    ledger: ledger && {
      header: fromBase64(ledger.header),
      account: all(ledger.account),
      storage: [all(ledger.storage[0]), all(ledger.storage[1])],
    },
  };
}

function formError(message: string): EvidenceError {
  return new EvidenceError('EVIDENCE_FORM', message);
}
