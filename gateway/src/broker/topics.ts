/**
 * Topics and topic filters of MQTT 3.1.1 §4.7: their form, what a grant covers.
 * @module
 */

/** What an agent's messages begin with: no client of the clients file may use it. */
export const AGENT_TOPICS = 'sigill/';
export const upTopic = (agent: string) => `sigill/1/up/${agent}`;
export const downTopic = (agent: string) => `sigill/1/down/${agent}`;

// Deeper than any scheme met in the field; a matcher's work grows with the depth.
const MAX_LEVELS = 32;
const MAX_LENGTH = 1_024;

export function isTopic(text: string): boolean {
  return isWellFormed(text) && !text.includes('+') && !text.includes('#');
}

export function isFilter(text: string): boolean {
  if (!isWellFormed(text)) return false;
  const levels = text.split('/');
  return levels.every((level, index) => {
    if (level === '+') return true;
    if (level === '#') return index === levels.length - 1; // [MQTT-4.7.1-2]
    return !level.includes('+') && !level.includes('#'); // [MQTT-4.7.1-3]
  });
}

function isWellFormed(text: string): boolean {
  // [MQTT-4.7.3-1] [MQTT-4.7.3-2]
  if (text.length === 0 || text.length > MAX_LENGTH || text.includes('\0')) return false;
  return text.split('/').length <= MAX_LEVELS;
}

/** Whether every topic that `wanted` (a filter or a topic) matches is matched by `granted` too; both well formed. */
export function covers(granted: string, wanted: string): boolean {
  // [MQTT-4.7.2-1] A leading wildcard is not for topics of the server's own.
  if (wanted.startsWith('$') && !granted.startsWith('$')) return false;
  const [own, asked] = [granted.split('/'), wanted.split('/')];
  for (const [index, level] of own.entries()) {
    if (level === '#') return true;
    const other = asked[index];
    if (other === undefined || other === '#') return false;
    if (level !== '+' && level !== other) return false;
  }
  return own.length === asked.length;
}
