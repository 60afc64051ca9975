/**
 * The page's only script: what changes is asked for again, and a box that does not answer is said to be silent.
 * @module
 */

const REFRESH_SECONDS = 3;

export const REFRESH_SCRIPT = `'use strict';
const live = document.getElementById('live');
let answered = Date.now();
async function refresh() {
  if (document.hidden) return;
  try {
    const response = await fetch('/live', { signal: AbortSignal.timeout(5000) });
    if (response.status === 401) return location.reload();
    if (!response.ok) throw new Error(String(response.status));
    live.innerHTML = await response.text();
    answered = Date.now();
    live.classList.remove('stale');
    document.title = document.title.replace(/^⚠ /, '');
  } catch {
    live.classList.add('stale');
    const seconds = Math.round((Date.now() - answered) / 1000);
    const mood = live.querySelector('.mood');
    if (mood) mood.textContent = live.dataset.stale + ' ' + seconds + ' s';
    if (!document.title.startsWith('⚠ ')) document.title = '⚠ ' + document.title;
  }
}
setInterval(refresh, ${REFRESH_SECONDS * 1000});
document.addEventListener('visibilitychange', refresh);
`;
