/**
 * The CRC-16 a UHF tag sends behind PC and EPC: polynomial 0x1021, preset 0xFFFF, inverted.
 * Spec: EPC UHF Gen2 2.1 §6.3.1.5 and annex F.
 * @module
 */
export function crc16Gen2(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++)
      crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc ^ 0xffff;
}
