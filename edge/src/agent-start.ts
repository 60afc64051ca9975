import type { AgentParts } from './agent-parts.ts';
import type { AgentRun } from './agent-run.ts';
import { EdgeError } from './errors.ts';
import { askInTime, type GatewayHead } from './gateway-head.ts';
import { silentLog } from './log.ts';

export interface FirstOpening {
  readonly run: AgentRun;
  /** What the gateway said; null where it was not asked, or did not answer. */
  readonly head: GatewayHead | null;
  /** Where a damaged journal lies now. */
  readonly damagedJournal: string | null;
}

type Open = (head: GatewayHead | null) => Promise<AgentRun>;

/**
 * The first opening of the journal in this process, after the gateway was asked where the agent's numbers stand: a card
 * may have been restored or have lost its end. Unanswered, the agent goes on from its journal; with no journal to go on
 * from it does not begin, because its key may have numbers in use.
 * @throws EdgeError HEAD_NEEDED, and what opening throws
 */
export async function openFirst(parts: AgentParts, open: Open): Promise<FirstOpening> {
  const { askHead, damage, timers, log = silentLog } = parts;
  if (askHead === undefined) return { run: await open(null), head: null, damagedJournal: null };
  const head = await askInTime(askHead, timers, log);
  try {
    if (damage !== undefined) throw new EdgeError('JOURNAL_CORRUPT', damage);
    const run = await open(head);
    await assertKnown(run, head);
    return { run, head, damagedJournal: null };
  } catch (error) {
    if (!(error instanceof EdgeError) || error.code !== 'JOURNAL_CORRUPT') throw error;
    if (head?.state !== 'open') throw damaged(error, head);
    const damagedJournal = await setJournalAside(parts);
    log.error(
      { reason: error.message, damagedJournal },
      'the journal is damaged and was set aside; the agent goes on after what its gateway holds',
    );
    return { run: await open(head), head, damagedJournal };
  }
}

async function assertKnown(run: AgentRun, head: GatewayHead | null): Promise<void> {
  if (head !== null || run.state.nextSeq > 0) return;
  await run.close();
  throw new EdgeError(
    'HEAD_NEEDED',
    'this box has no journal yet, and its gateway did not say whether its key has numbers in use; nothing is recorded until it has. Check the cable and the way to the gateway; it is tried again by itself',
    { retryable: true },
  );
}

function damaged(cause: EdgeError, head: GatewayHead | null): EdgeError {
  const why =
    head === null
      ? 'its gateway did not answer. Mend the way to the gateway; it is tried again by itself'
      : `its gateway says that this key is ${head.state}. ${head.detail ?? ''}`;
  return new EdgeError(
    'JOURNAL_CORRUPT',
    `${cause.message}. The agent can go on without this journal only after its gateway's head, and ${why}`,
    { cause, retryable: head === null },
  );
}

/** The whole directory at once, so that no crash leaves half a journal that could be taken for one. */
async function setJournalAside({ disk, directory, clock }: AgentParts): Promise<string> {
  const time = new Date(clock.nowMs()).toISOString().replaceAll(':', '-');
  const path = `${directory}-damaged-${time}`;
  await disk.rename(directory, path);
  return path;
}
