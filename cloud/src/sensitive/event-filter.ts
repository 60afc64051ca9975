/** What of the live events one client may be told. */
import type { Sight } from './guard.ts';

const READING = /^id: [^\n]*\nevent: reading\ndata: (.*)\n\n$/s;

/** @param sight asked anew for each event: an operator's session ends while the line stays */
export function seenEvent(text: string, sight: () => Sight): boolean {
  const [, data] = READING.exec(text) ?? [];
  if (data === undefined) return true;
  const { agent, source } = JSON.parse(data) as { agent: string; source: string };
  return sight()({ agent, source });
}
