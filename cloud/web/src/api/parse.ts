/** JSON from the server to the model; what does not fit is refused with the place where it does not. */
import { PageError } from '../errors.ts';
import {
  type EvidenceState,
  type Reading,
  type ReadingField,
  type Series,
  STAGES,
  type Status,
  type Stream,
  type Watermarks,
} from './model.ts';

const STATES: ReadonlySet<string> = new Set([...STAGES, 'broken', 'missing', 'erased']);

export function parseStatus(json: unknown): Status {
  const status = asObject(json, 'status');
  return {
    demonstration: asBoolean(status.demonstration, 'demonstration'),
    version: asText(status.version, 'version'),
    origins: asList(status.origins, 'origins').map(parseWatermarks),
    ledger: status.ledger === null ? null : parseLedger(status.ledger),
  };
}

export function parseWatermarks(json: unknown): Watermarks {
  const marks = asObject(json, 'watermarks');
  return {
    origin: asText(marks.origin, 'origin'),
    sealed: asCount(marks.sealed, 'sealed'),
    logged: asCount(marks.logged, 'logged'),
    witnessed: asCount(marks.witnessed, 'witnessed'),
    anchored: asCount(marks.anchored, 'anchored'),
    final: asCount(marks.final, 'final'),
  };
}

export function parseStreams(json: unknown): Stream[] {
  return asList(asObject(json, 'answer').streams, 'streams').map((item) => {
    const stream = asObject(item, 'stream');
    return {
      ...parseKey(stream),
      kind: asText(stream.kind, 'kind'),
      origin: asText(stream.origin, 'origin'),
      fields: asList(stream.fields, 'fields').map((field) => parseNameAndUnit(field)),
    };
  });
}

export function parseReadings(json: unknown): Reading[] {
  return asList(asObject(json, 'answer').readings, 'readings').map(parseReading);
}

export function parseReading(json: unknown): Reading {
  const reading = asObject(json, 'reading');
  return {
    ...parseKey(reading),
    seq: asCount(reading.seq, 'seq'),
    n: asCount(reading.n, 'n'),
    kind: asText(reading.kind, 'kind'),
    time: asNumber(reading.time, 'time'),
    origin: asText(reading.origin, 'origin'),
    entry: asCount(reading.entry, 'entry'),
    state: asState(reading.state),
    fields: asList(reading.fields, 'fields').map(parseField),
  };
}

export function parseSeries(json: unknown): Series {
  const series = asObject(json, 'series');
  const numbers = (name: string) =>
    asList(series[name], name).map((value) => asNumber(value, name));
  const times = numbers('times');
  const [values, low, high] = [numbers('values'), numbers('low'), numbers('high')];
  if ([values, low, high].some((list) => list.length !== times.length))
    throw misshapen('series', `${times.length} numbers in each list`);
  return { unit: asTextOrNull(series.unit, 'unit'), times, values, low, high };
}

function parseField(json: unknown): ReadingField {
  const field = asObject(json, 'field');
  return {
    ...parseNameAndUnit(field),
    value: asText(field.value, 'value'),
    code: asTextOrNull(field.code, 'code'),
  };
}

function parseNameAndUnit(json: unknown): { name: string; unit: string | null } {
  const field = asObject(json, 'field');
  return { name: asText(field.name, 'name'), unit: asTextOrNull(field.unit, 'unit') };
}

function parseKey(json: Record<string, unknown>): {
  agent: string;
  source: string;
  device: string;
} {
  return {
    agent: asText(json.agent, 'agent'),
    source: asText(json.source, 'source'),
    device: asText(json.device, 'device'),
  };
}

function parseLedger(json: unknown) {
  const ledger = asObject(json, 'ledger');
  return {
    rpc: asText(ledger.rpc, 'rpc'),
    chainId: asCount(ledger.chainId, 'chainId'),
    contract: asText(ledger.contract, 'contract'),
  };
}

function asObject(json: unknown, what: string): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw misshapen(what, 'an object');
  return json as Record<string, unknown>;
}

function asList(json: unknown, what: string): unknown[] {
  if (!Array.isArray(json)) throw misshapen(what, 'a list');
  return json;
}

function asText(json: unknown, what: string): string {
  if (typeof json !== 'string') throw misshapen(what, 'a text');
  return json;
}

const asTextOrNull = (json: unknown, what: string): string | null =>
  json === null ? null : asText(json, what);

function asNumber(json: unknown, what: string): number {
  if (typeof json !== 'number' || !Number.isFinite(json)) throw misshapen(what, 'a number');
  return json;
}

function asCount(json: unknown, what: string): number {
  if (!Number.isSafeInteger(json) || (json as number) < 0) throw misshapen(what, 'a count');
  return json as number;
}

function asBoolean(json: unknown, what: string): boolean {
  if (typeof json !== 'boolean') throw misshapen(what, 'true or false');
  return json;
}

function asState(json: unknown): EvidenceState {
  if (typeof json !== 'string' || !STATES.has(json)) throw misshapen('state', 'an evidence state');
  return json as EvidenceState;
}

const misshapen = (what: string, expected: string): PageError =>
  new PageError('SERVER_ANSWER', `${what}: ${expected} expected`);
