/** A day of a meter takes seconds to judge: beside the page, so that it still answers. */
import { type OpenedRange, openRange } from './examine-range.ts';
import type { FromWorker, ToWorker } from './range-examination.ts';

let opened: OpenedRange | null = null;
const tell = (message: FromWorker) => postMessage(message);

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === 'open') {
    opened = openRange(data.task);
    tell({ kind: 'block', number: opened.block });
  } else if (opened !== null) tell({ kind: 'judged', examination: opened.judge(data.blocks) });
});
