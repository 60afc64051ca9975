/** Whether whoever anchors this gateway for it still does. */
import { type Check, ok, skipped, warning } from '../check.ts';

// Anchors come every ten minutes, and are final a quarter of an hour later on Ethereum.
const LATE_MS = 3 * 3_600_000;

const notary: Check = {
  id: 'notary',
  title: 'The operator’s notary anchors this gateway',
  async run({ running, now }) {
    if (running?.anchoring?.by !== 'notary')
      return skipped('this gateway anchors itself, or nobody anchors it');
    const { last } = running.anchoring;
    const why = 'what is logged since is sealed and kept all the same, and not on the ledger yet';
    const how = 'Ask the operator whether the notary runs; nothing is to be done here';
    if (last === null) return warning('no final anchor of this log is known here', why, how);
    const minutes = Math.round((now() - last.at) / 60_000);
    const said = `anchor ${last.index} covers ${last.size} batches, ${minutes} min ago`;
    return now() - last.at < LATE_MS ? ok(said) : warning(said, why, how);
  },
};

export const notaryChecks: readonly Check[] = [notary];
