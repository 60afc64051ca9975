/**
 * What changes at once when the operator's next record is taken up: who is in, who is out.
 * @module
 */
import { agentId, type RegisteredAgent, type SlotRecord, toHex } from '@sigill/evidence';
import type { Conflicts } from './admission/conflicts.ts';
import type { Tell } from './events.ts';
import type { Register } from './register.ts';
import { whyClosed } from './restore/begin-anew.ts';
import type { SiteLog } from './site-log/site-log.ts';

export interface TakeUpParts {
  readonly log: SiteLog;
  readonly conflicts: Conflicts;
  readonly tell: Tell;
  /** Cuts an agent from the broker; it comes back and is told where it stands, if it is in. */
  readonly cut: (agent: string) => void;
  readonly send: (records: readonly Uint8Array[]) => void;
}

/** @returns to be called after each change */
export function createTakeUp(parts: TakeUpParts): (now: Register, before: Register) => void {
  const { conflicts, tell } = parts;

  return (now, before) => {
    const { record } = now.slot;
    // The next log, which is known and not yet in force, or begins: then all of this begins anew.
    if (now === before || record.slot !== before.slot.record.slot) return;
    const letIn = conflicts
      .list(before.slot.record.rev)
      .filter(({ agent }) => conflicts.of(agent) === null)
      .map(({ agent }) => toHex(agent));
    const text = `the operator's record of slot ${record.slot} is in force in its revision ${record.rev}`;
    tell({ level: 'info', what: 'record', text, facts: { slot: record.slot, rev: record.rev } });
    for (const agent of record.agents) {
      const was = before.slot.record.agents.find(({ key }) => toHex(key) === toHex(agent.key));
      tellChange(agent, was, letIn.includes(nameOf(agent)));
    }
    if (record.closed !== null && before.slot.record.closed === null) close(record);
    parts.send([now.cose[1]]);
  };

  function tellChange(agent: RegisteredAgent, was: RegisteredAgent | undefined, isLetIn: boolean) {
    const name = nameOf(agent);
    const say = (what: string, text: string) =>
      tell({ level: 'info', what, text, facts: { agent: name } });
    if (was === undefined) say('agent-added', `agent ${name} is in the record and may send`);
    else if (was.state === 'active' && agent.state === 'revoked') {
      say('agent-revoked', `the operator took the key of agent ${name} out: it is cut off`);
      parts.cut(name);
    } else if (isLetIn && agent.state === 'active') {
      say(
        'agent-let-in',
        `the operator let agent ${name} in again: it goes on behind the site log`,
      );
      parts.cut(name);
    }
  }

  function close(record: SlotRecord): void {
    const text = whyClosed(record);
    parts.log.freeze(text);
    tell({ level: 'alarm', what: 'SITE_LOG_FROZEN', text });
  }
}

function nameOf({ key }: RegisteredAgent): string {
  return toHex(agentId(key));
}
