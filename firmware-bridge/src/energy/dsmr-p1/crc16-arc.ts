/**
 * CRC-16/ARC: polynomial 0x8005 reflected, initial value 0, no final XOR.
 * Spec: DSMR P1 5.0.2 §6.2; the catalogue's check value over "123456789" is 0xBB3D.
 * @module
 */
const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  return crc;
});

export function crc16Arc(bytes: Uint8Array, end = bytes.length): number {
  let crc = 0;
  for (let i = 0; i < end; i++)
    crc = (crc >>> 8) ^ (TABLE[(crc ^ (bytes[i] as number)) & 0xff] as number);
  return crc;
}
