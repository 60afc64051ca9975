/**
 * Carlo Gavazzi EM24-DIN: scaled integers, the low word of a double first. At most 11 registers a request.
 * Spec: EM24-DIN communication protocol, version 3, table 2.3.
 * @module
 */
import type { Point, RegisterMap } from '../register-map.ts';

const int32 = (register: number, name: string, unit: string, exponent: number): Point => ({
  register,
  type: 'int32-swapped',
  name,
  unit,
  exponent,
});

const phases = (register: number, name: string, unit: string, exponent: number): Point[] =>
  [1, 2, 3].map((phase, i) => int32(register + 2 * i, `${name}.l${phase}`, unit, exponent));

const factor = (register: number, name: string): Point => ({
  register,
  type: 'int16',
  name,
  unit: null,
  exponent: -3,
});

export const em24: RegisterMap = {
  id: 'em24',
  title: 'Carlo Gavazzi EM24-DIN (three phases)',
  spec: 'https://www.ccontrols.com/support/dp/CarloGavazziEM24.pdf',
  read: 4,
  maxRegisters: 11,
  points: [
    ...phases(0x00, 'voltage', 'V', -1),
    ...phases(0x0c, 'current', 'A', -3),
    ...phases(0x12, 'power.net', 'W', -1),
    int32(0x28, 'power.net', 'W', -1),
    factor(0x32, 'power.factor.l1'),
    factor(0x33, 'power.factor.l2'),
    factor(0x34, 'power.factor.l3'),
    factor(0x35, 'power.factor'),
    { register: 0x37, type: 'uint16', name: 'frequency', unit: 'Hz', exponent: -1 },
    int32(0x42, 'energy.import', 'kWh', -1),
    ...phases(0x46, 'energy.import', 'kWh', -1),
    int32(0x5c, 'energy.export', 'kWh', -1),
  ],
};
