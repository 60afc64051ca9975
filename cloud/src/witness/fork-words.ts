/** What an operator reads of a log with two histories. */
import type { ForkFile } from '@sigill/evidence';
import { parseCheckpoint, parseNote } from '@sigill/evidence';

/** Both heads are signed with the log's key, and cannot both be true. */
export function describeFork({ log, notes, beginning }: ForkFile): string {
  const [one, other] = notes.map(headOf) as [Head, Head];
  const how =
    beginning === null
      ? `at ${one.size} entries it has the root ${one.root} in one and ${other.root} in the other`
      : `one has the root ${one.root} at ${one.size} entries, and the one of ${other.size} entries began otherwise`;
  return `two histories of ${log.name} are signed with its log key: ${how}. Two boxes run with one key: a card was copied, a box was restored beside its original, or the key was stolen. Nobody can tell by the heads which is right. Find the second box and switch it off; then close this log and go on in its next one, with a new key (sigill gateway new-generation at the box that stays). The proof is kept: /api/v1/forks has it, and sigill witness prove-fork checks it`;
}

/** A head came that was not shown to continue the one cosigned. */
export function describeDoubt({ log, notes }: ForkFile): string {
  const [before, came] = notes.map(headOf) as [Head, Head];
  return `${log.name} was cosigned at ${before.size} entries, and a head of ${came.size} entries that its key signed was not shown to continue it. That proves nothing yet: whoever sent it may have sent a wrong path. If it comes again, a second box may run with a copy of this gateway’s key; when more of the log is here it is either settled or proven`;
}

interface Head {
  readonly size: number;
  readonly root: string;
}

function headOf(note: string): Head {
  const { text } = parseNote(note);
  return { size: parseCheckpoint(text).size, root: String(text.split('\n')[2]) };
}
