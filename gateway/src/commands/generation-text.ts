/** A site's next log, for a terminal. */
import { dirname } from 'node:path';
import { describeBox } from '@sigill/edge';
import { boxFingerprint } from '@sigill/evidence';
import type { AskedForGeneration } from '../enrolment/ask-generation.ts';

export interface Whereabouts {
  /** gateway.yaml, as it was written. */
  readonly file: string;
  /** Whether the gateway runs. */
  readonly runs: boolean;
  readonly hasCloud: boolean;
  /** Whether the operator's key lies on this box. */
  readonly hasOperatorKey: boolean;
}

export function describeAskedFor(asked: AskedForGeneration, where: Whereabouts): string {
  const logs = `  closed, for ever   ${asked.closes}\n  begins             ${asked.begins}\n`;
  if (asked.state === 'approved')
    return `The operator has approved this site’s next log.

${logs}
${where.runs ? 'The running gateway goes on with it by itself, and so do all its agents.' : startIt(where)}
`;
  return `${headline(asked)}

${logs}
${describeBox(asked.keys)}
Next
  1. ${where.runs ? `Leave the gateway running${where.hasCloud ? ': it brings this to its cloud within seconds' : ''}.` : startIt(where)}
  2. ${whoApproves(asked, where)}
  3. Nothing more: the gateway goes on by itself where the closed log ends, and so do all its agents.
     npx sigill status ${where.file} shows when.

The new key is ${asked.keyFile}; keep a copy with your copy of ${dirname(asked.keyFile)}.
`;
}

function headline({ state, askedAt, refusedBefore }: AskedForGeneration): string {
  const at = new Date(askedAt).toISOString().slice(0, 16).replace('T', ' ');
  if (state === 'waiting')
    return `This site’s next log was asked for already, ${at} UTC; these are the same digits.`;
  if (refusedBefore !== null)
    return `This site’s next log is asked for again. The operator had refused: ${refusedBefore}`;
  return 'This site’s next log is asked for.';
}

function startIt({ file }: Whereabouts): string {
  return `No gateway runs here: sudo systemctl start sigill, or npx sigill gateway run ${file}. It brings this where it belongs.`;
}

function whoApproves(
  { keys }: AskedForGeneration,
  { file, hasCloud, hasOperatorKey }: Whereabouts,
) {
  const here = `npx sigill gateway approve ${file} ${boxFingerprint(keys)}`;
  if (hasOperatorKey) return `The operator’s key is on this box; approve it here:\n     ${here}`;
  if (!hasCloud)
    return `The operator approves it with their key on this box:\n     ${here} --key FILE`;
  return 'Read the 16 digits to the operator, who compares and approves them: sigill cloud approve, or their page.';
}
