/** The claims of the verdict, from the device to the ledger. */
import type { JSX } from 'preact';
import { Icon, type IconName } from '../design/icons.tsx';
import { formatMoment } from '../format/times.ts';
import { useWords } from '../strings/words.ts';
import type { Claim, ClaimId, Examination } from './examination.ts';
import { waits } from './summary.ts';

const GROUPS = {
  reading: ['sealed', 'complete', 'decoded', 'recomputed'],
  key: ['registered', 'unrevoked'],
  log: ['logged', 'history', 'witnessed'],
  ledger: ['called', 'anchored', 'block'],
  time: ['bracket', 'clock'],
} as const satisfies Record<string, readonly ClaimId[]>;

type Look = 'yes' | 'no' | 'not checked' | 'waits';
const ICONS: Readonly<Record<Look, IconName>> = {
  yes: 'yes',
  no: 'no',
  'not checked': 'missing',
  waits: 'wait',
};

interface ClaimListProps {
  readonly examination: Examination;
  /** Claims that held until a byte was spoiled. */
  readonly caught: readonly Claim[];
}

export function ClaimList({ examination, caught }: ClaimListProps): JSX.Element | null {
  const { t } = useWords();
  if (examination.outcome === 'refused') return null;
  const { claims } = examination;
  const caughtIds = new Set(caught.map(({ claim }) => claim));
  return (
    <section class="claims" aria-labelledby="claims-title">
      <h3 id="claims-title">{t.verify.claimsTitle}</h3>
      {(Object.keys(GROUPS) as (keyof typeof GROUPS)[]).map((group) => {
        const ids: readonly ClaimId[] = GROUPS[group];
        const members = claims.filter(({ claim }) => ids.includes(claim));
        if (members.length === 0) return null;
        return (
          <div key={group} class="claim-group">
            <h4>{t.verify.groups[group]}</h4>
            <ul>
              {members.map((claim) => (
                <ClaimCard key={claim.claim} claim={claim} caught={caughtIds.has(claim.claim)} />
              ))}
            </ul>
          </div>
        );
      })}
      <p class="quiet small">{t.verify.limit}</p>
    </section>
  );
}

function ClaimCard({ claim, caught }: { claim: Claim; caught: boolean }): JSX.Element {
  const { t, language } = useWords();
  const words = t.claims[claim.claim];
  const look: Look = waits(claim) ? 'waits' : claim.holds;
  return (
    <li class={`claim ${look.replace(' ', '-')} ${caught ? 'caught' : ''}`}>
      <span class="claim-sign">
        <Icon name={ICONS[look]} />
      </span>
      <div>
        <p class="claim-title">
          {words.title} <span class="claim-word">{t.verify.holds[look]}</span>
        </p>
        {claim.holds === 'yes' ? (
          <>
            <p>{words.proof(claim.facts, (ms) => formatMoment(ms, language))}</p>
            <p class="quiet small">
              {t.verify.trust}: {claim.trust.map((one) => t.trusts[one]).join('; ') || t.nobody}
            </p>
          </>
        ) : (
          <>
            <p>{claim.holds === 'no' ? words.no : whyOpen(claim, t.reasons)}</p>
            {!waits(claim) && (
              <p class="small mono">
                {claim.reason}: {claim.detail}
              </p>
            )}
          </>
        )}
      </div>
    </li>
  );
}

const whyOpen = (claim: Claim, reasons: Readonly<Record<string, string>>): string =>
  reasons[claim.reason ?? ''] ?? claim.detail;
