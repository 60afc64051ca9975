/** What `sigill cloud revoke` signs, and how it is told. */
import { revocationOf } from '../operator/records.ts';
import { openRegisterView } from '../operator/register-view.ts';
import { openOperatorPen } from '../operator/sign-record.ts';
import { headsIn } from '../operator/slot-views.ts';
import type { LetIn, Signing } from './let-in.ts';

export async function putOut(
  { client, overview, keyFile }: Signing,
  fingerprint: string,
): Promise<LetIn> {
  const pen = await openOperatorPen(keyFile);
  const slots = openRegisterView(overview, pen);
  const record = revocationOf(fingerprint, slots, headsIn(overview.slots));
  const [written] = await client.bring(await pen.sign(record));
  const { slot, rev, origin, closed } = record;
  const state = closed === null ? 'open' : 'closed';
  const text =
    state === 'closed'
      ? `${origin} is closed and its box revoked, for ever.`
      : `The agent ${fingerprint} of ${origin} is revoked, for ever.`;
  const when =
    written === undefined ? '' : `\nFrom when ${written} was brought to the operator’s page.`;
  return { facts: { revoked: fingerprint, slot, rev, origin, state }, text: `${text}${when}` };
}
