/** A day of a meter takes seconds to judge: beside the page, so that it still answers. */
import { examineRange } from './examine-range.ts';
import type { RangeTask } from './range-examination.ts';

addEventListener('message', ({ data }: MessageEvent<RangeTask>) => {
  postMessage(examineRange(data));
});
