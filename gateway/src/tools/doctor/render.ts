/**
 * Findings for a person: one line each, and under what is wrong why it matters and what mends it.
 * @module
 */
import type { FindingStatus } from './check.ts';
import type { Examined } from './examine.ts';

const MARK: Readonly<Record<FindingStatus, string>> = {
  ok: '✓',
  warning: '~',
  fault: '✗',
  skipped: '·',
};
const COLOUR: Readonly<Record<FindingStatus, number>> = {
  ok: 32,
  warning: 33,
  fault: 31,
  skipped: 90,
};

export interface Tally {
  readonly ok: number;
  readonly warning: number;
  readonly fault: number;
  readonly skipped: number;
}

export function renderExamined({ title, findings }: Examined, colour: boolean): string {
  return findings
    .map(({ status, found, why, remedy }) => {
      const mark = paint(MARK[status], COLOUR[status], colour);
      const lines = [`${mark} ${title}: ${found}`];
      if (why !== null) lines.push(`    why it matters  ${why}`);
      if (remedy !== null) lines.push(`    what to do      ${remedy}`);
      return `${lines.join('\n')}\n`;
    })
    .join('');
}

export function renderTally({ ok, warning, fault, skipped }: Tally, colour: boolean): string {
  const told = [
    `${ok} well`,
    ...(warning > 0 ? [paint(`${warning} to look at`, COLOUR.warning, colour)] : []),
    ...(fault > 0 ? [paint(`${fault} wrong`, COLOUR.fault, colour)] : []),
    ...(skipped > 0 ? [`${skipped} not for this box`] : []),
  ];
  const advice =
    fault > 0 ? '\nMend the first one first: the others are often its consequence.' : '';
  return `\n${told.join(', ')}${advice}\n`;
}

function paint(text: string, colour: number, wanted: boolean): string {
  return wanted ? `\u001b[${colour}m${text}\u001b[0m` : text;
}
