/** Wires the operator's page to the real browser. The link's token leaves the address at once. */
import '../design/tokens.css';
import '../design/base.css';
import { render } from 'preact';
import { browserMemory } from '../settings.ts';
import { OperatorApp } from './app.tsx';
import { createOperatorApi } from './operator-api.ts';

const token = location.hash.length > 1 ? location.hash.slice(1) : null;
// Neither history nor a screenshot shall have it; it is of no use a second time either.
if (token !== null) history.replaceState(null, '', location.pathname);

render(
  <OperatorApp
    api={createOperatorApi((url, init) => fetch(url, init))}
    token={token}
    memory={browserMemory}
  />,
  document.getElementById('page') as HTMLElement,
);
