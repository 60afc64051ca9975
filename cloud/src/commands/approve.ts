/** `sigill cloud approve` */
import {
  boxesOf,
  boxFingerprint,
  fromBase64,
  openEnrolmentRequest,
  type SlotRecord,
} from '@sigill/evidence';
import type { Command, CommandIo } from '../command.ts';
import { CloudError } from '../errors.ts';
import type { Overview, WaitingBox } from '../operator/overview.ts';
import { approvalOf, confirmationOf, parseFingerprint } from '../operator/records.ts';
import { openRegisterView } from '../operator/register-view.ts';
import { openOperatorPen } from '../operator/sign-record.ts';
import { asCommand, readArguments } from './arguments.ts';
import { enterAsSigner, type SignersCloud } from './signer.ts';
import { describeWaiting } from './waiting-text.ts';

const help = `
Usage: npx sigill cloud approve FILE [FINGERPRINT] [--origin ORIGIN] [--key FILE]
       npx sigill cloud approve --cloud URL --link LINK --key FILE [FINGERPRINT] [--origin ORIGIN]
       npx sigill cloud approve --from FILE -o RECORD --key FILE FINGERPRINT [--origin ORIGIN]

Without a fingerprint: lists the boxes that wait. With one: signs the record that lets this box in and
brings it to the running cloud, where it counts at once. A box that is in already, and whose key its
gateway put out since it signed two histories, is let in again. Compare all 16 digits with those the box
itself shows; they stand for its keys, and nothing else does.

In the second form the operator’s key is on another machine than the cloud, and stays there; LINK is
from: sigill cloud operator-link. In the third that machine has no network: what waits was downloaded
from the operator’s page, and RECORD is brought back there.

  --origin ORIGIN       what a gateway’s log is called for ever; else the cloud’s origins and its name
  --key FILE            the operator’s key; else operator.key of FILE, or keys/operator.pem beside it
  --cloud, --link, --certificate
                        as sigill cloud operator-link prints them
  --refuse REASON       send this box away instead; its technician reads the reason
  --json                the list, or what was done, as JSON

Exit: 0 done, 1 there is no such box or it cannot be, 2 usage, 3 the cloud does not answer.
`;

export const cloudApprove: Command = asCommand(
  'cloud approve',
  'list the boxes that wait, or let one in',
  help,
  approve,
);

const OPTIONS = {
  origin: { type: 'string' },
  key: { type: 'string' },
  cloud: { type: 'string' },
  link: { type: 'string' },
  certificate: { type: 'string' },
  from: { type: 'string' },
  output: { type: 'string', short: 'o' },
  refuse: { type: 'string' },
  json: { type: 'boolean' },
} as const;

async function approve(args: readonly string[], io: CommandIo): Promise<void> {
  const { values, positionals } = readArguments(args, OPTIONS);
  const far = values.cloud !== undefined || values.from !== undefined;
  const file = far ? undefined : positionals[0];
  const digits = (far ? positionals : positionals.slice(1)).join('');
  const wanted = digits === '' ? null : parseFingerprint(digits);
  const { client, key } = await enterAsSigner(file, values, io);
  try {
    const overview = await client.overview();
    if (wanted === null) return list(overview, file ?? null, values.json === true, io);
    const box = overview.waiting.find(({ fingerprint }) => fingerprint === wanted);
    if (box === undefined) return await stayIn(client, overview, wanted, key(), values, io);
    if (values.refuse !== undefined) {
      await client.refuse(box.box, values.refuse);
      return tell(io, values.json === true, { refused: wanted }, `${box.name} is sent away.`);
    }
    const record = await letIn(client, overview, box, key(), values.origin);
    const { slot, rev, origin } = record;
    const text =
      box.kind === 'agent'
        ? `${box.name} is an agent of ${origin} now; its gateway fetches the record within a minute.`
        : `${box.name} is in: slot ${slot}, origin ${origin}. The box fetches its records by itself.`;
    tell(io, values.json === true, { approved: wanted, slot, rev, origin }, text);
  } finally {
    await client.leave();
  }
}

/** For a box that is in already: its gateway may have put its key out until the operator has looked. */
async function stayIn(
  client: SignersCloud,
  overview: Overview,
  fingerprint: string,
  keyFile: string,
  { refuse, json = false }: { readonly refuse?: string; readonly json?: boolean },
  io: CommandIo,
): Promise<void> {
  const pen = await openOperatorPen(keyFile);
  const slots = openRegisterView(overview, pen);
  const isIn = slots.flatMap(boxesOf).some((box) => box.fingerprint === fingerprint);
  if (!isIn || refuse !== undefined) throw unknown(fingerprint, overview);
  const record = confirmationOf(fingerprint, slots);
  await client.bring(await pen.sign(record));
  const { slot, rev, origin } = record;
  const text = `This box was in already and stays in: the record of ${origin} is signed anew, revision ${rev}. If its gateway had put its key out, it is let in again within a minute; restart the box, which goes on behind what the gateway holds.`;
  tell(io, json, { confirmed: fingerprint, slot, rev, origin }, text);
}

/** All that counts is checked here again: the cloud is not asked whether it is right. */
async function letIn(
  client: SignersCloud,
  overview: Overview,
  box: WaitingBox,
  keyFile: string,
  origin: string | undefined,
): Promise<SlotRecord> {
  const pen = await openOperatorPen(keyFile);
  const slots = openRegisterView(overview, pen);
  const keys = openEnrolmentRequest(fromBase64(box.request));
  if (boxFingerprint(keys) !== box.fingerprint) {
    throw new CloudError(
      'BOX_UNKNOWN',
      `the cloud shows ${box.fingerprint} for a request of ${boxFingerprint(keys)}; nothing was signed`,
    );
  }
  const record = approvalOf({ ...keys, gateway: box.gateway }, slots, origin ?? box.origin);
  await client.bring(await pen.sign(record));
  return record;
}

function list(overview: Overview, file: string | null, asJson: boolean, io: CommandIo): void {
  const { waiting } = overview;
  io.stdout.write(asJson ? `${JSON.stringify({ waiting })}\n` : describeWaiting(overview, file));
}

function tell(io: CommandIo, asJson: boolean, facts: object, text: string): void {
  io.stdout.write(asJson ? `${JSON.stringify(facts)}\n` : `${text}\n`);
}

function unknown(fingerprint: string, { waiting }: Overview): CloudError {
  const there = waiting.map((box) => `${box.fingerprint} (${box.name})`).join(', ') || 'nobody';
  return new CloudError(
    'BOX_UNKNOWN',
    `no box with the fingerprint ${fingerprint} waits; there waits: ${there}`,
  );
}
