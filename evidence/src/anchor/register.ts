/**
 * The register: who may sign what, since when. One operator-signed record per slot, the full
 * current state; its hash stands in every roll-call.
 *
 *     record   = COSE_Sign1(operator key, [ "sigill.record.1", slot, rev, previous: bstr32, origin,
 *                  logKey: SPKI, closed: [size, root: bstr32, cause]|null, continues: bstr32|null,
 *                  agents: [* [SPKI, "active"|"revoked", succeeds: [agent: bstr16, bstr32]|null]] ])
 *     operator = COSE_Sign1(key, [ "sigill.operator.1", 0, rev, previous: bstr32, key: SPKI,
 *                  nextKeyHash: bstr32, [* witness vkey], successor: [chainId, bstr20]|null ])
 *
 * `previous` is SHA-256 of the slot's last payload, zeros for the first.
 * @module
 */
import { compareBytes, equalBytes } from '../bytes/bytes.ts';
import { CborReader, type CborValue, encodeCbor } from '../bytes/canonical-cbor.ts';
import { sha256 } from '../crypto/index.ts';
import { EvidenceError } from '../errors.ts';
import { createSign1, decodeSign1, openSign1 } from '../keys/cose-sign1.ts';
import type { Signer } from '../keys/signer.ts';
import { ed25519Raw } from '../keys/spki.ts';
import { assertKeyName, parseNoteKey } from '../log/signed-note.ts';
import { agentId } from '../reading/reading.ts';
import { earlierOrigins } from './generations.ts';

export interface RegisteredAgent {
  /** SPKI DER. */
  readonly key: Uint8Array;
  readonly state: 'active' | 'revoked';
  /** The agent this one replaces, and the hash of its last header. */
  readonly succeeds: { readonly agent: Uint8Array; readonly lastHeaderHash: Uint8Array } | null;
}

export interface SlotRecord {
  /** 1 and up; never reused. */
  readonly slot: number;
  readonly rev: number;
  readonly previous: Uint8Array;
  readonly origin: string;
  /** SPKI DER, Ed25519. */
  readonly logKey: Uint8Array;
  /** How its log ended, for ever; null: it is open. */
  readonly closed: Closing | null;
  /** Hash of the record that closed the generation before this one; null: this is the first. */
  readonly continues: Uint8Array | null;
  /** Sorted by key, none twice. */
  readonly agents: readonly RegisteredAgent[];
}

/** The last head of a log that counts. Nothing behind it does. */
export interface Closing {
  readonly size: number;
  readonly root: Uint8Array;
  /** For people, 1 to 200 characters. */
  readonly cause: string;
}

export interface OperatorRecord {
  readonly rev: number;
  readonly previous: Uint8Array;
  /** SPKI DER. */
  readonly key: Uint8Array;
  /** SHA-256 of the SPKI that may follow: committed before it is needed. */
  readonly nextKeyHash: Uint8Array;
  /** Note keys of the cosigners that the operator runs itself. */
  readonly witnesses: readonly string[];
  readonly successor: { readonly chainId: number; readonly contract: Uint8Array } | null;
}

export interface Opened<T> {
  readonly record: T;
  /** SHA-256 of the signed payload: what a roll-call carries. */
  readonly hash: Uint8Array;
}

const RECORD_TYPE = 'sigill.record.1';
const OPERATOR_TYPE = 'sigill.operator.1';
const MAX_CAUSE = 200;
export const NO_RECORD: Uint8Array = new Uint8Array(32);

/** @throws EvidenceError RECORD_FORM for a record that could not be read again */
export function signSlotRecord(record: SlotRecord, operator: Signer): Uint8Array {
  const payload = asRecord(() => encodeSlotRecord(record));
  decodeSlotRecord(payload);
  return createSign1(payload, operator);
}

/** @throws EvidenceError RECORD_FORM for a record that could not be read again */
export function signOperatorRecord(record: OperatorRecord, operator: Signer): Uint8Array {
  const payload = asRecord(() => encodeOperatorRecord(record));
  decodeOperatorRecord(payload);
  return createSign1(payload, operator);
}

/** @throws EvidenceError RECORD_FORM, SEAL_FORM, KEY_*, SIGNATURE_* */
export function openSlotRecord(cose: Uint8Array, operatorKey: Uint8Array): Opened<SlotRecord> {
  const payload = openSign1(cose, operatorKey);
  return { record: decodeSlotRecord(payload), hash: sha256(payload) };
}

/** A slot's record without its signature checked: what it claims. @throws EvidenceError */
export function readSlotRecord(cose: Uint8Array): Opened<SlotRecord> {
  const { payload } = decodeSign1(cose);
  return { record: decodeSlotRecord(payload), hash: sha256(payload) };
}

/** An operator's record that its own key signed, whoever that is. @throws EvidenceError */
export function readOperatorRecord(cose: Uint8Array): Opened<OperatorRecord> {
  const record = decodeOperatorRecord(decodeSign1(cose).payload);
  return { record, hash: sha256(openSign1(cose, record.key)) };
}

/**
 * The operator's records from the first key on, each signed by the key of the one before or the
 * one it had named. The last is the current one.
 * @param firstKeyHash SHA-256 of the first key's SPKI, from the verifier's policy
 * @throws EvidenceError RECORD_CHAIN, RECORD_FORM, SEAL_FORM, KEY_*, SIGNATURE_*
 */
