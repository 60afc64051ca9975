/**
 * A reading: an observation stamped by an agent. The unit of evidence; its bytes never change.
 *
 *     [ "sigill.reading.1", agent: bstr16, seq, source, device, n, kind, time,
 *       clock: [quality, maxErrorMs|null, deviceTime|null, uptimeMs],
 *       origin: [driver, frameHash: bstr32|null],
 *       fields: [* [name, value, unit|null, code|null]], salt: bstr16 ]
 *     value = [mantissa: int64, exponent] | tstr | bstr | bool
 * @module
 */
import { clip } from '../bytes/bytes.ts';
import { CborReader, CborWriter } from '../bytes/canonical-cbor.ts';
import { type Decimal, formatDecimal } from '../bytes/decimal.ts';
import { sha256 } from '../crypto/index.ts';
import { EvidenceError } from '../errors.ts';
import { keyAlgorithm } from '../keys/spki.ts';

export type FieldValue = Decimal | string | Uint8Array | boolean;

export interface Field {
  readonly name: string;
  readonly value: FieldValue;
  /** The device's own unit: a SenML (RFC 8428, RFC 8798) symbol, else UCUM. */
  readonly unit: string | null;
  /** The device's own name for the value: OBIS, register, DIF/VIF. */
  readonly code: string | null;
}

/** 0 unknown, 1 informative, 2 synchronised (with maxErrorMs), 3 not set since boot. */
export type ClockQuality = 0 | 1 | 2 | 3;

export interface ReadingClock {
  readonly quality: ClockQuality;
  readonly maxErrorMs: number | null;
  /** What the device said of the time, ms since the Unix epoch: a claim kept beside ours. */
  readonly deviceTime: number | null;
  /** Since the kernel's boot, so that a later offset corrects earlier times. */
  readonly uptimeMs: number;
}

export interface Reading {
  readonly agent: Uint8Array;
  readonly seq: number;
  readonly source: string;
  readonly device: string;
  readonly n: number;
  readonly kind: string;
  /** ms since the Unix epoch by the agent's clock when the frame was complete. */
  readonly time: number;
  readonly clock: ReadingClock;
  readonly origin: { readonly driver: string; readonly frameHash: Uint8Array | null };
  /** Sorted by name, none twice. */
  readonly fields: readonly Field[];
  /** Random: the leaf hash reveals nothing, and without it the bytes cannot be guessed again. */
  readonly salt: Uint8Array;
}

export const READING_TYPE = 'sigill.reading.1';
/** A reading is one entry of a batch; frames and batches have bounds of their own. */
export const MAX_READING_BYTES = 60_000;
const MAX_INT64 = 2n ** 63n;
const SOURCE = /^(?:[a-z0-9._-]{1,59}(?:~cell)?|~agent)$/;
const DEVICE = /^[\x20-\x7e]{0,64}$/;
const NAME = /^[a-z][\x21-\x7e]{0,127}$/;

/** The agent's name: the first 16 bytes of SHA-256 over its key. A replaced key is a new agent. */
export function agentId(spki: Uint8Array): Uint8Array {
  keyAlgorithm(spki);
  return sha256(spki).slice(0, 16);
}

// One for all: nothing else is written while a reading is.
const writer = new CborWriter();

/** @throws EvidenceError READING_FORM */
export function encodeReading(reading: Reading): Uint8Array {
  assertForm(reading);
  writer.restart();
  try {
    writeReading(writer, reading);
  } catch (cause) {
    throw new EvidenceError('READING_FORM', (cause as Error).message, { cause });
  }
  const bytes = writer.finish();
  if (bytes.length > MAX_READING_BYTES)
    throw formError(`at most ${MAX_READING_BYTES} bytes expected, got ${bytes.length}`);
  return bytes;
}

/** @throws EvidenceError READING_FORM for anything but the canonical bytes of one reading */
export function decodeReading(bytes: Uint8Array): Reading {
  if (bytes.length > MAX_READING_BYTES)
    throw formError(`at most ${MAX_READING_BYTES} bytes expected, got ${bytes.length}`);
  let reading: Reading;
  try {
    reading = readReading(new CborReader(bytes));
  } catch (cause) {
    throw new EvidenceError('READING_FORM', (cause as Error).message, { cause });
  }
  assertForm(reading);
  return reading;
}

const OWN_DRIVER = 'sigill';
const OWN_KINDS: ReadonlySet<string> = new Set(['boot', 'clock', 'plan', 'heartbeat', 'gap']);

/**
 * Whether an agent speaks of itself: no device sent it, so there is no frame to decode again. The
 * driver's name alone would let an agent call a measurement its own.
 */
export function isOwnReading(reading: Reading): boolean {
  const { origin, kind } = reading;
  return (origin.driver === OWN_DRIVER && OWN_KINDS.has(kind)) || isTwin(reading);
}

/** Whether it is the coarse twin of a sensitive position: what the agent attests of another reading. */
export function isTwin({ origin, source, kind }: Reading): boolean {
  return origin.driver === OWN_DRIVER && kind === 'position' && source.endsWith('~cell');
}

/** @throws EvidenceError READING_FORM */
export function assertStream(source: string, device: string): void {
  if (!SOURCE.test(source)) throw formError(`source ${clip(source)}`);
  if (!DEVICE.test(device)) throw formError(`device ${clip(device)}`);
}

/** The digits, the text, "true", or hexadecimal: how a value is shown. */
export function formatValue(value: FieldValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (value instanceof Uint8Array)
    return Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return formatDecimal(value);
}

