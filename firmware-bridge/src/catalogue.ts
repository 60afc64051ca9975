/**
 * Every driver by its id.
 * @module
 */
import type { Driver } from './driver.ts';
import { dsmrP1 } from './energy/dsmr-p1/dsmr-p1.ts';
import { modbusMeter } from './energy/modbus-meter/modbus-meter.ts';
import { DriverError } from './errors.ts';
import { chirpstack } from './lorawan/chirpstack/chirpstack.ts';
import { mqttJson } from './mqtt-json/mqtt-json.ts';
import { llrp } from './rfid/llrp/llrp.ts';
import { yrm100 } from './rfid/yrm100/yrm100.ts';
import { scale } from './waste/scale/scale.ts';
import { iso11784 } from './wildlife/iso11784/iso11784.ts';
import { nmea0183 } from './wildlife/nmea0183/nmea0183.ts';

export const drivers: ReadonlyMap<string, Driver> = new Map(
  [dsmrP1, modbusMeter, mqttJson, chirpstack, yrm100, llrp, nmea0183, iso11784, scale].map(
    (driver) => [driver.manifest.id, driver],
  ),
);

/** @throws DriverError DRIVER_UNKNOWN */
export function findDriver(id: string): Driver {
  const driver = drivers.get(id);
  if (driver) return driver;
  const known = [...drivers.keys()].join(', ');
  throw new DriverError('DRIVER_UNKNOWN', `there is no driver ${id}; there is: ${known}`);
}
