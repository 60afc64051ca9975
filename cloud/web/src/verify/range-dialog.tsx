/** Verifies all readings of a time, or a number computed from them, in this browser. */
import './verify.css';
import type { JSX } from 'preact';
import type { Api } from '../api/client.ts';
import type { RangeQuestion } from '../completeness/ask.ts';
import { StreamLine } from '../completeness/stream-line.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Notice } from '../design/notice.tsx';
import { formatDigits, formatUnit } from '../format/digits.ts';
import { useWords } from '../strings/words.ts';
import { ClaimList } from './claim-list.tsx';
import { LedgerWord } from './ledger-word.tsx';
import { OwnCheck } from './own-check.tsx';
import type { RangeExamination, RangeJudged } from './range-examination.ts';
import { summarise } from './summary.ts';
import {
  type RangeExamined,
  type RangeProgress,
  useRangeExamination,
} from './use-range-examination.ts';
import { VerdictHead } from './verdict-head.tsx';
import { VerifyProblem } from './verify-progress.tsx';

interface RangeDialogProps {
  readonly api: Api;
  readonly question: RangeQuestion;
  readonly title: string;
  readonly day: string;
  readonly rpc: string | null;
  readonly say: (text: string) => void;
  readonly onClose: () => void;
}

export function RangeDialog(props: RangeDialogProps): JSX.Element {
  const { api, question, title, rpc, onClose } = props;
  const { t } = useWords();
  const state = useRangeExamination(api, question, rpc);
  return (
    <Dialog title={title} closeLabel={t.verify.close} onClose={onClose}>
      {state.kind === 'busy' ? (
        <RangeSteps progress={state.progress} />
      ) : state.kind === 'failed' ? (
        <VerifyProblem error={state.error} />
      ) : (
        <RangeVerdict {...props} examined={state.examined} />
      )}
    </Dialog>
  );
}

const STEPS = ['fetching', 'reading', 'ledger', 'judging'] as const;

function RangeSteps({ progress: { step, bytes } }: { progress: RangeProgress }): JSX.Element {
  const { t, language } = useWords();
  const megabytes = formatDigits((bytes / 1e6).toFixed(1), language);
  const told = {
    fetching: bytes === 0 ? t.verify.steps.fetching : t.completeness.fetched(megabytes),
    reading: t.completeness.judging(megabytes),
    judging: t.completeness.judging(megabytes),
    ledger: t.verify.steps.ledger,
  };
  return (
    <div class="verify-steps" role="status">
      <p>{t.verify.judging}</p>
      <progress
        max={STEPS.length}
        value={STEPS.indexOf(step) + 0.5}
        aria-label={t.verify.judging}
      />
      <p class="quiet">{told[step]}</p>
    </div>
  );
}

function RangeVerdict(props: RangeDialogProps & { readonly examined: RangeExamined }): JSX.Element {
  const { examined, question, day, say } = props;
  const { t } = useWords();
  const { examination, file, policy, ledger } = examined;
  const name = `${question.source.replace('~', '')}-${day}${question.number === null ? '' : '-number'}.sigill`;
  return (
    <div class="verify">
      {examination.outcome === 'judged' && !isAsked(examination, question) && (
        <Notice look="broken" icon="broken" title={t.completeness.other} />
      )}
      <VerdictHead
        summary={summarise(examination)}
        waiting={t.completeness.waiting}
        {...{ examination, stage: null, spoiled: null }}
      />
      <div class="verify-columns">
        <RangeContent {...{ examination, day }} />
        <div class="verify-main">
          <ClaimList examination={examination} caught={[]} />
        </div>
        <div class="verify-side">
          <LedgerWord answer={ledger} examination={examination} />
          <OwnCheck {...{ name, file, policy, say }} spoiled={null} />
        </div>
      </div>
    </div>
  );
}

interface RangeContentProps {
  readonly examination: RangeExamination;
  readonly day: string;
}

/** What the file itself says, read from its bytes and not from the server's calendar. */
function RangeContent({ examination, day }: RangeContentProps): JSX.Element | null {
  const { t, language } = useWords();
  if (examination.outcome === 'refused') return null;
  const { streams, number } = examination;
  return (
    <section class="panel sealed-reading range-content" aria-labelledby="range-title">
      {number !== null && (
        <>
          <h3>{t.completeness.number}</h3>
          <p class="sealed-value">
            {formatDigits(number.value, language)}{' '}
            <span class="unit">{number.unit === '1' ? '' : formatUnit(number.unit)}</span>
          </p>
          <p class="small quiet">
            {t.completeness.by(number.projection)}, {t.completeness.assuming}{' '}
            <span class="mono">{number.assumptions}</span>
          </p>
        </>
      )}
      <h3 id="range-title">{t.completeness.inFile}</h3>
      <ul class="stream-lines">
        {streams.map((stream) => (
          <StreamLine
            key={stream.device}
            {...{ ...stream, day, expected: stream.count, gapCount: stream.gaps.length }}
            state={
              stream.missing.length > 0
                ? 'missing'
                : stream.erased.length > 0
                  ? 'erased'
                  : stream.gaps.length > 0
                    ? 'gaps'
                    : 'complete'
            }
            numbers={stream.count === 0 ? null : [stream.first, stream.first + stream.count - 1]}
            erased={stream.erased.length}
            remarks={[
              ...stream.erased.map(({ n, reason }) => `${n}: ${reason}`),
              ...(stream.astray === 0
                ? []
                : [t.completeness.astray(formatDigits(String(stream.astray), language))]),
            ]}
          />
        ))}
      </ul>
    </section>
  );
}

function isAsked(examination: RangeJudged, { agent, source, from, to, number }: RangeQuestion) {
  const { period, streams } = examination;
  const isOther =
    (examination.agent !== null && examination.agent !== agent) ||
    streams.some((stream) => stream.source !== source) ||
    period?.from !== from ||
    period.to !== to ||
    (number !== null) !== (examination.number !== null) ||
    (number !== null &&
      (examination.number?.projection !== number.projection ||
        examination.number.assumptions !== number.assumptions));
  return !isOther;
}
