/** Hands the evidence of a range to a worker of its own, and takes what it found. */
import type { SeenBlock } from './examination.ts';
import type { FromWorker, RangeExamination, RangeTask, ToWorker } from './range-examination.ts';

/**
 * @param findBlock asks the ledger for the block that the file names; none where there is none to ask for
 * @param signal ends the worker; the answer then never comes
 */
export function judgeRangeBeside(
  task: RangeTask,
  findBlock: (number: number | null) => Promise<readonly SeenBlock[]>,
  signal: AbortSignal,
): Promise<RangeExamination> {
  const worker = new Worker(new URL('./range-worker.ts', import.meta.url), { type: 'module' });
  signal.addEventListener('abort', () => worker.terminate(), { once: true });
  const say = (message: ToWorker) => worker.postMessage(message);
  return new Promise<RangeExamination>((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
      if (data.kind === 'judged') resolve(data.examination);
      else findBlock(data.number).then((blocks) => say({ kind: 'judge', blocks }), reject);
    });
    worker.addEventListener('error', ({ message }) => reject(new Error(message)));
    say({ kind: 'open', task });
  }).finally(() => worker.terminate());
}
