/**
 * Peacefair PZEM-004T v3 and PZEM-016: scaled integers in ten input registers, the low word of a double first.
 * Spec: PZEM-004T V3.0 user manual §2.3, "read the measurement result".
 * @module
 */
import type { RegisterMap } from '../register-map.ts';

export const pzem004t: RegisterMap = {
  id: 'pzem004t',
  title: 'Peacefair PZEM-004T v3, PZEM-016 (one phase)',
  spec: 'https://innovatorsguru.com/wp-content/uploads/2019/06/PZEM-004T-V3.0-Datasheet-User-Manual.pdf',
  read: 4,
  maxRegisters: 10,
  points: [
    { register: 0, type: 'uint16', name: 'voltage', unit: 'V', exponent: -1 },
    { register: 1, type: 'uint32-swapped', name: 'current', unit: 'A', exponent: -3 },
    { register: 3, type: 'uint32-swapped', name: 'power.import', unit: 'W', exponent: -1 },
    { register: 5, type: 'uint32-swapped', name: 'energy.import', unit: 'Wh', exponent: 0 },
    { register: 7, type: 'uint16', name: 'frequency', unit: 'Hz', exponent: -1 },
    { register: 8, type: 'uint16', name: 'power.factor', unit: null, exponent: -2 },
    // 0xFFFF while the power is above its alarm threshold, else 0.
    { register: 9, type: 'uint16', name: 'other.modbus-meter.alarm', unit: null, exponent: 0 },
  ],
};
