/**
 * Simulated devices by the id of the driver that reads them.
 * @module
 */
import { createP1Simulator } from './dsmr-p1.ts';

export interface SimulatorOptions {
  readonly seed: number;
  readonly installedAt?: number;
}

/** What the device sends at this instant. */
export type Simulator = (ms: number) => Uint8Array;

export interface SimulatorEntry {
  readonly title: string;
  /** How often the device speaks. */
  readonly intervalMs: number;
  create(options: SimulatorOptions): Simulator;
}

export const simulators: ReadonlyMap<string, SimulatorEntry> = new Map([
  [
    'dsmr-p1',
    {
      title: 'a household in Amsterdam with a roof of solar panels and a gas boiler',
      intervalMs: 1000,
      create: (options: SimulatorOptions): Simulator => createP1Simulator(options).telegram,
    },
  ],
]);

export { createP1Simulator, type P1Simulator, type P1SimulatorOptions } from './dsmr-p1.ts';
export { openPseudoTerminal, type PseudoTerminal, PseudoTerminalError } from './pseudo-terminal.ts';
