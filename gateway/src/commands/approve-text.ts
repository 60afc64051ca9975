/** What waits at this gateway, and what became of it, for a terminal. */
import { boxFingerprint, nextOrigin, type SlotRecord } from '@sigill/evidence';
import type { AskedGeneration } from '../enrolment/asked-generation.ts';
import type { AskingAgent } from '../enrolment/enrolment-files.ts';
import type { Register } from '../register.ts';

export const fingerprintOfAgent = ({ agentKey }: AskingAgent): string =>
  boxFingerprint({ logKey: null, agentKey });

export interface Waiting {
  /** gateway.yaml, as it was written. */
  readonly file: string;
  readonly register: Register;
  readonly agents: readonly AskingAgent[];
  readonly nextLog: AskedGeneration | null;
}

export function describeWaiting({ file, register, agents, nextLog }: Waiting): string {
  if (agents.length === 0 && nextLog === null)
    return `No agent waits. A code for a new one: npx sigill gateway invite ${file}\n`;
  return [
    ...(nextLog === null ? [] : [describeNextLog(nextLog, register.slot.record, file)]),
    ...(agents.length === 0 ? [] : [describeAgents(agents, file)]),
  ].join('\n');
}

function describeNextLog(
  { keys, askedAt, end }: AskedGeneration,
  record: SlotRecord,
  file: string,
) {
  const { origin, closed } = record;
  const size = closed?.size ?? end?.size;
  const begins = `${nextOrigin(record)} opened`;
  const would =
    closed !== null
      ? `${origin} is closed at ${size} entries; ${begins} would be the rest of it.`
      : `${origin} would be closed, for ever, ${size === undefined ? 'where its cloud holds it' : `at ${size} entries`}, and ${begins}.`;
  return `This gateway wants to begin its next log, asked ${timeOf(askedAt)}:
  ${would}

  ${boxFingerprint(keys)}

Compare the digits with those that sigill gateway new-generation shows on its box, all of them, then:
  npx sigill gateway approve ${file} ${boxFingerprint(keys)} --cause 'what happened'
`;
}

function describeAgents(agents: readonly AskingAgent[], file: string): string {
  const count = agents.length === 1 ? 'One agent waits.' : `${agents.length} agents wait.`;
  const lines = agents.map(
    (agent) =>
      `  ${fingerprintOfAgent(agent)}   ${agent.name}, asked ${timeOf(agent.askedAt)} from ${agent.address}\n`,
  );
  return `${count}

${lines.join('')}
Compare the digits with those on the agent’s own box, all of them, then:
  npx sigill gateway approve ${file} ${fingerprintOfAgent(agents[0]!)}
`;
}

export function describeApprovedGeneration(closed: SlotRecord, first: SlotRecord): string {
  const { size, cause } = closed.closed!;
  return `${closed.origin} is closed, for ever, at ${size} entries (${cause}); ${first.origin} begins in slot ${first.slot}, with ${first.agents.length} agents. The running gateway goes on with it within seconds, and so do all its agents.\n`;
}

function timeOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
