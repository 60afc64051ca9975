import { GatewayError } from '../errors.ts';
import { BEGIN_ANEW } from '../restore/begin-anew.ts';
import type { SiteLog } from '../site-log/site-log.ts';

/**
 * A cloud that knows more of this log than the disk does: the disk is an older copy, and to go on
 * would be a second history of one origin. So the log takes nothing more.
 * @throws GatewayError CLOUD_AHEAD
 */
export function assertNotAhead(log: SiteLog, sizeAtCloud: number): void {
  const { size } = log.head();
  if (sizeAtCloud <= size) return;
  const reason = `the cloud holds ${sizeAtCloud} entries of it, this disk ${size}: it was restored from an older copy; restore the newest copy; else ${BEGIN_ANEW}`;
  log.freeze(reason);
  throw new GatewayError('CLOUD_AHEAD', `the site log is frozen: ${reason}`);
}
