/**
 * Eastron SDM meters: IEEE 754 floats, high word first, in input registers.
 * Spec: Eastron SDM630 Modbus V2 protocol §1.2, SDM120, SDM220 and SDM72D-M manuals, part "input registers". They answer
 * 40 values (80 registers) at a time, the SDM72 30 values. A register that a wiring does not use holds zero.
 * @module
 */
import type { Point, RegisterMap } from '../register-map.ts';

const float = (register: number, name: string, unit: string | null): Point => ({
  register,
  type: 'float32',
  name,
  unit,
  exponent: 0,
});

/** Three registers in a row, one for each phase. */
const phases = (register: number, name: string, unit: string | null): Point[] =>
  [1, 2, 3].map((phase, i) => float(register + 2 * i, `${name}.l${phase}`, unit));

const ENERGIES = [
  float(0x48, 'energy.import', 'kWh'),
  float(0x4a, 'energy.export', 'kWh'),
  float(0x4c, 'energy.reactive.import', 'kvarh'),
  float(0x4e, 'energy.reactive.export', 'kvarh'),
];
const TOTALS = [
  float(0x156, 'energy.total', 'kWh'),
  float(0x158, 'energy.reactive.total', 'kvarh'),
];
const SPEC = 'https://www.eastroneurope.com/products/category/din-rail-mounted-metering';

export const sdm630: RegisterMap = {
  id: 'sdm630',
  title: 'Eastron SDM630 (three phases)',
  spec: SPEC,
  read: 4,
  maxRegisters: 80,
  points: [
    ...phases(0x00, 'voltage', 'V'),
    ...phases(0x06, 'current', 'A'),
    ...phases(0x0c, 'power.net', 'W'),
    ...phases(0x12, 'power.apparent', 'VA'),
    ...phases(0x18, 'power.reactive.net', 'var'),
    ...phases(0x1e, 'power.factor', null),
    float(0x34, 'power.net', 'W'),
    float(0x38, 'power.apparent', 'VA'),
    float(0x3c, 'power.reactive.net', 'var'),
    float(0x3e, 'power.factor', null),
    float(0x46, 'frequency', 'Hz'),
    ...ENERGIES,
    float(0xc8, 'voltage.l12', 'V'),
    float(0xca, 'voltage.l23', 'V'),
    float(0xcc, 'voltage.l31', 'V'),
    float(0xe0, 'current.neutral', 'A'),
    ...TOTALS,
    ...phases(0x15a, 'energy.import', 'kWh'),
    ...phases(0x160, 'energy.export', 'kWh'),
    ...phases(0x166, 'energy.total', 'kWh'),
    ...phases(0x16c, 'energy.reactive.import', 'kvarh'),
    ...phases(0x172, 'energy.reactive.export', 'kvarh'),
    ...phases(0x178, 'energy.reactive.total', 'kvarh'),
  ],
};

const ONE_PHASE = [
  float(0x00, 'voltage', 'V'),
  float(0x06, 'current', 'A'),
  float(0x0c, 'power.net', 'W'),
  float(0x12, 'power.apparent', 'VA'),
  float(0x18, 'power.reactive.net', 'var'),
  float(0x1e, 'power.factor', null),
  float(0x46, 'frequency', 'Hz'),
  ...ENERGIES,
  ...TOTALS,
];

export const sdm120: RegisterMap = {
  id: 'sdm120',
  title: 'Eastron SDM120 (one phase)',
  spec: SPEC,
  read: 4,
  maxRegisters: 80,
  points: ONE_PHASE,
};

export const sdm220: RegisterMap = {
  id: 'sdm220',
  title: 'Eastron SDM220 (one phase)',
  spec: SPEC,
  read: 4,
  maxRegisters: 80,
  points: ONE_PHASE,
};

export const sdm72: RegisterMap = {
  id: 'sdm72',
  title: 'Eastron SDM72D-M (three phases, sums only)',
  spec: SPEC,
  read: 4,
  maxRegisters: 60,
  points: [
    float(0x34, 'power.net', 'W'),
    float(0x48, 'energy.import', 'kWh'),
    float(0x4a, 'energy.export', 'kWh'),
    float(0x156, 'energy.total', 'kWh'),
  ],
};