export function openOperatorChain(
  chain: readonly Uint8Array[],
  firstKeyHash: Uint8Array,
): Opened<OperatorRecord>[] {
  const opened: Opened<OperatorRecord>[] = [];
  for (const cose of chain) {
    const record = decodeOperatorRecord(decodeSign1(cose).payload);
    const hash = sha256(openSign1(cose, record.key));
    const last = opened.at(-1);
    const keyHash = sha256(record.key);
    const trusted =
      last === undefined
        ? equalBytes(keyHash, firstKeyHash)
        : equalBytes(record.key, last.record.key) || equalBytes(keyHash, last.record.nextKeyHash);
    if (!trusted) throw chainError('an operator record is signed by a key that nothing names');
    if (record.rev !== opened.length || !equalBytes(record.previous, last?.hash ?? NO_RECORD))
      throw chainError(`operator record ${opened.length} does not follow the one before`);
    opened.push({ record, hash });
  }
  if (opened.length === 0) throw chainError('no operator record');
  return opened;
}

/** The agent of this name in a record, whatever its state. */
export function findAgent(record: SlotRecord, agent: Uint8Array): RegisteredAgent | undefined {
  return record.agents.find(({ key }) => equalBytes(agentId(key), agent));
}

function encodeSlotRecord(record: SlotRecord): Uint8Array {
  const agents = record.agents.map(
    ({ key, state, succeeds }): CborValue => [
      key,
      state,
      succeeds === null ? null : [succeeds.agent, succeeds.lastHeaderHash],
    ],
  );
  const { slot, rev, previous, origin, logKey, closed, continues } = record;
  const closing: CborValue = closed === null ? null : [closed.size, closed.root, closed.cause];
  const head = [RECORD_TYPE, slot, rev, previous, origin, logKey];
  return encodeCbor([...head, closing, continues, agents]);
}

function decodeSlotRecord(payload: Uint8Array): SlotRecord {
  const record = asRecord(() => {
    const reader = new CborReader(payload);
    reader.tuple(9);
    reader.literal(RECORD_TYPE);
    const head = {
      slot: reader.uint(),
      rev: reader.uint(),
      previous: reader.fixedBytes(32),
      origin: reader.text(),
      logKey: reader.bytes(),
      closed: reader.nullable((): Closing => {
        reader.tuple(3);
        return { size: reader.uint(), root: reader.fixedBytes(32), cause: reader.text() };
      }),
      continues: reader.nullable(() => reader.fixedBytes(32)),
    };
    const agents = reader.list((): RegisteredAgent => {
      reader.tuple(3);
      const key = reader.bytes();
      const state = readState(reader, 'active', 'revoked');
      const succeeds = reader.nullable(() => {
        reader.tuple(2);
        return { agent: reader.fixedBytes(16), lastHeaderHash: reader.fixedBytes(32) };
      });
      return { key, state, succeeds };
    });
    reader.end();
    return { ...head, agents };
  });
  assertSlotRecord(record);
  return record;
}

function assertSlotRecord(record: SlotRecord): void {
  const { slot, origin, logKey, agents, closed, continues } = record;
  if (slot < 1) throw formError(`slot 1 or above expected, got ${slot}`);
  if (closed !== null && (closed.cause === '' || closed.cause.length > MAX_CAUSE))
    throw formError(`a cause of 1 to ${MAX_CAUSE} characters expected`);
  if (continues !== null && earlierOrigins(origin).length === 0)
    throw formError(`${origin} continues another and has no number of 2 to 99 at its end`);
  asRecord(() => {
    assertKeyName(origin);
    ed25519Raw(logKey);
    for (const { key } of agents) agentId(key);
  });
  for (let index = 1; index < agents.length; index += 1) {
    if (compareBytes(agents[index - 1]!.key, agents[index]!.key) >= 0)
      throw formError('agents sorted by key, none twice, expected');
  }
  if (agents.some(({ key }) => equalBytes(key, logKey)))
    throw formError('one key, one job: the log key cannot be an agent too');
}

function encodeOperatorRecord(record: OperatorRecord): Uint8Array {
  const { rev, previous, key, nextKeyHash, witnesses, successor } = record;
  const next = successor === null ? null : [successor.chainId, successor.contract];
  return encodeCbor([OPERATOR_TYPE, 0, rev, previous, key, nextKeyHash, [...witnesses], next]);
}

function decodeOperatorRecord(payload: Uint8Array): OperatorRecord {
  return asRecord(() => {
    const reader = new CborReader(payload);
    reader.tuple(8);
    reader.literal(OPERATOR_TYPE);
    if (reader.uint() !== 0) throw formError('the operator has slot 0');
    const record = {
      rev: reader.uint(),
      previous: reader.fixedBytes(32),
      key: reader.bytes(),
      nextKeyHash: reader.fixedBytes(32),
      witnesses: reader.list(() => readWitness(reader)),
      successor: reader.nullable(() => {
        reader.tuple(2);
        return { chainId: reader.uint(), contract: reader.fixedBytes(20) };
      }),
    };
    reader.end();
    return record;
  });
}

function readWitness(reader: CborReader): string {
  const text = reader.text();
  if (parseNoteKey(text).type !== 4) throw formError('the key of a cosigner expected');
  return text;
}

function readState<T extends string>(reader: CborReader, ...allowed: readonly T[]): T {
  const state = reader.text();
  if (!allowed.includes(state as T)) throw formError(`${allowed.join(' or ')} expected`);
  return state as T;
}

function asRecord<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new EvidenceError('RECORD_FORM', (cause as Error).message, { cause });
  }
}

function formError(message: string): EvidenceError {
  return new EvidenceError('RECORD_FORM', message);
}

function chainError(message: string): EvidenceError {
  return new EvidenceError('RECORD_CHAIN', message);
}
