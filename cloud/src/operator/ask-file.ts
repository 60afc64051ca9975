/**
 * What the operator is asked to sign, in a file that travels to a machine without a network: JSON, with all that is needed
 * to look at it there. Nothing in it is believed but what the operator's own records sign.
 * @module
 */
import type { ErasureAsk } from '../erasure/erasure-ask.ts';
import { CloudError } from '../errors.ts';
import type { Overview } from './overview.ts';

export type Ask =
  | { readonly sign: 'erase'; readonly ask: ErasureAsk }
  | { readonly sign: 'approve'; readonly ask: ApprovalAsk }
  | { readonly sign: 'revoke'; readonly ask: RevocationAsk }
  | { readonly sign: 'operator'; readonly ask: OperatorAsk };

export interface ApprovalAsk {
  readonly fingerprint: string;
  readonly origin?: string;
  readonly cause?: string;
  /** The fingerprint of the box that the new one takes over from. */
  readonly succeeds?: string;
  readonly overview: Overview;
}

export interface RevocationAsk {
  readonly fingerprint: string;
  readonly overview: Overview;
}

/** The operator's own next record. */
export interface OperatorAsk {
  readonly witnesses: readonly string[] | null;
  readonly successor: { readonly chainId: number; readonly contract: string } | null;
  readonly chain: readonly string[];
}

const FORMAT = 'sigill-ask@v1';
const KINDS: ReadonlySet<string> = new Set(['erase', 'approve', 'revoke', 'operator']);

export function formatAsk(ask: Ask): string {
  return `${JSON.stringify({ format: FORMAT, ...ask })}\n`;
}

/** @throws CloudError USAGE */
export function parseAsk(text: string, path: string): Ask {
  try {
    const { format, sign, ask } = JSON.parse(text) as {
      format: unknown;
      sign: string;
      ask: unknown;
    };
    if (format === FORMAT && KINDS.has(sign) && typeof ask === 'object' && ask !== null)
      return { sign, ask } as Ask;
  } catch (cause) {
    throw unreadable(path, cause);
  }
  throw unreadable(path);
}

function unreadable(path: string, cause?: unknown): CloudError {
  return new CloudError(
    'USAGE',
    `${path} is no file that asks for a signature; make it anew with --ask`,
    {
      cause,
    },
  );
}
