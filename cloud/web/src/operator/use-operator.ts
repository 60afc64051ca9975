/** What the page shows, kept true: in with the link, the overview again and again, each change followed by a look. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { PageError, type PageErrorCode } from '../errors.ts';
import type { Overview } from './model.ts';
import type { OperatorApi } from './operator-api.ts';

export type OperatorState =
  | { readonly phase: 'entering' }
  | { readonly phase: 'in'; readonly overview: Overview; readonly lost: boolean }
  /** Not in, and why; null: there was no link. */
  | { readonly phase: 'out'; readonly code: PageErrorCode | null };

export interface OperatorActions {
  /** What to show when it failed; null when it is done. */
  change(work: () => Promise<unknown>): Promise<string | null>;
  leave(): void;
}

const LOOK_MS = 2_000;
// The overview of a large fleet is a megabyte.
const LARGE_FLEET = 200;
const LARGE_LOOK_MS = 10_000;

/** @param token of the one-time link, if the address has one */
export function useOperator(
  api: OperatorApi,
  token: string | null,
): [OperatorState, OperatorActions] {
  const [state, setState] = useState<OperatorState>({ phase: 'entering' });
  // A look that was under way when the operator left must not bring them back.
  const left = useRef(false);
  const wait = useRef(LOOK_MS);

  const look = useCallback(async () => {
    try {
      const overview = await api.overview();
      wait.current = overview.slots.length < LARGE_FLEET ? LOOK_MS : LARGE_LOOK_MS;
      if (!left.current) setState({ phase: 'in', overview, lost: false });
    } catch (error) {
      if (isOver(error)) setState({ phase: 'out', code: (error as PageError).code });
      else setState((now) => (now.phase === 'in' ? { ...now, lost: true } : now));
    }
  }, [api]);

  useEffect(() => {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const again = async () => {
      if (!document.hidden && !left.current) await look();
      if (!stopped && !left.current) timer = setTimeout(again, wait.current);
    };
    const begin = async () => {
      try {
        await api.enter(token);
        await again();
      } catch (error) {
        const code = token === null && isOver(error) ? null : codeOf(error);
        setState({ phase: 'out', code });
      }
    };
    void begin();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [api, token, look]);

  return [
    state,
    {
      async change(work) {
        try {
          await work();
          await look();
          return null;
        } catch (error) {
          if (isOver(error)) setState({ phase: 'out', code: codeOf(error) });
          return (error as Error).message;
        }
      },
      leave() {
        left.current = true;
        // Out is said when the cloud has ended the session, or cannot be asked.
        void api
          .leave()
          .catch(() => {})
          .then(() => setState({ phase: 'out', code: null }));
      },
    },
  ];
}

const codeOf = (error: unknown): PageErrorCode =>
  error instanceof PageError ? error.code : 'SERVER_UNREACHABLE';

const isOver = (error: unknown): boolean =>
  error instanceof PageError && (error.code === 'SESSION_OVER' || error.code === 'LINK_INVALID');
