/** Wires the page to the real browser. */
import './design/tokens.css';
import './design/base.css';
import { render } from 'preact';
import { createApi } from './api/client.ts';
import { listenToEvents } from './api/events.ts';
import { App } from './app.tsx';
import { createLive } from './live/live.ts';
import { browserMemory } from './settings.ts';

const api = createApi((url, init) => fetch(url, init));
const later = (run: () => void, delayMs: number) => {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
};
const live = createLive({
  api,
  listen: (handlers) =>
    listenToEvents(handlers, { connect: (path) => new EventSource(path), later }),
  now: () => Date.now(),
  later,
});

render(
  <App api={api} live={live} memory={browserMemory} />,
  document.getElementById('page') as HTMLElement,
);
