/**
 * Every check in turn, in an order in which the first fault is likely to be the cause of the others.
 * @module
 */
import type { Box } from './box.ts';
import { type Check, type Finding, fault } from './check.ts';
import { clockChecks } from './checks/clock.ts';
import { diskChecks } from './checks/disk.ts';
import { fileChecks } from './checks/files.ts';
import { logChecks } from './checks/log.ts';
import { machineChecks } from './checks/machine.ts';
import { networkChecks } from './checks/network.ts';
import { peerChecks } from './checks/peers.ts';
import { processChecks } from './checks/process.ts';
import { sourceChecks } from './checks/sources.ts';

export const CHECKS: readonly Check[] = [
  ...machineChecks,
  ...diskChecks,
  ...clockChecks,
  ...fileChecks,
  ...sourceChecks.slice(0, 2),
  ...networkChecks,
  ...processChecks,
  ...peerChecks,
  ...logChecks,
  ...sourceChecks.slice(2),
];

export interface Examined {
  readonly id: string;
  readonly title: string;
  readonly findings: readonly Finding[];
}

export async function* examine(box: Box, checks = CHECKS): AsyncGenerator<Examined> {
  for (const check of checks) {
    const { id, title } = check;
    yield { id, title, findings: await findingsOf(check, box) };
  }
}

async function findingsOf(check: Check, box: Box): Promise<readonly Finding[]> {
  try {
    const found = await check.run(box);
    return 'status' in found ? [found] : found;
  } catch (error) {
    return [
      fault(
        `this could not be examined: ${(error as Error).message}`,
        'the rest was examined all the same',
        'Report it with the output of sigill support',
      ),
    ];
  }
}
