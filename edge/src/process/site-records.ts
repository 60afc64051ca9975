/**
 * The records that enrolment left beside agent.yaml: by them the agent knows its gateway's log key. They are believed
 * only as far as the policy's operator signed them.
 *
 *     operator.record, operator-1.record, …   the operator's, in order
 *     gateway.record                          the one in force: its log takes what this box seals
 *     gateway-1.record, …                     how the log ended in that generation, for people
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  EvidenceError,
  earlierOrigins,
  findAgent,
  generationOf,
  type Opened,
  openOperatorChain,
  openSlotRecord,
  parsePolicy,
  readOperatorRecord,
  type SlotRecord,
} from '@sigill/evidence';
import { replaceFile } from '../enrolment/files.ts';
import { EdgeError } from '../errors.ts';
import type { SiteLogName } from '../uplink/receipt-check.ts';
import type { AgentStanding } from './agent-config.ts';
import { type SignedRecord, succeed } from './record-succession.ts';

export interface SiteRecords {
  /** The newest record of the generation in force. */
  readonly slot: Opened<SlotRecord>;
  readonly siteLog: SiteLogName;
  /** Origins of the generations before it, the newest first. */
  readonly earlier: readonly string[];
  /** How the newest record calls the agent's key. */
  stateOf(agent: Uint8Array): 'active' | 'revoked' | 'unknown';
  /** Newer records, as the gateway sends them: those that hold are kept beside the others. @throws EdgeError RECORDS_INVALID */
  take(records: readonly Uint8Array[]): TakenRecords;
}

/** What they brought; `next log`: the one so far is closed, and what is sealed from here on goes to the one that continues it. */
export type TakenRecords = 'nothing' | 'newer records' | 'next log';

const OPERATOR = /^operator(?:-(\d+))?\.record$/;

/** @throws EdgeError NOT_ENROLLED, RECORDS_INVALID */
export function openSiteRecords(directory: string, standing: AgentStanding): SiteRecords {
  const policy = parsePolicy(readText(directory, 'policy.json'));
  let chain = operatorFiles(directory).map((name) => readBytes(directory, name));
  let slot = open(chain, readBytes(directory, 'gateway.record'));
  if (![slot.record.origin, ...earlierOf(slot)].includes(standing.origin))
    throw invalid(
      directory,
      `gateway.record is of ${slot.record.origin}, agent.yaml says ${standing.origin}`,
    );

  function open(operators: readonly Uint8Array[], cose: Uint8Array): SignedRecord {
    try {
      const keys = openOperatorChain(operators, policy.operator).map(({ record }) => record.key);
      return { ...openWithAny(cose, keys.toReversed()), cose };
    } catch (cause) {
      if (!(cause instanceof EvidenceError)) throw cause;
      throw invalid(directory, cause.message, cause);
    }
  }

  function take(records: readonly Uint8Array[]): TakenRecords {
    const operators = withNewer(chain, records.filter(isOperatorRecord));
    const opened = records
      .filter((cose) => !isOperatorRecord(cose))
      .map((cose) => open(operators, cose));
    // Also where nothing else came with them: what is kept must open at the next start.
    open(operators, slot.cose);
    const { newest, closings } = succeed(slot, opened);
    if (newest === slot && operators.length === chain.length) return 'nothing';
    keep(operators, closings, newest);
    chain = operators;
    slot = newest;
    return closings.length > 0 ? 'next log' : 'newer records';
  }

  /** What is in force comes last: cut short, the box begins where it was, and is sent them again. */
  function keep(
    operators: readonly Uint8Array[],
    closings: readonly SignedRecord[],
    newest: SignedRecord,
  ): void {
    for (const [index, cose] of operators.entries()) {
      if (index >= chain.length) replaceFile(join(directory, `operator-${index}.record`), cose);
    }
    for (const { cose, record } of closings) {
      replaceFile(join(directory, `gateway-${generationOf(record)}.record`), cose);
    }
    if (newest !== slot) replaceFile(join(directory, 'gateway.record'), newest.cose);
  }

  return {
    get slot() {
      return slot;
    },
    get siteLog() {
      return { origin: slot.record.origin, publicKey: slot.record.logKey };
    },
    get earlier() {
      return earlierOf(slot);
    },
    stateOf: (agent) => findAgent(slot.record, agent)?.state ?? 'unknown',
    take,
  };
}

function earlierOf({ record }: Opened<SlotRecord>): string[] {
  return record.continues === null ? [] : earlierOrigins(record.origin);
}

/** The operator's chain, with those that follow. */
function withNewer(chain: readonly Uint8Array[], records: readonly Uint8Array[]): Uint8Array[] {
  const operators = [...chain];
  for (const cose of records) {
    if (readOperatorRecord(cose).record.rev === operators.length) operators.push(cose);
  }
  return operators;
}

function openWithAny(cose: Uint8Array, keys: readonly Uint8Array[]): Opened<SlotRecord> {
  let last: unknown = null;
  for (const key of keys) {
    try {
      return openSlotRecord(cose, key);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

function isOperatorRecord(cose: Uint8Array): boolean {
  try {
    readOperatorRecord(cose);
    return true;
  } catch {
    return false;
  }
}

function operatorFiles(directory: string): string[] {
  const number = (name: string) => Number(OPERATOR.exec(name)?.[1] ?? 0);
  return readdirSync(directory)
    .filter((name) => OPERATOR.test(name))
    .sort((a, b) => number(a) - number(b));
}

function readText(directory: string, name: string): string {
  return new TextDecoder().decode(readBytes(directory, name));
}

function readBytes(directory: string, name: string): Uint8Array {
  try {
    return Uint8Array.from(readFileSync(join(directory, name)));
  } catch (cause) {
    throw new EdgeError(
      'NOT_ENROLLED',
      `${join(directory, name)} cannot be read (${(cause as NodeJS.ErrnoException).code}); it comes with enrolment: sigill agent enroll URL CODE ${directory}`,
      { cause },
    );
  }
}

function invalid(directory: string, message: string, cause?: unknown): EdgeError {
  return new EdgeError(
    'RECORDS_INVALID',
    `the records in ${directory} do not hold: ${message}; enrol the box anew in a directory of its own, or restore them from your copy`,
    { cause },
  );
}
