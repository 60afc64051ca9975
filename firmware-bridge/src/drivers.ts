/**
 * The pure face: drivers, framers and what they say. It runs in browsers.
 * @module
 */
export { drivers, findDriver } from './catalogue.ts';
export { decodeAgain } from './decode-again.ts';
export {
  type DecodedObservation,
  type Driver,
  type DriverOption,
  type FieldValue,
  listening,
  MAX_MESSAGE_LENGTH,
  MAX_REJECTED_BYTES,
  type Manifest,
  type Observation,
  type ObservedField,
  optionsOf,
  perMessage,
  type Rejection,
  type SerialSettings,
  type Session,
  type SessionInput,
  type Step,
  type TransportName,
} from './driver.ts';
export { formatDriverName, parseDriverName } from './driver-name.ts';
export { dsmrP1 } from './energy/dsmr-p1/dsmr-p1.ts';
export { modbusMeter } from './energy/modbus-meter/modbus-meter.ts';
export { DecodeError, type DecodeErrorCode, DriverError, type DriverErrorCode } from './errors.ts';
export { type Cut, type Framer, isTorn, type TornFrame, type WholeFrame } from './framer.ts';
export { chirpstack } from './lorawan/chirpstack/chirpstack.ts';
export { mqttJson } from './mqtt-json/mqtt-json.ts';
export { llrp } from './rfid/llrp/llrp.ts';
export { yrm100 } from './rfid/yrm100/yrm100.ts';
export { scale } from './waste/scale/scale.ts';
export { iso11784 } from './wildlife/iso11784/iso11784.ts';
export { nmea0183 } from './wildlife/nmea0183/nmea0183.ts';
