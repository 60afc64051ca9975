/**
 * Writes the file of a range while its batches come. `formatRange` writes all but the batches: it would hold them as
 * bytes, as JSON and as text at once, and check each base64 text that was just made.
 * @module
 */
import { formatRange, type RangeBatch, type RangeFile } from '@sigill/evidence';

export interface RangeText {
  /** Of the batches so far. */
  readonly chars: number;
  add(batch: RangeBatch): void;
  /** The whole file. @throws EvidenceError EVIDENCE_FORM */
  finish(file: Omit<RangeFile, 'batches'>): string;
}

export function createRangeText(): RangeText {
  const texts: string[] = [];
  let chars = 0;
  let last: RangeBatch | null = null;
  return {
    get chars() {
      return chars;
    },
    add(batch) {
      const text = batchText(batch);
      texts.push(text);
      chars += text.length + 1;
      last = batch;
    },
    finish(file) {
      const whole = formatRange({ ...file, batches: last === null ? [] : [last] });
      // The last batch stands in it as `formatRange` writes it: if ours is another form, nothing of it leaves.
      const alone = `"batches":[${texts.at(-1)}],"erasures"`;
      const at = whole.indexOf(alone);
      if (at < 0) throw new Error('a batch is written otherwise than the format says');
      const end = at + alone.length;
      return `${whole.slice(0, at)}"batches":[${texts.join(',')}],"erasures"${whole.slice(end)}`;
    },
  };
}

function batchText({ header, readings, path }: RangeBatch): string {
  const shown = readings.map(
    ({ index, bytes, leaf, frame }) =>
      `{"index":${index},"bytes":${base64(bytes)},"leaf":${base64(leaf)},"frame":${base64(frame)}}`,
  );
  return `{"header":${base64(header)},"readings":[${shown.join(',')}],"path":[${path.map(base64).join(',')}]}`;
}

function base64(bytes: Uint8Array | null): string {
  if (bytes === null) return 'null';
  return `"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')}"`;
}
