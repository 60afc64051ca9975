/** The claims of the verdict from the device to the ledger, whom they rest on, and what nothing proves. */
import type { Claim, ClaimId, Holds } from '@sigill/evidence';
import { formatMoment } from '../../src/format/times.ts';
import type { GivenPolicy } from '../files/read-policy.ts';
import type { Words } from '../strings/words.ts';
import { h, icon } from './html.ts';

const GROUPS = {
  reading: ['sealed', 'complete', 'decoded', 'recomputed'],
  key: ['registered', 'unrevoked'],
  log: ['logged', 'history', 'witnessed'],
  ledger: ['called', 'anchored', 'block'],
  time: ['bracket', 'clock'],
} as const satisfies Record<string, readonly ClaimId[]>;

const LOOKS = { yes: 'yes', no: 'no', 'not checked': 'open' } as const satisfies Record<
  Holds,
  string
>;

export function claimsSection(claims: readonly Claim[], words: Words): HTMLElement {
  const { t } = words;
  const groups = Object.entries(GROUPS).map(([group, ids]) => {
    const members = (ids as readonly ClaimId[]).flatMap((id) =>
      claims.filter(({ claim }) => claim === id),
    );
    return h(
      'div',
      {},
      h('h3', {}, t.groups[group as keyof typeof GROUPS]),
      h(
        'ul',
        {},
        members.map((claim) => claimItem(claim, words)),
      ),
    );
  });
  return h('section', { class: 'claims' }, h('h2', {}, t.claimsTitle), groups);
}

function claimItem(claim: Claim, { t, language }: Words): HTMLElement {
  const { holds, facts, reason, detail, trust } = claim;
  const words = t.claims[claim.claim];
  const moment = (ms: number) => formatMoment(ms, language);
  const look = LOOKS[holds];
  return h(
    'li',
    { class: `claim ${look}`, 'data-claim': claim.claim },
    h('span', { class: 'sign' }, icon(look)),
    h(
      'div',
      {},
      h('p', { class: 'title' }, h('b', {}, words.title), h('span', {}, t.holds[holds])),
      holds === 'yes'
        ? [
            h('p', {}, words.proof(facts, moment)),
            h(
              'p',
              { class: 'small quiet' },
              `${t.trust}: ${trust.map((one) => t.trusts[one]).join('; ') || t.nobody}`,
            ),
          ]
        : [
            holds === 'no' && h('p', {}, words.no),
            h('p', {}, t.reasons[reason ?? ''] ?? ''),
            h('p', { class: 'small quiet' }, h('code', {}, reasonText(reason, detail))),
          ],
    ),
  );
}

// What these say in full stands above them; and the block's hash must come from elsewhere.
const TOLD: ReadonlySet<string | null> = new Set([
  'NO_BLOCK_HEADER',
  'NO_DECODER',
  'NO_PROJECTION',
  'NO_POLICY',
]);

const reasonText = (reason: string | null, detail: string): string =>
  TOLD.has(reason) ? `${reason}` : `${reason}: ${detail}`;

/** What the claims that do not hold mean. */
export const failures = (claims: readonly Claim[], { t }: Words): readonly string[] =>
  claims.filter(({ holds }) => holds === 'no').map(({ claim }) => t.claims[claim].no);

/** What a verdict in green must not be read without. */
export function caveats(
  claims: readonly Claim[],
  policy: GivenPolicy | null,
  { t }: Words,
): readonly string[] {
  const own = claims.find(({ claim }) => claim === 'witnessed')?.trust;
  return [
    ...(policy?.ledger?.profile === 'development' ? [t.caveats.development] : []),
    ...(own?.includes('own-witnesses') && !own.includes('witnesses') ? [t.caveats.ownWitness] : []),
  ];
}

/** All whom the claims that hold rest on, each once. */
export function trustSection(claims: readonly Claim[], { t }: Words): HTMLElement {
  const trusted = [...new Set(claims.flatMap(({ trust }) => trust))];
  return h(
    'section',
    { class: 'panel' },
    h('h2', {}, t.trustTitle),
    h(
      'ul',
      { class: 'list' },
      trusted.map((one) => h('li', {}, t.trusts[one])),
    ),
    h('p', { class: 'quiet' }, t.trustText),
  );
}

export function limitsSection(claims: readonly Claim[], { t }: Words): HTMLElement {
  const open = claims.filter(({ holds }) => holds !== 'yes');
  return h(
    'section',
    { class: 'panel' },
    h('h2', {}, t.limitsTitle),
    h(
      'ul',
      { class: 'list' },
      open.map(({ claim, holds }) =>
        h('li', {}, `${t.claims[claim].title}: ${t.holds[holds].toLowerCase()}`),
      ),
      t.limits.map((limit) => h('li', {}, limit)),
    ),
  );
}
