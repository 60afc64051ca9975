/**
 * Simulated devices by the id of the driver that reads them.
 * @module
 */
import { createChirpstackSimulator, UPLINK_INTERVAL_MS } from './chirpstack.ts';
import { type SimulatorEntry, talking } from './device.ts';
import { createP1Simulator } from './dsmr-p1.ts';
import { ROUND_MS } from './gate-traffic.ts';
import { createTagReader } from './iso11784.ts';
import { createLlrpSimulator } from './llrp.ts';
import { createModbusMeterSimulator } from './modbus-meter.ts';
import { createPlugSimulator } from './mqtt-json.ts';
import { createReceiver } from './nmea0183.ts';
import { createScale } from './scale.ts';
import { createYrm100Simulator } from './yrm100.ts';

export const simulators: ReadonlyMap<string, SimulatorEntry> = new Map<string, SimulatorEntry>([
  [
    'dsmr-p1',
    {
      title: 'a household in Amsterdam with a roof of solar panels and a gas boiler',
      intervalMs: 1000,
      create: (options) => talking(createP1Simulator(options).telegram),
    },
  ],
  [
    'modbus-meter',
    {
      title:
        'meters on a Modbus bus that answer; options meter, address (1,2,5) and mode as the driver',
      intervalMs: 1000,
      create: createModbusMeterSimulator,
    },
  ],
  [
    'llrp',
    {
      title: 'the reader at the gate of a store: a pallet a minute with its cases',
      intervalMs: ROUND_MS,
      create: createLlrpSimulator,
    },
  ],
  [
    'yrm100',
    {
      title: 'the UHF module at the gate of a recycling yard; option framing=aa as the R200 speaks',
      intervalMs: ROUND_MS,
      create: createYrm100Simulator,
    },
  ],
  [
    'nmea0183',
    {
      title:
        'the collar of a fox in the woods of Sigillstad; option carrier=lorry for a lorry in town',
      intervalMs: 1000,
      create: createReceiver,
    },
  ],
  [
    'iso11784',
    {
      title: 'a reader of PIT tags at a fish ladder; option dialect biomark, allflex or wl134',
      intervalMs: 1000,
      create: createTagReader,
    },
  ],
  [
    'scale',
    {
      title: 'a weighbridge with lorries; options dialect toledo, and or sics, checksum=none',
      intervalMs: 200,
      create: createScale,
    },
  ],
  [
    'chirpstack',
    {
      title:
        'a bin that fills and is emptied; option codec=abeeway for a collar on the forest path of Sigillstad',
      intervalMs: UPLINK_INTERVAL_MS,
      create: createChirpstackSimulator,
    },
  ],
  [
    'mqtt-json',
    {
      title: 'a plug with Tasmota before a pump',
      intervalMs: 10_000,
      create: createPlugSimulator,
    },
  ],
]);

export {
  type SimulatedDevice,
  type SimulatedMessage,
  type SimulatorEntry,
  type SimulatorOptions,
  talking,
} from './device.ts';
export { createP1Simulator, type P1Simulator, type P1SimulatorOptions } from './dsmr-p1.ts';
export { openPseudoTerminal, type PseudoTerminal, PseudoTerminalError } from './pseudo-terminal.ts';
