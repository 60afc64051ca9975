/**
 * What a reader's messages say: tags it saw, and what it says of itself.
 * @module
 */
import type { Observation } from '../../driver.ts';
import { hexOf } from '../hex.ts';
import { readModel } from './capabilities.ts';
import { type Fields, plausibleTime } from './fields.ts';
import {
  decodeMessage,
  GET_READER_CAPABILITIES,
  GET_READER_CONFIG,
  isResponse,
  KEEPALIVE,
  messageName,
  READER_EVENT_NOTIFICATION,
  RO_ACCESS_REPORT,
  responseTo,
} from './message.ts';
import { parseParameters, readFields, syntax } from './parameters.ts';
import { EVENT_DATA, readEvents } from './reader-events.ts';
import { failureIn } from './status.ts';
import { readTag, TAG_REPORT } from './tag-report.ts';

const IDENTIFICATION = 218;

/** @throws DecodeError */
export function observe(message: Uint8Array): readonly Observation[] {
  const { type, body } = decodeMessage(message);
  switch (type) {
    case RO_ACCESS_REPORT:
      return within(body, TAG_REPORT).map(readTag);
    case READER_EVENT_NOTIFICATION:
      return within(body, EVENT_DATA).flatMap((data) => {
        const { timeUs, fields } = readEvents(data);
        return ofReader('', plausibleTime(timeUs), fields);
      });
    case responseTo(GET_READER_CAPABILITIES):
      return [...refusal(type, body), ...ofReader('', null, readModel(body))];
    case responseTo(GET_READER_CONFIG):
      return [...refusal(type, body), ...within(body, IDENTIFICATION).flatMap(identified)];
    case KEEPALIVE:
      if (body.length > 0) throw syntax(`a sign of life with ${body.length} bytes in it`);
      return [];
    default:
      return isResponse(type) ? refusal(type, body) : [];
  }
}

function within(body: Uint8Array, wanted: number): readonly Uint8Array[] {
  return parseParameters(body)
    .filter(({ type }) => type === wanted)
    .map(({ value }) => value);
}

function ofReader(device: string, time: number | null, fields: Fields): readonly Observation[] {
  return Object.keys(fields).length > 0 ? [{ kind: 'reader', device, time, fields }] : [];
}

// A MAC address has 8 bytes, an EPC 12 and seldom more; a device's name has at most 64 characters.
const MAX_IDENTIFIER_BYTES = 32;

/** Its MAC address or its EPC. */
function identified(value: Uint8Array): readonly Observation[] {
  const read = readFields(value, 'Identification');
  const code = read.u8() === 0 ? 'MAC' : 'EPC';
  const bytes = read.bytes(read.u16());
  if (bytes.length > MAX_IDENTIFIER_BYTES)
    throw syntax(`a reader’s identifier of ${bytes.length} bytes`);
  const id = hexOf(bytes);
  return ofReader(id, null, { 'device.id': { value: id, unit: null, code } });
}

/** What the reader does not do, which a technician must see even where the inventory goes on without. */
function refusal(type: number, body: Uint8Array): readonly Observation[] {
  const failure = failureIn(body);
  if (failure === null) return [];
  return ofReader('', null, {
    'device.status': { value: failure, unit: null, code: messageName(type) },
  });
}
