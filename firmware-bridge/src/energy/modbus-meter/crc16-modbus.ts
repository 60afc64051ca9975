/**
 * CRC-16/MODBUS: polynomial 0x8005 reflected, initial value 0xFFFF, no final XOR; low byte first on the line.
 * Spec: MODBUS over Serial Line V1.02 §6.2.2; the catalogue's check value over "123456789" is 0x4B37.
 * @module
 */
const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  return crc;
});

export function crc16Modbus(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] as number);
  return crc;
}
