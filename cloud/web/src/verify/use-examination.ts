/** Fetches the evidence and the policy, judges here, asks the ledger for the block, and judges again with its answer. */
import { useEffect, useState } from 'preact/hooks';
import type { Api, Fetch } from '../api/client.ts';
import { PageError } from '../errors.ts';
import { askLedger, type LedgerAnswer } from './ask-ledger.ts';
import type { Examination, SeenBlock } from './examination.ts';

const RETRY_MS = 1500;

export type Engine = typeof import('./engine.ts');
export type Step = 'fetching' | 'judging' | 'ledger';

export interface Examined {
  readonly engine: Engine;
  readonly file: Uint8Array;
  readonly policy: Uint8Array;
  readonly examination: Examination;
  readonly blocks: readonly SeenBlock[];
  readonly ledger: LedgerAnswer;
}

export interface ExaminationState {
  readonly step: Step | null;
  /** The last complete examination; stays while a newer one is under way. */
  readonly examined: Examined | null;
  readonly error: PageError | null;
}

export interface ExaminationQuestion {
  readonly agent: string;
  readonly seq: number;
  /** The ledger to compare blocks with. */
  readonly rpc: string | null;
  /** Examined again whenever this changes: how far the reading has come. */
  readonly progress: string | null;
  /** While held, nothing is examined again. */
  readonly held: boolean;
}

export function useExamination(api: Api, question: ExaminationQuestion): ExaminationState {
  const { agent, seq, rpc, progress, held } = question;
  const [state, setState] = useState<ExaminationState>({
    step: 'fetching',
    examined: null,
    error: null,
  });

  useEffect(() => {
    if (held) return;
    let current = true;
    let retry: ReturnType<typeof setTimeout> | undefined;
    const tell = (part: Partial<ExaminationState>) =>
      current && setState((before) => ({ ...before, ...part }));
    const run = async () => {
      try {
        const examined = await examineNow(api, fetchHere, { agent, seq, rpc }, (step) =>
          tell({ step }),
        );
        tell({ step: null, examined, error: null });
      } catch (error) {
        tell({ step: null, error: asPageError(error) });
        if (current) retry = setTimeout(run, RETRY_MS);
      }
    };
    void run();
    return () => {
      current = false;
      clearTimeout(retry);
    };
  }, [api, agent, seq, rpc, progress, held]);

  return state;
}

const fetchHere: Fetch = (url, init) => fetch(url, init);

async function examineNow(
  api: Api,
  fetch: Fetch,
  { agent, seq, rpc }: Pick<ExaminationQuestion, 'agent' | 'seq' | 'rpc'>,
  tell: (step: Step) => void,
): Promise<Examined> {
  tell('fetching');
  const [file, policy, engine] = await Promise.all([
    api.evidence(agent, seq),
    api.policy(),
    import('./engine.ts'),
  ]);
  tell('judging');
  await painted();
  const first = engine.examine(file, policy, []);
  tell('ledger');
  const block = first.outcome === 'judged' ? first.block : null;
  const ledger = await askLedger(fetch, rpc, block?.number ?? null);
  const blocks = ledger.kind === 'answered' ? [ledger.block] : [];
  const examination = blocks.length === 0 ? first : engine.examine(file, policy, blocks);
  return { engine, file, policy, examination, blocks, ledger };
}

/** Judging holds the thread for a moment: let the browser show what it is about to do. */
const painted = () => new Promise((resolve) => setTimeout(resolve, 0));

const asPageError = (error: unknown): PageError =>
  error instanceof PageError
    ? error
    : new PageError('SERVER_ANSWER', String(error), { cause: error });
