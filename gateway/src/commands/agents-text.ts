/** Agents that wait at this gateway, for a terminal. */
import { boxFingerprint } from '@sigill/evidence';
import type { AskingAgent } from '../enrolment/enrolment-files.ts';

export const fingerprintOfAgent = ({ agentKey }: AskingAgent): string =>
  boxFingerprint({ logKey: null, agentKey });

export function describeAsking(waiting: readonly AskingAgent[], file: string): string {
  const [first] = waiting;
  if (first === undefined)
    return `No agent waits. A code for a new one: npx sigill gateway invite ${file}\n`;
  const count = waiting.length === 1 ? 'One agent waits.' : `${waiting.length} agents wait.`;
  const lines = waiting.map((agent) => {
    const asked = new Date(agent.askedAt).toISOString().slice(0, 16).replace('T', ' ');
    return `  ${fingerprintOfAgent(agent)}   ${agent.name}, asked ${asked} UTC from ${agent.address}\n`;
  });
  return `${count}

${lines.join('')}
Compare the digits with those on the agent’s own box, all of them, then:
  npx sigill gateway approve ${file} ${fingerprintOfAgent(first)}
`;
}
