/**
 * The records that enrolment left beside agent.yaml: by them the agent knows its gateway's log key. They are believed
 * only as far as the policy's operator signed them.
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  EvidenceError,
  findAgent,
  type Opened,
  openOperatorChain,
  openSlotRecord,
  parsePolicy,
  readOperatorRecord,
  type SlotRecord,
} from '@sigill/evidence';
import { replaceFile } from '../enrolment/files.ts';
import { EdgeError } from '../errors.ts';
import type { AgentStanding } from './agent-config.ts';

export interface SiteRecords {
  readonly slot: Opened<SlotRecord>;
  readonly logKey: Uint8Array;
  /** How the newest record calls the agent's key. */
  stateOf(agent: Uint8Array): 'active' | 'revoked' | 'unknown';
  /**
   * Newer records, as the gateway sends them: those that hold are kept beside the others.
   * @returns whether there was anything new
   */
  take(records: readonly Uint8Array[]): boolean;
}

const OPERATOR = /^operator(?:-(\d+))?\.record$/;

/** @throws EdgeError NOT_ENROLLED, RECORDS_INVALID */
export function openSiteRecords(directory: string, standing: AgentStanding): SiteRecords {
  const policy = parsePolicy(readText(directory, 'policy.json'));
  let chain = operatorFiles(directory).map((name) => readBytes(directory, name));
  let slot = open(chain, readBytes(directory, 'gateway.record'));
  if (slot.record.origin !== standing.origin)
    throw invalid(
      directory,
      `gateway.record is of ${slot.record.origin}, agent.yaml says ${standing.origin}`,
    );

  function open(operators: readonly Uint8Array[], cose: Uint8Array): Opened<SlotRecord> {
    try {
      const keys = openOperatorChain(operators, policy.operator).map(({ record }) => record.key);
      return openWithAny(cose, keys.toReversed());
    } catch (cause) {
      if (!(cause instanceof EvidenceError)) throw cause;
      throw invalid(directory, cause.message, cause);
    }
  }

  function take(records: readonly Uint8Array[]): boolean {
    const operators = [...chain];
    let newest = slot;
    let bytes: Uint8Array | null = null;
    for (const cose of records) {
      if (isOperatorRecord(cose)) {
        const rev = readOperatorRecord(cose).record.rev;
        if (rev === operators.length) operators.push(cose);
        continue;
      }
      const opened = open(operators, cose);
      const { origin, slot: number, rev } = opened.record;
      if (origin !== standing.origin || number !== newest.record.slot) continue;
      if (rev <= newest.record.rev) continue;
      newest = opened;
      bytes = cose;
    }
    if (bytes === null && operators.length === chain.length) return false;
    for (const [index, cose] of operators.entries()) {
      if (index >= chain.length) replaceFile(join(directory, `operator-${index}.record`), cose);
    }
    if (bytes !== null) replaceFile(join(directory, 'gateway.record'), bytes);
    chain = operators;
    slot = newest;
    return true;
  }

  return {
    get slot() {
      return slot;
    },
    logKey: slot.record.logKey,
    stateOf: (agent) => findAgent(slot.record, agent)?.state ?? 'unknown',
    take,
  };
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
