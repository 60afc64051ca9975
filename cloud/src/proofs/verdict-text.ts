/**
 * A verdict as a person reads it in a terminal, with the words of the dashboards' catalogue.
 * @module
 */
import {
  type Claim,
  formatValue,
  LIMIT,
  type RangeVerdict,
  type Reading,
  type Verdict,
} from '@sigill/evidence';
import { claims as words } from '../../web/src/strings/claims-en.ts';
import { formatRangeHead } from './range-text.ts';

const MARKS = { yes: '✓', no: '✗', 'not checked': '?' } as const;
const COLOURS = { yes: 32, no: 31, 'not checked': 33 } as const;

const TRUST_WORDS: Readonly<Record<Claim['trust'][number], string>> = {
  agent: 'the agent’s host and key',
  operator: 'the operator, who enrols gateways',
  gateway: 'the gateway, whose key signs its log',
  witnesses: 'the witnesses your policy names',
  'own-witnesses': 'nobody but the operator: these witnesses are its own',
  ledger: 'the ledger’s finality',
  'header-source': 'whoever gave the block header',
};

/** @param colour whether the terminal shows colour; the marks tell the same without it */
export function formatVerdict(verdict: Verdict | RangeVerdict, colour: boolean): string {
  const { claims } = verdict;
  const lines =
    verdict.kind === 'reading' ? formatReading(verdict.reading) : formatRangeHead(verdict);
  lines.push('', 'Claims', ...claims.flatMap((claim) => formatClaim(claim, colour)), '');
  lines.push(summaryOf(claims), `Not proven by any evidence: ${LIMIT}`, '');
  return lines.join('\n');
}

function formatReading(reading: Reading | null): string[] {
  if (reading === null) return ['The bytes are no reading.'];
  const rows = reading.fields.map(({ name, value, unit, code }) => [
    name,
    `${formatValue(value)}${unit === null ? '' : ` ${unit}`}`,
    code ?? '',
  ]);
  const width = (column: number) => Math.max(0, ...rows.map((row) => row[column]!.length));
  const device = reading.device === '' ? '' : `, device ${reading.device}`;
  return [
    `What the file says was read: source ${reading.source}${device}`,
    `  ${reading.kind}, reading ${reading.n} of its stream, at ${new Date(reading.time).toISOString()} by the agent’s clock`,
    ...rows.map(([name, value, code]) =>
      `  ${name!.padEnd(width(0))}  ${value!.padEnd(width(1))}  ${code}`.trimEnd(),
    ),
  ];
}

function formatClaim(claim: Claim, colour: boolean): string[] {
  const mark = MARKS[claim.holds];
  const shown = colour ? `\u001b[${COLOURS[claim.holds]}m${mark}\u001b[0m` : mark;
  const head = `${shown} ${claim.claim.padEnd(10)} ${words[claim.claim]?.title ?? claim.claim}`;
  if (claim.holds !== 'yes') {
    const what = claim.holds === 'no' ? 'does not hold' : 'not checked';
    return [head, `             ${what}: ${claim.detail} [${claim.reason}]`];
  }
  const trust = claim.trust.map((whom) => TRUST_WORDS[whom]).join('; ');
  return [
    head,
    `             proved by ${claim.provenBy}`,
    `             trusting ${trust === '' ? 'nobody: it is arithmetic' : trust}`,
  ];
}

function summaryOf(claims: readonly Claim[]): string {
  const named = (holds: Claim['holds']) =>
    claims.filter((claim) => claim.holds === holds).map(({ claim }) => claim);
  const [yes, no, open] = [named('yes'), named('no'), named('not checked')];
  const parts = [`${yes.length} of ${claims.length} claims hold`];
  if (no.length > 0) parts.push(`NOT HOLDING: ${no.join(', ')}`);
  if (open.length > 0) parts.push(`not checked: ${open.join(', ')}`);
  return `${parts.join('; ')}.`;
}
