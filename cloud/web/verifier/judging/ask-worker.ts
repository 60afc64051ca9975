/**
 * Judging beside the page, in a worker made of the page's own program, so that the page never stands still. A worker
 * inherits the page's content security policy: it can reach nothing either.
 * @module
 */
import type { Examination, Question } from './examination.ts';
import { judgeFile } from './judge-file.ts';

interface Asked {
  readonly answer: Promise<Examination>;
  /** Ends the judging; the answer then never comes. */
  stop(): void;
}

/** In the worker: one question, one answer. */
export function answerInWorker(): void {
  self.onmessage = ({ data }: MessageEvent<Question>) => self.postMessage(judgeFile(data));
}

/** @param program the page's own */
export function askWorker(question: Question, program: string): Asked {
  let worker: Worker | null = null;
  const answer = new Promise<Examination>((settle, fail) => {
    // Where a browser gives no worker to a page from disk, the page itself judges, and stands still meanwhile.
    const alone = () => {
      worker = null;
      setTimeout(() => {
        try {
          settle(judgeFile(question));
        } catch (error) {
          fail(error);
        }
      }, 50); // so that the words about it are drawn first
    };
    try {
      const url = URL.createObjectURL(new Blob([program], { type: 'text/javascript' }));
      worker = new Worker(url);
      worker.onmessage = ({ data }: MessageEvent<Examination>) => settle(data);
      worker.onerror = alone;
      worker.postMessage(question);
    } catch {
      alone();
    }
  });
  return { answer, stop: () => worker?.terminate() };
}
