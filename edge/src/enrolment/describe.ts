/** What a box shows of itself to the people who enrol it. */
import { type BoxKeys, boxFingerprint } from '@sigill/evidence';
import { renderUnicodeCompact } from 'uqr';
import type { EnrolmentEvent } from './client.ts';

/** The fingerprint, large enough to read over a telephone, and as a QR code for the operator's camera. */
export function describeBox(keys: BoxKeys): string {
  const fingerprint = boxFingerprint(keys);
  const code = renderUnicodeCompact(fingerprint, { border: 2 });
  return `Fingerprint of this box\n\n  ${fingerprint}\n\n${code}\n`;
}

const UNITS = [
  ['years', 31_557_600_000],
  ['days', 86_400_000],
  ['hours', 3_600_000],
  ['minutes', 60_000],
  ['seconds', 1_000],
] as const;

export function describeEnrolmentEvent(event: EnrolmentEvent): string {
  if (event.what === 'waiting')
    return 'The operator is asked. They compare the fingerprint above with what they see, then approve.\nWaiting; Ctrl-C is safe, and the same command goes on later.';
  if (event.what === 'back') return 'The server answers again.';
  if (event.what === 'away')
    return `${event.reason}. Trying again by itself; check cable, network and address meanwhile.`;
  const [unit, size] = UNITS.find(([, size]) => Math.abs(event.offMs) >= size) ?? UNITS[4];
  const off = `${Math.round(Math.abs(event.offMs) / size)} ${unit} ${event.offMs < 0 ? 'behind' : 'ahead'}`;
  const there = new Date(event.serverTimeMs).toISOString().slice(0, 16).replace('T', ' ');
  return `This box’s clock is ${off}: at the server it is ${there} UTC. Enrolment goes on; readings would carry the wrong time, so let it be set: sudo timedatectl set-ntp true`;
}
