/**
 * Schneider Electric iEM3150, iEM3155 and their 3250, 3255, 3350, 3355 siblings: floats and 64-bit counters, high word
 * first, in holding registers. The manual counts registers from 1, the line from 0.
 * Spec: iEM3100 / iEM3200 / iEM3300 series user manual DOCA0005EN, "register list". What a model lacks it answers with
 * NaN or an exception.
 * @module
 */
import type { Point, RegisterMap, RegisterType } from '../register-map.ts';

/** A register by the number the manual gives it. */
const listed = (
  number: number,
  type: RegisterType,
  name: string,
  unit: string,
  exponent = 0,
): Point => ({ register: number - 1, type, name, unit, exponent });

const phases = (number: number, name: string, unit: string): Point[] =>
  [1, 2, 3].map((phase, i) => listed(number + 2 * i, 'float32', `${name}.l${phase}`, unit));

export const iem3000: RegisterMap = {
  id: 'iem3000',
  title: 'Schneider Electric iEM3000 series with Modbus (three phases)',
  spec: 'https://www.se.com/ww/en/download/document/DOCA0005EN/',
  read: 3,
  maxRegisters: 125,
  points: [
    ...phases(3000, 'current', 'A'),
    listed(3020, 'float32', 'voltage.l12', 'V'),
    listed(3022, 'float32', 'voltage.l23', 'V'),
    listed(3024, 'float32', 'voltage.l31', 'V'),
    ...phases(3028, 'voltage', 'V'),
    ...phases(3054, 'power.net', 'kW'),
    listed(3060, 'float32', 'power.net', 'kW'),
    listed(3068, 'float32', 'power.reactive.net', 'kvar'),
    listed(3076, 'float32', 'power.apparent', 'kVA'),
    listed(3110, 'float32', 'frequency', 'Hz'),
    listed(3204, 'int64', 'energy.import', 'Wh'),
    listed(3208, 'int64', 'energy.export', 'Wh'),
    listed(3220, 'int64', 'energy.reactive.import', 'varh'),
    listed(3224, 'int64', 'energy.reactive.export', 'varh'),
  ],
};
