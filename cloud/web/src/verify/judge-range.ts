/** Hands the evidence of a range to a worker of its own, and takes what it found. */
import type { RangeExamination, RangeTask } from './range-examination.ts';

/** @param signal ends the worker; the answer then never comes */
export function judgeRangeBeside(task: RangeTask, signal: AbortSignal): Promise<RangeExamination> {
  const worker = new Worker(new URL('./range-worker.ts', import.meta.url), { type: 'module' });
  signal.addEventListener('abort', () => worker.terminate(), { once: true });
  return new Promise<RangeExamination>((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<RangeExamination>) => resolve(data));
    worker.addEventListener('error', ({ message }) => reject(new Error(message)));
    worker.postMessage(task);
  }).finally(() => worker.terminate());
}
