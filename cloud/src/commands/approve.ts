/** `sigill cloud approve` */
import type { Command, CommandIo } from '../command.ts';
import type { Overview } from '../operator/overview.ts';
import { parseFingerprint } from '../operator/records.ts';
import { asCommand, readArguments } from './arguments.ts';
import { given, writeAsk } from './ask.ts';
import { type LetIn, letIn, stayIn, unknownBox } from './let-in.ts';
import { enterAsSigner } from './signer.ts';
import { describeWaiting } from './waiting-text.ts';

const help = `
Usage: npx sigill cloud approve FILE [FINGERPRINT] [--origin ORIGIN] [--cause TEXT] [--key FILE]
       npx sigill cloud approve --cloud URL --link LINK --key FILE [FINGERPRINT] [--origin ORIGIN]
       npx sigill cloud approve --from FILE -o RECORD --key FILE FINGERPRINT [--origin ORIGIN]

Without a fingerprint: lists the boxes that wait. With one: signs the record that lets this box in and
brings it to the running cloud, where it counts at once. A box that is in already, and whose key its
gateway put out since it signed two histories, is let in again. Compare all 16 digits with those the box
itself shows; they stand for its keys, and nothing else does.

A gateway whose log can grow no more asks for its next one. Two records are signed then: one closes the
old log, for ever, at the entries that the cloud holds, and one opens the next, with the same agents. It
cannot be undone. Interrupted in between: approve again.

In the second form the operator’s key is on another machine than the cloud, and stays there; LINK is
from: sigill cloud operator-link. In the third that machine has no network: what waits was downloaded
from the operator’s page, and RECORD is brought back there; of two records the second is in RECORD-2.

  --origin ORIGIN       what a gateway’s log is called for ever; else the cloud’s origins and its name
  --succeeds FINGERPRINT
                        of an agent: it takes over from this one of the same gateway, which is revoked
                        by the same record; the last header held of it is named there
  --ask ASK             sign nothing: write what is to be signed to ASK, for sigill register sign
  --cause TEXT          why a log is closed, for all who read its record; else that it could not go on
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
  cause: { type: 'string' },
  key: { type: 'string' },
  cloud: { type: 'string' },
  link: { type: 'string' },
  certificate: { type: 'string' },
  from: { type: 'string' },
  output: { type: 'string', short: 'o' },
  refuse: { type: 'string' },
  succeeds: { type: 'string' },
  ask: { type: 'string' },
  json: { type: 'boolean' },
} as const;

async function approve(args: readonly string[], io: CommandIo): Promise<void> {
  const { values, positionals } = readArguments(args, OPTIONS);
  const far = values.cloud !== undefined || values.from !== undefined;
  const file = far ? undefined : positionals[0];
  const digits = (far ? positionals : positionals.slice(1)).join('');
  const wanted = digits === '' ? null : parseFingerprint(digits);
  const { client, key } = await enterAsSigner(file, values, io);
  const { json = false, refuse } = values;
  try {
    const overview = await client.overview();
    if (wanted === null) return list(overview, file ?? null, json, io);
    const box = overview.waiting.find(({ fingerprint }) => fingerprint === wanted);
    if (refuse !== undefined) {
      if (box === undefined) throw unknownBox(wanted, overview);
      await client.refuse(box.box, refuse);
      return tell(io, json, { facts: { refused: wanted }, text: `${box.name} is sent away.` });
    }
    if (values.ask !== undefined) {
      const { origin, cause, succeeds } = values;
      const asked = { fingerprint: wanted, overview, ...given({ origin, cause, succeeds }) };
      return await writeAsk(values.ask, { sign: 'approve', ask: asked }, io);
    }
    const signing = { client, overview, keyFile: key() };
    const done = box === undefined ? stayIn(signing, wanted) : letIn(signing, box, values);
    tell(io, json, await done);
  } finally {
    await client.leave();
  }
}

function list(overview: Overview, file: string | null, asJson: boolean, io: CommandIo): void {
  const { waiting } = overview;
  io.stdout.write(asJson ? `${JSON.stringify({ waiting })}\n` : describeWaiting(overview, file));
}

function tell(io: CommandIo, asJson: boolean, { facts, text }: LetIn): void {
  io.stdout.write(asJson ? `${JSON.stringify(facts)}\n` : `${text}\n`);
}
