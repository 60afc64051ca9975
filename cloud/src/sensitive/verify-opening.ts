/**
 * `sigill verify --opens TWIN EXACT`: both files judged, and whether the exact reading is the one that the twin was
 * sealed of.
 * @module
 */
import {
  type ClaimId,
  type EvidenceFile,
  isOpened,
  judgeOpening,
  type OpeningClaimId,
  type OpeningVerdict,
  type Policy,
  parseEvidence,
  type SeenBlock,
} from '@sigill/evidence';
import { decodeAgain } from '@sigill/firmware-bridge/drivers';
import { formatVerdict } from '../proofs/verdict-text.ts';
import { cellOf } from './cell-of.ts';

const MARKS = { yes: '✓', no: '✗', 'not checked': '?' } as const;
const TITLES: Readonly<Record<OpeningClaimId, string>> = {
  names: 'The twin was sealed of this very reading',
  stream: 'Both are of one device',
  cell: 'The fix lies in the cell',
  period: 'The fix was in the period',
};

export interface Opening {
  readonly verdict: OpeningVerdict;
  readonly isOpened: boolean;
  /** For a terminal. */
  readonly text: string;
}

/** @throws EvidenceError when one of them is no evidence of a reading */
export async function verifyOpening(
  twinText: string,
  exactText: string,
  policy: Policy | null,
  given: {
    readonly waived: readonly ClaimId[];
    readonly colour: boolean;
    readonly blocksFor: (file: EvidenceFile) => Promise<readonly SeenBlock[]>;
  },
): Promise<Opening> {
  const [twin, exact] = [parseEvidence(twinText), parseEvidence(exactText)];
  const blocks = [...(await given.blocksFor(twin)), ...(await given.blocksFor(exact))];
  const verdict = judgeOpening(twin, exact, policy, { blocks, decodeAgain }, cellOf);
  const opened = isOpened(verdict, given.waived);
  return { verdict, isOpened: opened, text: format(verdict, opened, given.colour) };
}

function format(verdict: OpeningVerdict, opened: boolean, colour: boolean): string {
  const claims = verdict.claims.flatMap(({ claim, holds, reason, detail }) => [
    `${MARKS[holds]} ${claim.padEnd(10)} ${TITLES[claim]}`,
    `             ${holds === 'yes' ? detail : `${holds === 'no' ? 'does not hold' : 'not checked'}: ${detail} [${reason}]`}`,
  ]);
  return [
    'THE TWIN',
    formatVerdict(verdict.twin, colour),
    'THE EXACT READING',
    formatVerdict(verdict.exact, colour),
    'THE OPENING',
    ...claims,
    '',
    opened
      ? 'OPENED: the exact reading is the one that the twin was sealed of.'
      : 'NOT OPENED: what is marked above does not hold or was not checked.',
    '',
  ].join('\n');
}
