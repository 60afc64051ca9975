/** Before there is a verdict: what is being done, or why it cannot be. */
import type { JSX } from 'preact';
import { Notice } from '../design/notice.tsx';
import { StateRoad } from '../design/state.tsx';
import type { PageError } from '../errors.ts';
import { useWords } from '../strings/words.ts';
import type { Step } from './use-examination.ts';

const STEPS = ['fetching', 'judging', 'ledger'] as const;

export function VerifySteps({ step }: { step: Step | null }): JSX.Element {
  const { t } = useWords();
  const at = step === null ? 0 : STEPS.indexOf(step);
  return (
    <div class="verify-steps" role="status">
      <p>{t.verify.judging}</p>
      <progress max={STEPS.length} value={at + 0.5} aria-label={t.verify.judging} />
      <p class="quiet">{t.verify.steps[STEPS[at] ?? 'fetching']}</p>
    </div>
  );
}

export function VerifyProblem({ error }: { error: PageError }): JSX.Element {
  const { t } = useWords();
  const words = t.verify.errors;
  const early = error.code === 'EVIDENCE_NOT_READY';
  const [title, text] =
    error.code === 'EVIDENCE_NOT_FOUND'
      ? [words.notFound, words.notFoundText]
      : early
        ? [words.notReady, words.notReadyText]
        : error.code === 'SERVER_UNREACHABLE'
          ? [words.unreachable, words.unreachableText]
          : [words.other, words.unreachableText];
  return (
    <div class="verify-steps" role="status">
      <Notice look={early ? 'waiting' : 'broken'} icon={early ? 'wait' : 'broken'} title={title}>
        <p>{text}</p>
        {!early && <p class="quiet small">{error.message}</p>}
      </Notice>
      {early && <StateRoad state="sealed" />}
    </div>
  );
}
