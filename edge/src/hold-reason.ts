import type { HeadVerdict } from './head-verdict.ts';
import type { LinkState } from './link/messages.ts';

// Refusals of a batch that say that nothing more is taken from this key.
const OUT: Readonly<Record<string, LinkState>> = {
  BATCH_CONFLICT: 'quarantined',
  AGENT_QUARANTINED: 'quarantined',
  AGENT_REVOKED: 'revoked',
};

/** The refusal of a batch that a closed log took: it is settled, and has no receipt. */
export const INHERITED = 'BATCH_INHERITED';

/** As `holdReason`, from the code with which a batch was refused. */
export function holdReasonOf(code: string, message: string): string | null {
  return holdReason(OUT[code] ?? 'open', message);
}

export const SENT_AGAIN =
  'the gateway’s log continues one that was closed before it had all that this box has receipts for; what it lacks is still on this card, and is sent again';

/** Why an agent seals nothing whose batches its gateway lost, when its journal has them no more; null where that is not so. */
export function lostReason(verdict: HeadVerdict | null): string | null {
  if (verdict?.kind !== 'lost') return null;
  const { fromBatch, toBatch } = verdict;
  const which = fromBatch === toBatch ? `batch ${fromBatch}` : `batches ${fromBatch} to ${toBatch}`;
  return `${which} of this box went with its gateway’s card: the gateway had given a receipt, the cloud never got them, and this card holds them no more. The gateway’s new log cannot take what comes after them. Readings are kept on this card, nothing is sealed. Enrol the box anew in a new folder, with a new key (sigill agent init, sigill agent enroll; a gateway: sigill gateway init, sigill gateway enroll), and ask the operator to revoke the old one.`;
}

/** Why an agent in this state seals nothing, and what the person before the box does about it; null: it goes on. */
export function holdReason(state: LinkState, detail: string): string | null {
  const said = detail === '' ? '' : ` The gateway says: ${detail}`;
  if (state === 'quarantined') {
    return `this card was copied, or restored while the original ran on: its key signed two histories, and the gateway takes nothing more from it. Readings are kept on this card, nothing is sealed. Look for a second box with this card and switch it off; then enrol this one with a new key (sigill agent init in a new folder, sigill agent enroll) and ask the operator to revoke the old one.${said}`;
  }
  if (state === 'revoked') {
    return `the operator revoked this box's key, and the gateway takes nothing more from it. Readings are kept on this card, nothing is sealed. Ask the operator why; to go on, enrol the box with a new key (sigill agent init in a new folder, sigill agent enroll).${said}`;
  }
  return null;
}
