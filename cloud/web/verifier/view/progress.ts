/** Words and a bar while a file is judged; how long that takes is not known before. */
import type { Words } from '../strings/words.ts';
import { h, refill } from './html.ts';

/** What is judged at once shows nothing: it would only flicker. */
const SHOWN_AFTER_MS = 200;

export function showProgress(place: HTMLElement, sizeBytes: number, { t }: Words) {
  const since = Date.now();
  const seconds = h('span');
  const said = t.judging((sizeBytes / 1e6).toFixed(1));
  const shown = h('div', { class: 'panel progress' }, h('label', {}, said, h('progress')), seconds);
  const begin = setTimeout(() => refill(place, shown), SHOWN_AFTER_MS);
  const tick = setInterval(() => {
    seconds.textContent = t.seconds(Math.floor((Date.now() - since) / 1000));
  }, 1000);
  return {
    stop() {
      clearTimeout(begin);
      clearInterval(tick);
    },
  };
}
