/**
 * What an agent writes to its journal; the first byte says which:
 *
 *     1 reading                          no frame kept
 *     2 [frame length u32] frame reading
 *     3 reading                          its frame is the one of the reading before
 *     4 header                           closes the readings since the last header
 *     5 [receiptedBefore, releasedBefore]
 *     6 snapshot                         of the state before the next record; first in every segment
 *     7 snapshot                         as 6; what stands before it is of another history, and is gone or to go
 * @module
 */
import { decodeCbor, encodeCbor } from '@sigill/evidence';
import { EdgeError } from './errors.ts';

export type AgentRecord =
  | { readonly type: 'reading'; readonly reading: Uint8Array; readonly frame: RecordFrame }
  | { readonly type: 'header'; readonly header: Uint8Array }
  | { readonly type: 'marks'; readonly receiptedBefore: number; readonly releasedBefore: number }
  | { readonly type: 'snapshot'; readonly snapshot: Uint8Array; readonly beginsAnew: boolean };

export type RecordFrame = Uint8Array | 'as before' | null;

export function encodeReadingRecord(reading: Uint8Array, frame: RecordFrame): Uint8Array {
  if (frame === null) return tagged(1, reading);
  if (frame === 'as before') return tagged(3, reading);
  const record = new Uint8Array(5 + frame.length + reading.length);
  record[0] = 2;
  new DataView(record.buffer).setUint32(1, frame.length, true);
  record.set(frame, 5);
  record.set(reading, 5 + frame.length);
  return record;
}

export function encodeHeaderRecord(header: Uint8Array): Uint8Array {
  return tagged(4, header);
}

export function encodeMarksRecord(receiptedBefore: number, releasedBefore: number): Uint8Array {
  return tagged(5, encodeCbor([receiptedBefore, releasedBefore]));
}

export function encodeSnapshotRecord(snapshot: Uint8Array, beginsAnew = false): Uint8Array {
  return tagged(beginsAnew ? 7 : 6, snapshot);
}

/** The parts are views into the record. @throws EdgeError JOURNAL_CORRUPT */
export function decodeRecord(record: Uint8Array): AgentRecord {
  const body = record.subarray(1);
  switch (record[0]) {
    case 1:
      return { type: 'reading', reading: body, frame: null };
    case 2: {
      const end = 4 + new DataView(body.buffer, body.byteOffset, 4).getUint32(0, true);
      return { type: 'reading', reading: body.subarray(end), frame: body.subarray(4, end) };
    }
    case 3:
      return { type: 'reading', reading: body, frame: 'as before' };
    case 4:
      return { type: 'header', header: body };
    case 5: {
      const [receiptedBefore, releasedBefore] = decodeCbor(body) as [number, number];
      return { type: 'marks', receiptedBefore, releasedBefore };
    }
    case 6:
    case 7:
      return { type: 'snapshot', snapshot: body, beginsAnew: record[0] === 7 };
    default:
      throw new EdgeError('JOURNAL_CORRUPT', `record of type 1 to 7 expected, found ${record[0]}`);
  }
}

function tagged(tag: number, body: Uint8Array): Uint8Array {
  const record = new Uint8Array(1 + body.length);
  record[0] = tag;
  record.set(body, 1);
  return record;
}
