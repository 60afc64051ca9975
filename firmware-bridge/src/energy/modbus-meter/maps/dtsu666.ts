/**
 * Chint DTSU666: floats of scaled numbers, high word first, in holding registers.
 * Spec: DTSU666 and DSSU666 user manual ZTY0.464.1448, table 11. The ratios of current and voltage transformers are
 * the meter's own to apply only where it is set so: with external transformers, compare with its display.
 * @module
 */
import type { Point, RegisterMap } from '../register-map.ts';

const float = (register: number, name: string, unit: string | null, exponent: number): Point => ({
  register,
  type: 'float32',
  name,
  unit,
  exponent,
});

const phases = (register: number, name: string, unit: string | null, exponent: number): Point[] =>
  [1, 2, 3].map((p, i) => float(register + 2 * i, `${name}.l${p}`, unit, exponent));

export const dtsu666: RegisterMap = {
  id: 'dtsu666',
  title: 'Chint DTSU666 (three phases)',
  spec: 'https://www.chintglobal.com/',
  read: 3,
  maxRegisters: 80,
  points: [
    float(0x101e, 'energy.import', 'kWh', 0),
    float(0x1028, 'energy.export', 'kWh', 0),
    float(0x2000, 'voltage.l12', 'V', -1),
    float(0x2002, 'voltage.l23', 'V', -1),
    float(0x2004, 'voltage.l31', 'V', -1),
    ...phases(0x2006, 'voltage', 'V', -1),
    ...phases(0x200c, 'current', 'A', -3),
    float(0x2012, 'power.net', 'W', -1),
    ...phases(0x2014, 'power.net', 'W', -1),
    float(0x201a, 'power.reactive.net', 'var', -1),
    ...phases(0x201c, 'power.reactive.net', 'var', -1),
    float(0x202a, 'power.factor', null, -3),
    ...phases(0x202c, 'power.factor', null, -3),
    float(0x2044, 'frequency', 'Hz', -2),
  ],
};
