/** The verdict: in one sentence first, then what it is about, then all that proved it. */
import { formatMoment } from '../../src/format/times.ts';
import type { GivenPolicy } from '../files/read-policy.ts';
import type { Examination, SeenHash } from '../judging/examination.ts';
import { type Outcome, outcomeOf } from '../judging/outcome.ts';
import type { Words } from '../strings/words.ts';
import { blockCard, isBlockOpen } from './block-card.ts';
import { caveats, claimsSection, failures, limitsSection, trustSection } from './claims.ts';
import { h, hash, icon, terms } from './html.ts';
import { readingsSection } from './readings.ts';

export interface VerdictProps {
  readonly words: Words;
  readonly examination: Examination;
  readonly evidence: { readonly name: string | null; readonly bytes: Uint8Array };
  readonly policy: GivenPolicy | null;
  readonly block: SeenHash | null;
  readonly judgedAt: number;
  /** SHA-256 of the page's own file. */
  readonly pageHash: string;
  onBlock(block: SeenHash): void;
}

const LOOKS: Readonly<Record<Outcome['name'], 'yes' | 'no' | 'open'>> = {
  ...{ proven: 'yes', page: 'yes' },
  ...{ broken: 'no', refused: 'no' },
  ...{ policy: 'open', block: 'open', waits: 'open', open: 'open' },
};

export function headline(props: Pick<VerdictProps, 'words' | 'examination' | 'policy'>): string {
  const { words, examination, policy } = props;
  return words.t.outcomes[outcomeOf(examination, policy !== null).name];
}

export function verdictView(props: VerdictProps): HTMLElement {
  const { words, examination, policy } = props;
  const { t } = words;
  const { name, count } = outcomeOf(examination, policy !== null);
  const head = h(
    'section',
    { class: `verdict ${LOOKS[name]}`, 'data-outcome': name },
    h('span', { class: 'sign' }, icon(LOOKS[name])),
    h(
      'div',
      {},
      h('h2', {}, headline(props)),
      h('p', {}, t.outcomeTexts[name](count)),
      examination.outcome === 'refused'
        ? [
            h('p', {}, t.refusals[examination.code] ?? t.refusal),
            h('p', { class: 'small' }, h('code', {}, `${examination.code}: ${examination.detail}`)),
          ]
        : [
            (name === 'broken'
              ? failures(examination.claims, words)
              : caveats(examination.claims, policy, words)
            ).map((text) => h('p', { class: 'caveat' }, text)),
            h('p', { class: 'quiet' }, tally(examination, words)),
          ],
    ),
  );
  if (examination.outcome === 'refused') return h('div', {}, head, record(props));
  const { claims } = examination;
  return h(
    'div',
    {},
    head,
    isBlockOpen(examination, name) && blockCard(props, examination),
    readingsSection(examination, words),
    record(props),
    h('div', { class: 'cards' }, trustSection(claims, words), limitsSection(claims, words)),
    claimsSection(claims, words),
  );
}

function tally({ claims }: Extract<Examination, { outcome: 'judged' }>, { t }: Words): string {
  return t.tally(claims.filter(({ holds }) => holds === 'yes').length, claims.length);
}

/** What an auditor writes down: which file, by which policy, when, and by which verifier. */
function record(props: VerdictProps): HTMLElement {
  const { words, examination, evidence, policy, block, judgedAt, pageHash } = props;
  const { t, language } = words;
  const compared =
    block && examination.outcome === 'judged' && examination.block?.number === block.number;
  return h(
    'section',
    { class: 'panel record' },
    h('h2', {}, t.reportTitle),
    terms([
      [t.report.evidence, [evidence.name ?? t.pasted, hash(examination.fileHash)]],
      [
        t.report.policy,
        policy === null ? t.noPolicy : [policy.name ?? t.pasted, hash(policy.hash)],
      ],
      [t.report.block, compared ? [`${block.number}, ${block.source}`, hash(block.hash)] : null],
      [t.report.judged, `${formatMoment(judgedAt, language)}, ${t.byClock}`],
      [t.report.verifier, ['sigill-verifier.html', hash(pageHash)]],
    ]),
    h(
      'p',
      { class: 'buttons screen' },
      h('button', { type: 'button', id: 'print', click: () => window.print() }, t.print),
    ),
  );
}
