/**
 * Device bytes in, observations out: the public face, exports only.
 * @module
 */
export { type BackOffLimits, backOffMs } from './back-off.ts';
export type { Command, CommandIo } from './command.ts';
export * from './drivers.ts';
export { TransportError, type TransportErrorCode } from './errors.ts';
export * from './quantities.ts';
export { findLockHolder, findUsers } from './transports/lock-holder.ts';
export { createMqttTransport, type MqttOptions } from './transports/mqtt.ts';
export {
  contentOf,
  createSenderMemory,
  type Room,
  type SenderMemory,
  type Taken,
} from './transports/mqtt-repeats.ts';
export {
  type BrokerAddress,
  type BrokerSocket,
  connectBroker,
  parseBrokerUrl,
  parsePin,
} from './transports/mqtt-socket.ts';
export { createReplayTransport, type ReplayChunk } from './transports/replay.ts';
export { createSerialTransport, type SerialOptions } from './transports/serial.ts';
export { findObstacle } from './transports/serial-errors.ts';
export { createTcpTransport, type TcpOptions } from './transports/tcp.ts';
export type { Transport, TransportListener, TransportState } from './transports/transport.ts';
