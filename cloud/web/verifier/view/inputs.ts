/** Where evidence and policy are given: dropped, chosen or pasted. */
import { readFiles } from '../files/read-files.ts';
import type { GivenPolicy } from '../files/read-policy.ts';
import type { Given, Held } from '../files/take-given.ts';
import type { Words } from '../strings/words.ts';
import { h, hash, terms } from './html.ts';

export interface InputsProps extends Held {
  readonly words: Words;
  onGiven(given: readonly Given[]): void;
  onRemove(what: 'evidence' | 'policy'): void;
}

export function inputs(props: InputsProps): HTMLElement {
  const { t } = props.words;
  const { evidence, policy, trouble } = props;
  return h(
    'section',
    { class: 'inputs screen' },
    h('p', { class: 'drop' }, t.drop),
    trouble &&
      h(
        'div',
        { class: 'notice no', role: 'alert' },
        h('p', {}, t.troubles[trouble.what]),
        trouble.detail !== '' && h('p', { class: 'small' }, h('code', {}, trouble.detail)),
      ),
    h(
      'div',
      { class: 'cards' },
      card(props, 'evidence', evidence && [evidence.name ?? t.pasted, size(evidence.bytes)]),
      card(
        props,
        'policy',
        policy && [policy.name ?? t.pasted],
        policy && policyWords(policy, props.words),
      ),
    ),
  );
}

function card(
  props: InputsProps,
  what: 'evidence' | 'policy',
  given: readonly string[] | null,
  more: HTMLElement | null = null,
): HTMLElement {
  const { t } = props.words;
  const title = t[what];
  const file: HTMLInputElement = h('input', {
    type: 'file',
    hidden: true,
    multiple: true,
    change: async () => props.onGiven(await readFiles([...(file.files ?? [])])),
  });
  const text = h('textarea', {
    rows: 4,
    spellcheck: 'false',
    'aria-label': t.pasteInto(title),
  });
  const taken = () =>
    props.onGiven([{ name: null, bytes: new TextEncoder().encode(text.value.trim()) }]);
  return h(
    'div',
    { class: `panel ${given ? 'given' : ''}` },
    h('h2', {}, title),
    given
      ? h('p', { class: 'file' }, h('b', {}, given[0]), ` ${given[1] ?? ''}`)
      : h('p', {}, t[`${what}Text`]),
    more,
    h(
      'div',
      { class: 'buttons' },
      h(
        'button',
        { type: 'button', id: what, class: given === null && 'primary', click: () => file.click() },
        t.choose(title),
      ),
      given && h('button', { type: 'button', click: () => props.onRemove(what) }, t.remove(title)),
    ),
    file,
    given === null &&
      h(
        'details',
        {},
        h('summary', {}, t.paste),
        text,
        h('button', { type: 'button', click: taken }, t.take),
      ),
  );
}

function policyWords(policy: GivenPolicy, { t }: Words): HTMLElement {
  const { ledger, witnesses } = policy;
  const said = terms([
    [t.operator, hash(policy.operator)],
    [t.ledger, ledger === null ? t.noLedger : t.chain(ledger.profile, ledger.chainId)],
    [t.contract, ledger && hash(ledger.contract)],
    [t.witnesses, witnesses.join(', ') || t.noWitnesses],
  ]);
  return h('details', {}, h('summary', {}, t.policySays), said);
}

const size = ({ length }: Uint8Array): string =>
  length < 1e6 ? `${Math.ceil(length / 1000)} kB` : `${(length / 1e6).toFixed(1)} MB`;
