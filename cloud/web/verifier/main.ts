/** One program, two roles: the page, and the worker that the page makes of this very program. */
import './verifier.css';
import { answerInWorker } from './judging/ask-worker.ts';
import { startPage } from './page.ts';

if (typeof document === 'undefined') answerInWorker();
else {
  const textOf = (element: Element | null) => element?.textContent ?? '';
  startPage({
    program: textOf(document.currentScript as Element | null),
    packed: textOf(document.getElementById('program')),
    style: textOf(document.querySelector('style')),
  });
}
