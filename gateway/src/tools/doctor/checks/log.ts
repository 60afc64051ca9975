/** What becomes of sealed batches: whether the site log takes them, gives receipts, and brings them to the cloud. */
import { type Check, fault, ok, skipped, warning } from '../check.ts';

const siteLog: Check = {
  id: 'site-log',
  title: 'The site log grows',
  async run({ running, config }) {
    if (running?.closedFor === undefined) return skipped('nothing runs that has a site log');
    const { closedFor, nextLog, record, origin } = running;
    const { generation = 1 } = record ?? {};
    const why = 'nothing new gets a receipt: readings wait in the journals while these have room';
    if (nextLog?.state === 'signed')
      return warning(
        nextLog.text,
        why,
        'Nothing, if it is done within minutes; else sigill status',
      );
    if (nextLog != null)
      return fault(nextLog.text, why, REMEDIES[nextLog.state] ?? 'Do what the sentence says');
    if (closedFor === null)
      return ok(generation > 1 ? `${origin}, generation ${generation} of this site` : 'it grows');
    if (record?.closed == null && !closedFor.includes('new-generation'))
      return warning(closedFor, why, 'Do what the sentence says; what waits goes on by itself');
    return fault(
      `this log can grow no more: ${closedFor}`,
      why,
      `npx sigill gateway new-generation ${config?.file ?? 'gateway.yaml'}`,
    );
  },
};

const REMEDIES: Readonly<Record<string, string>> = {
  waiting:
    'Read the digits to the operator; they approve with sigill cloud approve or on their page',
  refused: 'Talk to the operator, then: npx sigill gateway new-generation gateway.yaml',
  elsewhere: 'Find out with the operator which box this site runs on',
};

const receipts: Check = {
  id: 'receipts',
  title: 'The site log gives receipts',
  async run({ running }) {
    const position = running?.agent?.position;
    if (position?.sealedBefore === undefined || position.receiptedBefore === undefined) {
      return skipped('nothing runs');
    }
    const waiting = position.sealedBefore - position.receiptedBefore;
    const found = `${position.receiptedBefore} batches have their receipt, ${waiting} wait`;
    // A batch closes each ten seconds: so many wait after some minutes.
    if (waiting < 30) return ok(found);
    return warning(
      found,
      'without receipts nothing can be forgotten, and the journal fills',
      'On a box of its own: is its gateway reachable? On a gateway: sigill status tells why its log takes nothing',
    );
  },
};

const cloud: Check = {
  id: 'cloud-receipt',
  title: 'The cloud has what was sealed',
  async run({ running }) {
    const told = running?.cloud;
    if (told === undefined) return skipped('nothing runs that has a cloud');
    if (told === 'none') return skipped('no cloud is configured');
    const behind = (running?.logSize ?? 0) - (told.receipted ?? 0);
    const found = `the cloud answers for ${told.receipted ?? 0} of ${running?.logSize ?? 0} batches`;
    if (told.lastError != null) {
      return fault(
        `${found}; ${told.lastError}`,
        'readings wait here, sealed',
        'Do what the sentence says; it is tried again by itself',
      );
    }
    if (behind < 60) return ok(found);
    return warning(
      found,
      'the rest exists on this card alone',
      'It catches up by itself; sigill status shows the pace',
    );
  },
};

const quarantine: Check = {
  id: 'quarantine',
  title: 'No key has signed two histories',
  async run({ running }) {
    const out = running?.quarantined;
    if (out === undefined) return skipped('nothing runs that takes in batches');
    if (out.length === 0) return ok('no agent is put out');
    return fault(
      out.map(({ technician }) => technician).join(' '),
      'what such a box seals is not taken until the operator has looked; it reads on and keeps it',
      'Find out whether a second box runs with that card; tell the operator, who revokes it or lets it in again',
    );
  },
};

export const logChecks: readonly Check[] = [siteLog, receipts, cloud, quarantine];
