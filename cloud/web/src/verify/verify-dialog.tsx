/** Verifies one reading before the visitor's eyes, and lets them try to fool the verifier. */
import './verify.css';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Api } from '../api/client.ts';
import type { Reading, Stage } from '../api/model.ts';
import { Dialog } from '../design/dialog.tsx';
import { Notice } from '../design/notice.tsx';
import { findReading, type LiveState } from '../live/live-state.ts';
import { stageOf } from '../live/progress.ts';
import { useWords } from '../strings/words.ts';
import { isAsked } from './asked.ts';
import { ClaimList } from './claim-list.tsx';
import type { Examination } from './examination.ts';
import { LedgerWord } from './ledger-word.tsx';
import { OwnCheck } from './own-check.tsx';
import { SealedReading } from './sealed-reading.tsx';
import type { Spoiled } from './spoil.ts';
import { SpoilPanel } from './spoil-panel.tsx';
import { caughtBy, summarise } from './summary.ts';
import { TimeBracket } from './time-bracket.tsx';
import { type Examined, useExamination } from './use-examination.ts';
import { VerdictHead } from './verdict-head.tsx';
import { VerifyProblem, VerifySteps } from './verify-progress.tsx';

interface VerifyDialogProps {
  readonly api: Api;
  readonly state: LiveState;
  readonly agent: string;
  readonly seq: number;
  readonly say: (text: string) => void;
  readonly onClose: () => void;
}

export function VerifyDialog(props: VerifyDialogProps): JSX.Element {
  const { api, state, agent, seq, say, onClose } = props;
  const { t } = useWords();
  const [spoiled, setSpoiled] = useState<Spoiled | null>(null);
  const [entry, setEntry] = useState<Place | null>(null);
  const stage = entry && state.marks.has(entry.origin) ? stageOf(entry, state.marks) : null;
  const { step, examined, error } = useExamination(api, {
    agent,
    seq,
    rpc: state.status?.ledger?.rpc ?? null,
    progress: stage,
    held: spoiled !== null || state.status === null,
  });
  const place = examined && placeOf(examined.examination);
  if (place && (place.entry !== entry?.entry || place.origin !== entry.origin)) setEntry(place);

  return (
    <Dialog title={t.verify.title(String(seq))} closeLabel={t.verify.close} onClose={onClose}>
      {examined !== null ? (
        <Verdict
          examined={examined}
          spoiled={spoiled}
          onSpoil={setSpoiled}
          stage={stage}
          listed={findReading(state, agent, seq)}
          agent={agent}
          seq={seq}
          say={say}
        />
      ) : error !== null ? (
        <VerifyProblem error={error} />
      ) : (
        <VerifySteps step={step} />
      )}
    </Dialog>
  );
}

interface VerdictProps {
  readonly examined: Examined;
  readonly spoiled: Spoiled | null;
  readonly onSpoil: (spoiled: Spoiled | null) => void;
  readonly stage: Stage | null;
  readonly listed: Reading | null;
  readonly agent: string;
  readonly seq: number;
  readonly say: (text: string) => void;
}

function Verdict(props: VerdictProps): JSX.Element {
  const { examined, spoiled, onSpoil, stage, listed, agent, seq, say } = props;
  const { t } = useWords();
  const { engine, policy, blocks } = examined;
  const shown =
    spoiled === null ? examined.examination : engine.examine(spoiled.file, policy, blocks);
  const reading = examined.examination.outcome === 'judged' ? examined.examination.reading : null;
  const other = reading !== null && !isAsked(reading, agent, seq) ? reading : null;
  const caught = spoiled === null ? [] : caughtBy(examined.examination, shown);
  return (
    <div class="verify">
      {other !== null && (
        <Notice look="broken" icon="broken" title={t.verify.other}>
          <p>{t.verify.otherText(String(other.seq), other.agent)}</p>
        </Notice>
      )}
      <VerdictHead summary={summarise(shown)} examination={shown} stage={stage} spoiled={spoiled} />
      <div class="verify-columns">
        <SealedReading
          examination={shown}
          listed={spoiled === null && other === null ? listed : null}
        />
        <div class="verify-main">
          <SpoilPanel
            examined={examined}
            shown={shown}
            spoiled={spoiled}
            caught={caught}
            onSpoil={onSpoil}
          />
          <ClaimList examination={shown} caught={caught} />
        </div>
        <div class="verify-side">
          <TimeBracket examination={shown} />
          <LedgerWord answer={examined.ledger} examination={shown} />
          <OwnCheck
            name={`${(reading?.source ?? agent.slice(0, 8)).replace('~', '')}-${seq}.sigill`}
            file={examined.file}
            {...{ policy, spoiled, say }}
          />
        </div>
      </div>
    </div>
  );
}

interface Place {
  readonly origin: string;
  readonly entry: number;
}

/** Where the evidence itself says its seal stands: that is where the watermarks are read against. */
function placeOf(examination: Examination): Place | null {
  if (examination.outcome === 'refused') return null;
  const facts = examination.claims.find(({ claim }) => claim === 'logged')?.facts;
  const { origin, entry } = facts ?? {};
  return typeof origin === 'string' && typeof entry === 'number' ? { origin, entry } : null;
}
