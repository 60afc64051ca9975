/** Before there is a verdict: what is being done, or why it cannot be. */
import type { JSX } from 'preact';
import { Notice } from '../design/notice.tsx';
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
  const [title, text] =
    error.code === 'EVIDENCE_NOT_FOUND'
      ? [words.notFound, words.notFoundText]
      : error.code === 'EVIDENCE_NOT_READY'
        ? [words.notReady, words.notReadyText]
        : error.code === 'SERVER_UNREACHABLE'
          ? [words.unreachable, words.unreachableText]
          : [words.other, words.unreachableText];
  return (
    <div class="verify-steps" role="status">
      <Notice
        look={error.code === 'EVIDENCE_NOT_READY' ? 'waiting' : 'broken'}
        icon="broken"
        title={title}
      >
        <p>{text}</p>
        <p class="quiet small">{error.message}</p>
      </Notice>
    </div>
  );
}
