/** The one step that a page without a network leaves to the person: whether the block is the ledger's own. */
import { formatDigits } from '../../src/format/digits.ts';
import type { Judged } from '../judging/examination.ts';
import type { Outcome } from '../judging/outcome.ts';
import { h, hash } from './html.ts';
import type { VerdictProps } from './verdict.ts';

// A name, an address: more would not be read.
const MAX_SOURCE_CHARS = 200;

/** The block can be compared, or was and is another. What is broken anyway no block mends. */
export const isBlockOpen = ({ claims, block }: Judged, outcome: Outcome['name']): boolean =>
  block !== null &&
  claims.some(
    ({ reason }) =>
      reason === 'OTHER_BLOCK' || (reason === 'NO_BLOCK_HEADER' && outcome !== 'broken'),
  );

export function blockCard(props: VerdictProps, { block, claims }: Judged): HTMLElement {
  const { words, policy, onBlock } = props;
  const { t, language } = words;
  const number = block?.number ?? 0;
  const ledger = policy?.ledger ?? null;
  const other = claims.some(({ reason }) => reason === 'OTHER_BLOCK');
  const said = h('p', { class: 'bad', role: 'alert' }, other && t.blockOther);
  const given = props.block?.number === number ? props.block : null;
  const seen = field('block-hash', t.blockHash, given?.hash ?? '', '0x…');
  const source = field('block-source', t.blockSource, given?.source ?? '', t.blockSourceHint);
  const compare = (event: Event) => {
    event.preventDefault();
    const found = hashIn(seen.input.value);
    if (found === null) said.textContent = t.blockForm;
    else {
      const named = source.input.value.trim().slice(0, MAX_SOURCE_CHARS);
      onBlock({ number, hash: found, source: named || t.blockOwn });
    }
  };
  const endpoints = ledger?.endpoints ?? [];
  return h(
    'form',
    { class: 'panel block screen', submit: compare },
    h('h2', {}, t.blockTitle),
    h(
      'p',
      {},
      t.blockText(
        formatDigits(String(number), language),
        ledger ? t.chain(ledger.profile, ledger.chainId) : '',
      ),
    ),
    // Told as text: a link would lead away, and tell there who asks.
    endpoints.length > 0 && [
      h('p', { class: 'small quiet' }, t.blockSources),
      h(
        'ul',
        { class: 'list small' },
        endpoints.map((url) => h('li', {}, hash(url))),
      ),
    ],
    h('div', { class: 'cards' }, seen.label, source.label),
    said,
    h(
      'p',
      { class: 'buttons' },
      h('button', { class: 'primary', id: 'block-compare' }, t.blockCompare),
    ),
    h('details', {}, h('summary', {}, t.blockExpected), h('p', {}, hash(`0x${block?.hash ?? ''}`))),
  );
}

function field(id: string, words: string, value: string, placeholder: string) {
  const attributes = { id, value, placeholder, autocomplete: 'off', spellcheck: 'false' };
  const input = h('input', attributes);
  return { input, label: h('label', {}, words, input) };
}

/** The one hash in what was pasted, whatever stands around it. */
export function hashIn(text: string): string | null {
  const found = text.toLowerCase().match(/(?<![0-9a-f])(?:0x)?[0-9a-f]{64}(?![0-9a-f])/g) ?? [];
  return found.length === 1 ? found[0].slice(-64) : null;
}
