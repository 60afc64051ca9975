import type { Disk } from '../journal/disk.ts';
import type { Log } from '../log.ts';
import { type LogWitness, openLogWitness } from '../uplink/log-witness.ts';
import type { SiteLogName } from '../uplink/receipt-check.ts';
import type { SiteRecords } from './site-records.ts';

/** The log that takes what this box seals, and the watch over it. */
export interface LogInForce {
  readonly siteLog: SiteLogName;
  readonly witness: LogWitness;
}

/** As the newest record has it; the watch over a log that continues another begins with nothing. */
export async function openLogInForce(
  { siteLog, earlier }: SiteRecords,
  disk: Disk,
  directory: string,
  log: Log,
): Promise<LogInForce> {
  return { siteLog, witness: await openLogWitness({ disk, directory, siteLog, earlier, log }) };
}

/** Keeps what holds of the records that the gateway sends, and says what they bring. */
export function takeRecords(records: SiteRecords, newer: readonly Uint8Array[], log: Log): void {
  const before = records.siteLog.origin;
  try {
    const taken = records.take(newer);
    const { slot, rev, origin } = records.slot.record;
    if (taken === 'newer records')
      log.info({ slot, rev }, 'the operator’s newest record of this site is kept');
    if (taken === 'next log')
      log.info(
        { slot, rev },
        `the operator closed the gateway’s log ${before}; from here on this box seals for ${origin}, which continues it. There is nothing to do here`,
      );
  } catch (error) {
    log.warn({ reason: String(error) }, 'records that the gateway sent do not hold');
  }
}