function writeReading(writer: CborWriter, reading: Reading): void {
  const { clock, origin } = reading;
  writer.array(12);
  writer.text(READING_TYPE);
  writer.bytes(reading.agent);
  writer.integer(reading.seq);
  writer.text(reading.source);
  writer.text(reading.device);
  writer.integer(reading.n);
  writer.text(reading.kind);
  writer.integer(reading.time);
  writer.array(4);
  writer.integer(clock.quality);
  writer.value(clock.maxErrorMs);
  writer.value(clock.deviceTime);
  writer.integer(clock.uptimeMs);
  writer.array(2);
  writer.text(origin.driver);
  writer.value(origin.frameHash);
  writer.array(reading.fields.length);
  for (const field of reading.fields) {
    writer.array(4);
    writer.text(field.name);
    writeValue(writer, field.value);
    writeNullable(writer, field.unit);
    writeNullable(writer, field.code);
  }
  writer.bytes(reading.salt);
}

function writeNullable(writer: CborWriter, text: string | null): void {
  if (text === null) writer.nil();
  else writer.text(text);
}

function writeValue(writer: CborWriter, value: FieldValue): void {
  if (typeof value === 'string') writer.text(value);
  else if (typeof value === 'boolean') writer.boolean(value);
  else if (value instanceof Uint8Array) writer.bytes(value);
  else if (isInt64(value.mantissa)) {
    writer.array(2);
    writer.integer(value.mantissa);
    writer.integer(value.exponent);
  } else writer.text(formatDecimal(value)); // digits beyond int64 travel as text
}

function readReading(reader: CborReader): Reading {
  reader.tuple(12);
  reader.literal(READING_TYPE);
  const agent = reader.fixedBytes(16);
  const seq = reader.uint();
  const source = reader.text();
  const device = reader.text();
  const n = reader.uint();
  const kind = reader.text();
  const time = reader.safeInteger();
  reader.tuple(4);
  const clock = {
    quality: reader.uint() as ClockQuality,
    maxErrorMs: reader.nullable(() => reader.uint()),
    deviceTime: reader.nullable(() => reader.safeInteger()),
    uptimeMs: reader.uint(),
  };
  reader.tuple(2);
  const origin = {
    driver: reader.text(),
    frameHash: reader.nullable(() => reader.fixedBytes(32)),
  };
  const count = reader.array();
  const fields: Field[] = [];
  for (let index = 0; index < count; index += 1) {
    reader.tuple(4);
    fields.push({
      name: reader.text(),
      value: readValue(reader),
      unit: reader.nullable(() => reader.text()),
      code: reader.nullable(() => reader.text()),
    });
  }
  const salt = reader.fixedBytes(16);
  reader.end();
  return { agent, seq, source, device, n, kind, time, clock, origin, fields, salt };
}

function readValue(reader: CborReader): FieldValue {
  if (reader.isText()) return reader.text();
  if (reader.isBytes()) return reader.bytes();
  if (!reader.isArray()) return reader.boolean();
  reader.tuple(2);
  const mantissa = reader.integer();
  if (typeof mantissa === 'bigint' && !isInt64(mantissa))
    throw formError('a mantissa beyond int64 travels as text');
  return { mantissa: BigInt(mantissa), exponent: reader.safeInteger() };
}

function assertForm(reading: Reading): void {
  const { clock, origin } = reading;
  if (reading.agent.length !== 16 || reading.salt.length !== 16)
    throw formError('agent and salt of 16 bytes expected');
  if (origin.frameHash !== null && origin.frameHash.length !== 32)
    throw formError(`frameHash of 32 bytes expected, got ${origin.frameHash.length}`);
  if (!isUint(reading.seq) || !isUint(reading.n) || !isUint(clock.uptimeMs))
    throw formError('seq, n and uptimeMs: integers from 0 to 2^53-1 expected');
  if (!Number.isSafeInteger(reading.time)) throw formError('time: integer milliseconds expected');
  if (clock.maxErrorMs !== null && !isUint(clock.maxErrorMs))
    throw formError('maxErrorMs: integer from 0 to 2^53-1 expected');
  if (clock.deviceTime !== null && !Number.isSafeInteger(clock.deviceTime))
    throw formError('deviceTime: integer milliseconds expected');
  assertStream(reading.source, reading.device);
  if (reading.kind === '') throw formError('kind is empty');
  if (clock.quality !== 0 && clock.quality !== 1 && clock.quality !== 2 && clock.quality !== 3)
    throw formError(`clock quality 0 to 3 expected, got ${clock.quality}`);
  if (clock.quality === 2 && clock.maxErrorMs === null)
    throw formError('a synchronised clock states its maxErrorMs');
  let previous = '';
  for (const { name, value } of reading.fields) {
    if (!NAME.test(name)) throw formError(`field name ${clip(name)}`);
    if (name <= previous) throw formError(`fields sorted by name, none twice: ${name}`);
    previous = name;
    if (typeof value === 'object' && !(value instanceof Uint8Array)) assertDecimal(value, name);
  }
}

function assertDecimal({ exponent }: Decimal, name: string): void {
  // Wide enough for any unit prefix; narrow enough that writing the number out stays short.
  if (!Number.isInteger(exponent) || exponent < -64 || exponent > 64)
    throw formError(`${name}: exponent from -64 to 64 expected, got ${exponent}`);
}

function isInt64(value: bigint): boolean {
  return value >= -MAX_INT64 && value < MAX_INT64;
}

function isUint(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function formError(message: string): EvidenceError {
  return new EvidenceError('READING_FORM', message);
}
