/**
 * The commands of an agent on a box of its own.
 * @module
 */
import type { Command } from '@sigill/firmware-bridge';
import { agentEnroll } from './enrolment/enroll-command.ts';

export const commands: readonly Command[] = [agentEnroll];
