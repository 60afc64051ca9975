import { expect, it } from 'vitest';
import { crc16Modbus } from './crc16-modbus.ts';

it('gives the check value of CRC-16/MODBUS', () => {
  expect(crc16Modbus(new TextEncoder().encode('123456789'))).toBe(0x4b37);
});
