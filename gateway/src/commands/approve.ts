/**
 * `sigill gateway approve`
 * @module
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { replaceFile } from '@sigill/edge';
import {
  addAgent,
  boxesOf,
  confirmBox,
  equalBytes,
  findBox,
  openEnrolmentRequest,
  parsePolicy,
  type Signer,
  type SlotRecord,
  signSlotRecord,
} from '@sigill/evidence';
import type { Command, CommandIo } from '@sigill/firmware-bridge';
import { type GatewayConfig, parseGatewayConfig } from '../config.ts';
import { type AskingAgent, openEnrolmentFiles } from '../enrolment/enrolment-files.ts';
import { GatewayError } from '../errors.ts';
import { readKeyFile } from '../keys/key-file.ts';
import { readLogKeys } from '../keys/log-keys.ts';
import { readGivenText } from '../read-given.ts';
import { openRegister, type Register } from '../register.ts';
import { readRecords } from '../register-files.ts';
import { describeAsking, fingerprintOfAgent } from './agents-text.ts';
import { exitCodeOf } from './exit-code.ts';

const help = `
Usage: npx sigill gateway approve FILE [FINGERPRINT] [--key FILE]

Without a fingerprint: lists the agents that wait at the gateway that FILE (gateway.yaml) describes.
With one: signs the gateway’s next record with that agent in it, on this box; the running gateway takes
it up within seconds. Compare all 16 digits with those the agent’s own box shows.

Where the operator’s key is at a cloud, or on another machine, approve there: sigill cloud approve.

  --key FILE            the operator’s key (default keys/operator.pem beside FILE)
  --refuse REASON       send this agent away instead; its technician reads the reason
  --json                the list, or what was done, as JSON

Exit: 0 done, 1 there is no such agent or it cannot be, 2 usage, 3 a file cannot be read.
`;

export const gatewayApprove: Command = {
  name: 'gateway approve',
  summary: 'list the agents that wait here, or let one in with the operator’s key',
  help,
  run,
};

const NO = 1;
const NO_CODES = new Set(['BOX_UNKNOWN', 'RECORD_SIGNED']);

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    const { facts, text, asJson } = approve(args);
    io.stdout.write(asJson ? `${JSON.stringify(facts)}\n` : `${text}\n`);
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
  readonly asJson: boolean;
}

function approve(args: readonly string[]): Done {
  const { file, wanted, key, refuse, asJson } = readArguments(args);
  const config = parseGatewayConfig(readGivenText(file), file);
  const files = openEnrolmentFiles(config.data);
  const pending = files.records().map(({ cose }) => cose);
  const register = readRegister(config, pending);
  const waiting = files.agents().filter((agent) => waits(agent, register));
  if (wanted === null) {
    const told = waiting.map((agent) => ({
      name: agent.name,
      fingerprint: fingerprintOfAgent(agent),
      address: agent.address,
      askedAt: agent.askedAt,
    }));
    return { facts: { waiting: told }, text: describeAsking(waiting, file).trimEnd(), asJson };
  }
  const agent = waiting.find((one) => fingerprintOfAgent(one) === wanted);
  const keyFile = key ?? join(dirname(resolve(file)), 'keys/operator.pem');
  if (agent === undefined) {
    const box = boxesOf(register.slot).find(({ fingerprint }) => fingerprint === wanted);
    if (box === undefined || refuse !== null)
      throw new GatewayError(
        'BOX_UNKNOWN',
        `no agent with the fingerprint ${wanted} waits here; sigill gateway approve ${file} lists those that do`,
      );
    const record = confirmBox(box);
    const signed = signOnce(keyFile, readOperatorKey(keyFile, register), record);
    files.putRecord(record.slot, record.rev, signed);
    return {
      facts: { confirmed: wanted, slot: record.slot, rev: record.rev, origin: record.origin },
      text: `This box was in already and stays in, by revision ${record.rev} of the record. If its key was out, it is let in again within seconds; restart the box, which goes on behind what the gateway holds.`,
      asJson,
    };
  }
  if (refuse !== null) {
    files.putAgent({ ...agent, refused: refuse });
    return { facts: { refused: wanted }, text: `${agent.name} is sent away.`, asJson };
  }
  const signer = readOperatorKey(keyFile, register);
  const { agentKey } = openEnrolmentRequest(agent.request);
  const record = addAgent(register.slot, agentKey);
  files.putRecord(record.slot, record.rev, signOnce(keyFile, signer, record));
  const { slot, rev, origin } = record;
  return {
    facts: { approved: wanted, slot, rev, origin },
    text: `${agent.name} is an agent of ${origin} now; the running gateway takes the record up within seconds.`,
    asJson,
  };
}

/** As the running gateway has it, and what it has yet to take up. */
function readRegister(config: GatewayConfig, pending: readonly Uint8Array[]): Register {
  const { data, keys, origin } = config;
  const holder = openRegister(
    [...readRecords(config.records, data), ...pending],
    {
      ...{ operatorKeyHash: parsePolicy(readGivenText(config.policy)).operator, origin },
      logKeys: () => readLogKeys(keys).map(({ publicKey }) => publicKey),
      agentKey: readKeyFile(join(keys, 'agent.pem')).publicKey,
    },
    async () => {},
  );
  while (holder.next() !== null) holder.advance();
  return holder.current();
}

