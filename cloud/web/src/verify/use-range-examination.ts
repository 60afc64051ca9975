/** Fetches the evidence of a range and the policy, judges here, asks the ledger for the block, and judges with its answer. */
import { useEffect, useState } from 'preact/hooks';
import type { Api, Fetch } from '../api/client.ts';
import { fetchRange, type RangeQuestion, rangePath } from '../completeness/ask.ts';
import { PageError } from '../errors.ts';
import { askLedger, type LedgerAnswer } from './ask-ledger.ts';
import { judgeRangeBeside } from './judge-range.ts';
import type { RangeExamination } from './range-examination.ts';

export interface RangeExamined {
  readonly file: Uint8Array;
  readonly policy: Uint8Array;
  readonly examination: RangeExamination;
  readonly ledger: LedgerAnswer;
}

export interface RangeProgress {
  readonly step: 'fetching' | 'reading' | 'ledger' | 'judging';
  /** Come so far. */
  readonly bytes: number;
}

export type RangeExaminationState =
  | { readonly kind: 'busy'; readonly progress: RangeProgress }
  | { readonly kind: 'failed'; readonly error: PageError }
  | { readonly kind: 'done'; readonly examined: RangeExamined };

const START: RangeExaminationState = { kind: 'busy', progress: { step: 'fetching', bytes: 0 } };

export function useRangeExamination(
  api: Api,
  question: RangeQuestion,
  rpc: string | null,
): RangeExaminationState {
  const [state, setState] = useState<RangeExaminationState>(START);
  useEffect(() => {
    const stop = new AbortController();
    const tell = (next: RangeExaminationState) => {
      if (!stop.signal.aborted) setState(next);
    };
    tell(START);
    examineRangeNow(api, fetchHere, question, rpc, stop.signal, (progress) =>
      tell({ kind: 'busy', progress }),
    ).then(
      (examined) => tell({ kind: 'done', examined }),
      (error: unknown) => tell({ kind: 'failed', error: asPageError(error) }),
    );
    return () => stop.abort();
  }, [api, rangePath(question), rpc]);
  return state;
}

const fetchHere: Fetch = (url, init) => fetch(url, init);

async function examineRangeNow(
  api: Api,
  fetch: Fetch,
  question: RangeQuestion,
  rpc: string | null,
  signal: AbortSignal,
  tell: (progress: RangeProgress) => void,
): Promise<RangeExamined> {
  const [file, policy] = await Promise.all([
    fetchRange(
      (url, init) => fetch(url, { ...init, signal }),
      question,
      (bytes) => tell({ step: 'fetching', bytes }),
    ),
    api.policy(),
  ]);
  const bytes = file.length;
  tell({ step: 'reading', bytes });
  let ledger: LedgerAnswer = { kind: 'none' };
  const findBlock = async (number: number | null) => {
    tell({ step: 'ledger', bytes });
    ledger = await askLedger(fetch, rpc, number);
    tell({ step: 'judging', bytes });
    return ledger.kind === 'answered' ? [ledger.block] : [];
  };
  const examination = await judgeRangeBeside({ file, policy }, findBlock, signal);
  return { file, policy, examination, ledger };
}

const asPageError = (error: unknown): PageError =>
  error instanceof PageError
    ? error
    : new PageError('SERVER_ANSWER', String(error), { cause: error });
