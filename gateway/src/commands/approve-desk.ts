/**
 * What `sigill gateway approve` decides on: the register, who waits, and the operator's pen.
 * @module
 */
import { dirname, join, resolve } from 'node:path';
import { equalBytes, findBox } from '@sigill/evidence';
import { type GatewayConfig, parseGatewayConfig } from '../config.ts';
import {
  type AskedGeneration,
  type GenerationFile,
  openGenerationFile,
} from '../enrolment/asked-generation.ts';
import {
  type AskingAgent,
  type EnrolmentFiles,
  openEnrolmentFiles,
} from '../enrolment/enrolment-files.ts';
import { type OperatorPen, openOperatorPen } from '../keys/operator-pen.ts';
import { readGivenText } from '../read-given.ts';
import type { Register } from '../register.ts';
import { openConfiguredRegister } from '../register-files.ts';
import type { ApproveArguments } from './approve-arguments.ts';

export interface Desk {
  readonly file: string;
  readonly config: GatewayConfig;
  readonly files: EnrolmentFiles;
  readonly generation: GenerationFile;
  /** As the running gateway has it, and what it has yet to take up. */
  readonly register: Register;
  readonly agents: readonly AskingAgent[];
  /** The next log, if it waits. */
  readonly nextLog: AskedGeneration | null;
  /** The operator's. */
  pen(): OperatorPen;
}

/** @throws GatewayError, EdgeError, EvidenceError */
export function openDesk({ file, key }: ApproveArguments): Desk {
  const config = parseGatewayConfig(readGivenText(file), file);
  const files = openEnrolmentFiles(config.data);
  const generation = openGenerationFile(config.data);
  const holder = openConfiguredRegister(
    config,
    files.records().map(({ cose }) => cose),
  );
  while (holder.next() !== null) holder.advance();
  const register = holder.current();
  const asked = generation.read();
  const waits = asked !== undefined && asked.refused === null && holder.obstacle() === null;
  const keyFile = key ?? join(dirname(resolve(file)), 'keys/operator.pem');
  return {
    ...{ file, config, files, generation, register },
    agents: files.agents().filter((agent) => isWaiting(agent, register)),
    nextLog: waits && !isApproved(asked, register) ? asked : null,
    pen: () => openOperatorPen(keyFile, register),
  };
}

function isWaiting({ refused, agentKey }: AskingAgent, { slot, earlier }: Register): boolean {
  const slots = [slot, ...earlier].map(({ record }) => record);
  return refused === null && findBox({ logKey: null, agentKey }, slots) === 'none';
}

export function isApproved({ keys }: AskedGeneration, { slot }: Register): boolean {
  return equalBytes(slot.record.logKey, keys.logKey);
}
