/** What the ledger itself answers about the block the proof stands in. */
import type { JSX } from 'preact';
import { Icon } from '../design/icons.tsx';
import { useWords } from '../strings/words.ts';
import type { LedgerAnswer } from './ask-ledger.ts';
import type { Examination } from './examination.ts';

interface LedgerWordProps {
  readonly answer: LedgerAnswer;
  readonly examination: Examination;
}

export function LedgerWord({ answer, examination }: LedgerWordProps): JSX.Element | null {
  const { t } = useWords();
  // A file that cannot be read holds no header: there is nothing to compare the ledger's word with.
  if (examination.outcome === 'refused') return null;
  const { block } = examination;
  return (
    <section class="panel ledger-word" aria-labelledby="ledger-title">
      <h3 id="ledger-title">{t.verify.ledgerTitle}</h3>
      <LedgerSentence answer={answer} hash={block?.hash ?? null} />
      {block !== null && (
        <p class="small">
          <span class="quiet">{t.verify.hash}</span> <span class="mono">{block.hash}</span>
        </p>
      )}
    </section>
  );
}

function LedgerSentence({
  answer,
  hash,
}: {
  answer: LedgerAnswer;
  hash: string | null;
}): JSX.Element {
  const { t } = useWords();
  const words = t.verify.ledger;
  if (answer.kind === 'none') return <p>{words.none}</p>;
  if (answer.kind === 'waits') return <p>{words.waits}</p>;
  if (answer.kind === 'unreachable') return <p>{words.unreachable(answer.rpc)}</p>;
  if (answer.kind === 'unknown') return <p>{words.unknown(String(answer.block), answer.rpc)}</p>;
  const same = answer.block.hash === hash;
  const say = same ? words.same : words.different;
  return (
    <p class={`said ${same ? 'is-final' : 'is-broken'}`}>
      <Icon name={same ? 'yes' : 'no'} />
      <span>{say(String(answer.block.number), answer.rpc)}</span>
    </p>
  );
}
