/** What `sigill cloud approve` signs, and how it is told. All that counts is checked here again: the cloud is not asked whether it is right. */
import {
  type BoxKeys,
  boxesOf,
  boxFingerprint,
  fromBase64,
  openEnrolmentRequest,
} from '@sigill/evidence';
import { CloudError } from '../errors.ts';
import { signGeneration, USUAL_CAUSE } from '../operator/next-generation.ts';
import type { Overview, WaitingBox } from '../operator/overview.ts';
import {
  approvalOf,
  type BoxToApprove,
  confirmationOf,
  parseFingerprint,
  successionOf,
} from '../operator/records.ts';
import { openRegisterView } from '../operator/register-view.ts';
import { type OperatorPen, openOperatorPen } from '../operator/sign-record.ts';
import { headsIn, lastHeaderOf } from '../operator/slot-views.ts';
import type { SignersCloud } from './signer.ts';

export interface Signing {
  readonly client: Pick<SignersCloud, 'bring'>;
  readonly overview: Overview;
  readonly keyFile: string;
}

export interface LetIn {
  /** For programs. */
  readonly facts: object;
  /** For people. */
  readonly text: string;
}

export interface LetInOptions {
  readonly origin?: string;
  readonly cause?: string;
  /** The fingerprint of the agent that the new one takes over from. */
  readonly succeeds?: string;
}

export async function letIn(
  signing: Signing,
  box: WaitingBox,
  { origin, cause, succeeds }: LetInOptions,
): Promise<LetIn> {
  const pen = await openOperatorPen(signing.keyFile);
  const { kind, ...keys } = openEnrolmentRequest(fromBase64(box.request));
  if (boxFingerprint(keys) !== box.fingerprint) {
    throw new CloudError(
      'BOX_UNKNOWN',
      `the cloud shows ${box.fingerprint} for a request of ${boxFingerprint(keys)}; nothing was signed`,
    );
  }
  if (kind === 'generation') {
    if (origin !== undefined)
      throw new CloudError('USAGE', `--origin: a next log is called after the one it goes on from`);
    return goOn(signing, box, keys, cause ?? USUAL_CAUSE, pen);
  }
  if (cause !== undefined)
    throw new CloudError('USAGE', `--cause: ${box.name} closes no log, it asks to be let in`);
  const slots = openRegisterView(signing.overview, pen);
  const asked = { ...keys, kind, gateway: box.gateway };
  if (succeeds !== undefined) return takeOver(signing, box, asked, succeeds, pen);
  const record = approvalOf(asked, slots, origin ?? box.origin);
  const files = await signing.client.bring(await pen.sign(record));
  const { slot, rev, origin: log } = record;
  const text =
    kind === 'agent'
      ? `${box.name} is an agent of ${log} now; its gateway fetches the record within a minute.`
      : `${box.name} is in: slot ${slot}, origin ${log}. The box fetches its records by itself.`;
  const facts = { approved: box.fingerprint, slot, rev, origin: log };
  return { facts, text: `${text}${whereTo(files)}` };
}

async function takeOver(
  { client, overview }: Signing,
  box: WaitingBox,
  asked: BoxToApprove,
  written: string,
  pen: OperatorPen,
): Promise<LetIn> {
  const fingerprint = parseFingerprint(written);
  const lastHeaderHash = lastHeaderOf(overview.slots, fingerprint);
  const slots = openRegisterView(overview, pen);
  const record = successionOf(asked, slots, { fingerprint, lastHeaderHash });
  const files = await client.bring(await pen.sign(record));
  const { slot, rev, origin } = record;
  const text = `${box.name} is an agent of ${origin} in the place of ${fingerprint}, which is revoked, for ever: what it sealed up to the last header held here stays proven.`;
  const facts = { approved: box.fingerprint, succeeds: fingerprint, slot, rev, origin };
  return { facts, text: `${text}${whereTo(files)}` };
}

async function goOn(
  { client, overview }: Signing,
  box: WaitingBox,
  keys: BoxKeys,
  cause: string,
  pen: OperatorPen,
): Promise<LetIn> {
  const slots = openRegisterView(overview, pen);
  const ending = { headOf: headsIn(overview.slots), cause };
  const signed = await signGeneration({ ...keys, gateway: box.gateway }, slots, ending, pen);
  const { records, closed, next } = signed;
  const files = await client.bring(...records);
  const end = { origin: closed.origin, size: closed.closed.size, cause: closed.closed.cause };
  const { slot, rev, origin } = next;
  const text = `${end.origin} is closed, for ever, at ${end.size} entries (${end.cause}). ${box.name} goes on as ${origin}, slot ${slot}: it takes up both records by itself, and so do all its agents.`;
  const facts = { approved: box.fingerprint, slot, rev, origin, closed: end };
  return { facts, text: `${text}${whereTo(files)}` };
}

/** For a box that is in already: its gateway may have put its key out until the operator has looked. */
export async function stayIn(
  { client, overview, keyFile }: Signing,
  fingerprint: string,
): Promise<LetIn> {
  const pen = await openOperatorPen(keyFile);
  const slots = openRegisterView(overview, pen);
  const isIn = slots.flatMap(boxesOf).some((box) => box.fingerprint === fingerprint);
  if (!isIn) throw unknownBox(fingerprint, overview);
  const record = confirmationOf(fingerprint, slots);
  const files = await client.bring(await pen.sign(record));
  const { slot, rev, origin } = record;
  const text = `This box was in already and stays in: the record of ${origin} is signed anew, revision ${rev}. If its gateway had put its key out, it is let in again within a minute; restart the box, which goes on behind what the gateway holds.`;
  const facts = { confirmed: fingerprint, slot, rev, origin };
  return { facts, text: `${text}${whereTo(files)}` };
}

export function unknownBox(fingerprint: string, { waiting }: Overview): CloudError {
  const there = waiting.map((box) => `${box.fingerprint} (${box.name})`).join(', ') || 'nobody';
  return new CloudError(
    'BOX_UNKNOWN',
    `no box with the fingerprint ${fingerprint} waits; there waits: ${there}`,
  );
}

/** Signed on a machine without a network: it counts when it was brought. */
function whereTo(files: readonly string[]): string {
  if (files.length === 0) return '';
  return files.length === 1
    ? `\nAll this from when ${files[0]} was brought to the operator’s page.`
    : `\nAll this from when both ${files.join(' and ')} were brought to the operator’s page; it takes them together.`;
}
