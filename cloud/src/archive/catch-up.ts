/**
 * Brings the index up to the segments when the archive opens, and ends the newest segment at its last whole record.
 * @module
 */
import { CloudError } from '../errors.ts';
import { cutTail, listSegments, scanSegment, segmentSize } from './segment-files.ts';
import { segmentName } from './segment-format.ts';
import type { CoveredTo, IndexedBatch, SegmentIndex } from './segment-index.ts';

/** Reads what the index does not cover yet; cuts the torn tail of the newest segment. */
export async function catchUp(directory: string, index: SegmentIndex): Promise<CoveredTo> {
  let covered = index.covered();
  const segments = await listSegments(directory);
  const newest = segments.at(-1);
  if (covered.offset > 0 && !segments.includes(covered.segment)) throw lost(covered);
  for (const segment of segments.filter((number) => number >= covered.segment)) {
    const from = segment === covered.segment ? covered.offset : 0;
    if ((await segmentSize(directory, segment)) < from) throw lost(covered);
    const end = await indexSegment(directory, index, segment, from);
    if (segment === newest) await cutTail(directory, segment, end);
    else if (end !== (await segmentSize(directory, segment))) throw damaged(segment, end);
    covered = { segment, offset: end };
  }
  return covered;
}

async function indexSegment(
  directory: string,
  index: SegmentIndex,
  segment: number,
  from: number,
): Promise<number> {
  const scan = scanSegment(directory, segment, from);
  let found: IndexedBatch[] = [];
  for (;;) {
    const step = await scan.next();
    if (step.done) {
      index.add(found, { segment, offset: step.value });
      return step.value;
    }
    const { record, place } = step.value;
    found.push({ agent: record.agent, batch: record.batch, place });
    if (found.length === 10_000) {
      index.add(found, { segment, offset: place.offset + place.length });
      found = [];
    }
  }
}

function lost(covered: CoveredTo): CloudError {
  return new CloudError(
    'ARCHIVE_DAMAGED',
    `${segmentName(covered.segment)} ends before ${covered.offset}, where its index says it goes on`,
  );
}

// Only the newest segment can have a torn tail; in an older one something has changed the file.
function damaged(segment: number, offset: number): CloudError {
  return new CloudError(
    'ARCHIVE_DAMAGED',
    `${segmentName(segment)} at ${offset}: the record's checksum is wrong`,
  );
}
