/**
 * A small DSMR 5 telegram saying one power, with a checksum computed here and not by the driver.
 * @module
 */

export interface P1Says {
  readonly meter: string;
  /** As the meter writes it, such as 01.234. */
  readonly kilowatts: string;
  /** As the meter writes it, such as 261122103000W. */
  readonly time: string;
}

export function p1Telegram({ meter, kilowatts, time }: P1Says): Uint8Array {
  const lines = [
    '/TST5\\253TEST-METER',
    '',
    '1-3:0.2.8(50)',
    `0-0:1.0.0(${time})`,
    `0-0:96.1.1(${meter})`,
    '1-0:1.8.1(001234.567*kWh)',
    `1-0:1.7.0(${kilowatts}*kW)`,
    '!',
  ];
  const body = Buffer.from(lines.join('\r\n'), 'latin1');
  const checksum = crc16Arc(body).toString(16).toUpperCase().padStart(4, '0');
  return Buffer.concat([body, Buffer.from(`${checksum}\r\n`, 'latin1')]);
}

/** Polynomial x^16 + x^15 + x^2 + 1, reflected, from 0 (DSMR P1 companion standard 5.0.2 §6.2). */
function crc16Arc(bytes: Uint8Array): number {
  let register = 0;
  for (const byte of bytes) {
    register ^= byte;
    for (let bit = 0; bit < 8; bit += 1)
      register = register & 1 ? (register >>> 1) ^ 0xa001 : register >>> 1;
  }
  return register;
}

/** The meter's clock for an instant: Dutch local time with its season's letter. */
export function p1Time(ms: number): string {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'Europe/Amsterdam',
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(ms);
  const offset = new Intl.DateTimeFormat('en-US', {
    timeZone: 'Europe/Amsterdam',
    timeZoneName: 'longOffset',
  }).format(ms);
  return `${parts.replace(/\D/g, '').slice(2)}${offset.endsWith('+01:00') ? 'W' : 'S'}`;
}
