/**
 * The commands of an agent on a box of its own.
 * @module
 */
import type { Command } from '@sigill/firmware-bridge';
import { agentInit } from './commands/agent-init.ts';
import { agentRun } from './commands/agent-run.ts';
import { agentEnroll } from './enrolment/enroll-command.ts';

export const commands: readonly Command[] = [agentInit, agentEnroll, agentRun];
