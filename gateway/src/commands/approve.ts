/**
 * `sigill gateway approve`
 * @module
 */
import {
  addAgent,
  boxesOf,
  boxFingerprint,
  confirmBox,
  openEnrolmentRequest,
} from '@sigill/evidence';
import type { Command, CommandIo } from '@sigill/firmware-bridge';
import { approveGeneration } from '../enrolment/approve-generation.ts';
import type { AskedGeneration } from '../enrolment/asked-generation.ts';
import type { AskingAgent } from '../enrolment/enrolment-files.ts';
import { GatewayError } from '../errors.ts';
import { type ApproveArguments, readApproveArguments } from './approve-arguments.ts';
import { type Desk, isApproved, openDesk } from './approve-desk.ts';
import { describeApprovedGeneration, describeWaiting, fingerprintOfAgent } from './approve-text.ts';
import { exitCodeOf } from './exit-code.ts';

const help = `
Usage: npx sigill gateway approve FILE [FINGERPRINT] [--key FILE]

Without a fingerprint: lists what waits at the gateway that FILE (gateway.yaml) describes: agents, and
its own next log. With one: signs the gateway’s next record with that agent in it, or the two records
that close its log, for ever, and begin the next; the running gateway takes them up within seconds.
Compare all 16 digits with those the box itself shows.

Where the operator’s key is at a cloud, or on another machine, approve there: sigill cloud approve.

  --key FILE            the operator’s key (default keys/operator.pem beside FILE)
  --cause TEXT          why the log is closed, for people, in its last record
  --refuse REASON       send this box away instead; its technician reads the reason
  --json                the list, or what was done, as JSON

Exit: 0 done, 1 there is no such box or it cannot be, 2 usage, 3 a file cannot be read.
`;

export const gatewayApprove: Command = {
  name: 'gateway approve',
  summary: 'list what waits here, or let it in with the operator’s key',
  help,
  run,
};

const NO = 1;
const NO_CODES = new Set(['BOX_UNKNOWN', 'RECORD_SIGNED', 'RECORD_CHAIN', 'LOG_END_UNKNOWN']);

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    const given = readApproveArguments(args);
    const desk = openDesk(given);
    const { facts, text } = given.wanted === null ? list(desk) : decide(desk, given, given.wanted);
    io.stdout.write(given.asJson ? `${JSON.stringify(facts)}\n` : `${text.trimEnd()}\n`);
    return 0;
  } catch (error) {
    const code = exitCodeOf(error);
    if (code === null) throw error;
    const { code: name, message } = error as GatewayError;
    io.stderr.write(`sigill gateway approve: ${name}: ${message}\n`);
    return NO_CODES.has(name) ? NO : code;
  }
}

interface Done {
  readonly facts: object;
  readonly text: string;
}

function list({ file, register, agents, nextLog }: Desk): Done {
  const waiting = [
    ...(nextLog === null ? [] : [factsOfNextLog(nextLog)]),
    ...agents.map((agent) => ({
      ...{ kind: 'agent', name: agent.name, fingerprint: fingerprintOfAgent(agent) },
      ...{ address: agent.address, askedAt: agent.askedAt },
    })),
  ];
  return { facts: { waiting }, text: describeWaiting({ file, register, agents, nextLog }) };
}

function factsOfNextLog({ keys, askedAt, end }: AskedGeneration) {
  const fingerprint = boxFingerprint(keys);
  return { kind: 'generation', fingerprint, askedAt, closedAt: end?.size ?? null };
}

function decide(desk: Desk, given: ApproveArguments, wanted: string): Done {
  const { nextLog, generation } = desk;
  const asked = generation.read();
  if (nextLog !== null && boxFingerprint(nextLog.keys) === wanted)
    return decideNextLog(desk, nextLog, given);
  if (
    asked !== undefined &&
    boxFingerprint(asked.keys) === wanted &&
    isApproved(asked, desk.register)
  )
    return {
      facts: { approved: wanted, origin: desk.register.slot.record.origin },
      text: `This is approved already: ${desk.register.slot.record.origin} begins as soon as the running gateway goes on with it.`,
    };
  const agent = desk.agents.find((one) => fingerprintOfAgent(one) === wanted);
  return agent === undefined ? confirm(desk, given, wanted) : decideAgent(desk, agent, given);
}

function decideNextLog(
  { config, files, generation, register, pen }: Desk,
  asked: AskedGeneration,
  { refuse, cause }: ApproveArguments,
): Done {
  const fingerprint = boxFingerprint(asked.keys);
  if (refuse !== null) {
    generation.put({ ...asked, refused: refuse });
    const text = `The next log of ${register.slot.record.origin} is refused; ${config.name} goes on as it is.`;
    return { facts: { refused: fingerprint }, text };
  }
  const { closed, first } = approveGeneration({ register, asked, cause, pen: pen(), files });
  const { origin, closed: end } = closed.record;
  return {
    facts: {
      ...{ approved: fingerprint, closed: origin, size: end?.size, cause: end?.cause },
      ...{ slot: first.slot, rev: first.rev, origin: first.origin },
    },
    text: describeApprovedGeneration(closed.record, first),
  };
}

function decideAgent(desk: Desk, agent: AskingAgent, { refuse }: ApproveArguments): Done {
  const { files, register } = desk;
  const fingerprint = fingerprintOfAgent(agent);
  if (refuse !== null) {
    files.putAgent({ ...agent, refused: refuse });
    return { facts: { refused: fingerprint }, text: `${agent.name} is sent away.` };
  }
  const pen = desk.pen();
  const record = addAgent(register.slot, openEnrolmentRequest(agent.request).agentKey);
  files.putRecord(record.slot, record.rev, pen.sign(record));
  const { slot, rev, origin } = record;
  return {
    facts: { approved: fingerprint, slot, rev, origin },
    text: `${agent.name} is an agent of ${origin} now; the running gateway takes the record up within seconds.`,
  };
}

function confirm(
  { file, files, register, pen }: Desk,
  { refuse }: ApproveArguments,
  wanted: string,
): Done {
  const box = boxesOf(register.slot).find(({ fingerprint }) => fingerprint === wanted);
  if (box === undefined || refuse !== null)
    throw new GatewayError(
      'BOX_UNKNOWN',
      `nothing with the fingerprint ${wanted} waits here; sigill gateway approve ${file} lists what does`,
    );
  const record = confirmBox(box);
  const { slot, rev, origin } = record;
  files.putRecord(slot, rev, pen().sign(record));
  return {
    facts: { confirmed: wanted, slot, rev, origin },
    text: `This box was in already and stays in, by revision ${rev} of the record. If its key was out, it is let in again within seconds; restart the box, which goes on behind what the gateway holds.`,
  };
}