function waits({ refused, agentKey }: AskingAgent, { slot }: Register): boolean {
  return refused === null && findBox({ logKey: null, agentKey }, [slot.record]) === 'none';
}

function readOperatorKey(path: string, { operator }: Register): Signer {
  if (!existsSync(path)) {
    throw new GatewayError(
      'FILE_MISSING',
      `${path}: the operator’s key is not here; give it with --key FILE, or approve where it is: sigill cloud approve`,
    );
  }
  const signer = readKeyFile(path);
  if (equalBytes(signer.publicKey, operator.record.key)) return signer;
  throw new GatewayError(
    'RECORD_MISMATCH',
    `${path} is not the key of the operator that this gateway’s records name; give the right one with --key`,
  );
}

/** Never two records for one revision: what was signed is kept beside the key. */
function signOnce(keyFile: string, signer: Signer, record: SlotRecord): Uint8Array {
  const cose = signSlotRecord(record, signer);
  const directory = join(dirname(keyFile), 'signed');
  const path = join(directory, `slot-${record.slot}-${record.rev}.record`);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (!existsSync(path)) replaceFile(path, cose, 0o600);
  else if (!equalBytes(Uint8Array.from(readFileSync(path)), cose)) {
    throw new GatewayError(
      'RECORD_SIGNED',
      `${path} is another record for slot ${record.slot}, revision ${record.rev}; two would be two histories. Bring that one to the gateway first, or restore the newest data directory`,
    );
  }
  return cose;
}

function readArguments(args: readonly string[]) {
  const { values, positionals } = parse(args);
  const [file, ...words] = positionals;
  if (file === undefined)
    throw new GatewayError('USAGE', 'FILE, such as gateway.yaml, is expected');
  const digits = words.join('').toLowerCase().replace(/[\s-]/g, '');
  if (digits !== '' && !/^[0-9a-f]{16}$/.test(digits))
    throw new GatewayError(
      'USAGE',
      `fingerprint ${words.join(' ').slice(0, 40)}: write all 16 digits, as the agent’s box shows them`,
    );
  const wanted = digits === '' ? null : (digits.match(/.{4}/g) ?? []).join(' ');
  const { key = null, refuse = null, json = false } = values;
  return { file, wanted, key, refuse, asJson: json };
}

function parse(args: readonly string[]) {
  try {
    const options = {
      key: { type: 'string' },
      refuse: { type: 'string' },
      json: { type: 'boolean' },
    } as const;
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw new GatewayError('USAGE', (error as Error).message);
  }
}
