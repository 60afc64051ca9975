/** A roll-call whole, for a notary that lost its disk or takes over from a gateway that anchored itself. */
import type { CalledSlot, LedgerPolicy } from '@sigill/evidence';
import { anchorAt } from '../database/anchors.ts';
import type { Database } from '../database/database.ts';
import { calledSlots } from '../database/roll-calls.ts';
import { missingAnchors } from './anchor-bundle.ts';
import { anchorTree } from './tree-names.ts';

export interface GiveSlotsParts {
  readonly database: Database;
  readonly ledger: LedgerPolicy | null;
}

/** @throws CloudError ANCHORS_MISSING */
export function giveSlots(
  { database, ledger }: GiveSlotsParts,
  number: number,
): Promise<CalledSlot[]> {
  return database.read(async (sql) => {
    if (ledger === null) throw missingAnchors(0, number);
    const log = anchorTree(ledger.chainId, ledger.contract);
    const anchor = await anchorAt(sql, log, number);
    if (anchor === null) throw missingAnchors(0, number);
    return calledSlots(sql, log, number, 0, anchor.slots);
  });
}
