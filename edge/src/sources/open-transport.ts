import { createSerialTransport, createTcpTransport, type Transport } from '@sigill/firmware-bridge';
import type { BrokerTransportConfig, TransportConfig } from './transport-config.ts';

/** A way to a device that is opened from here; the gateway's own broker is not. */
export type OpenedTransportConfig = Exclude<TransportConfig, BrokerTransportConfig>;

/** The way to a device, as configured. */
export function openTransport(config: OpenedTransportConfig): Transport {
  if (config.kind === 'tcp') return createTcpTransport({ host: config.host, port: config.port });
  if (config.kind === 'mqtt') throw new Error('wired when the transport is there');
  const { path, baudRate, dataBits, parity, stopBits } = config;
  return createSerialTransport({ path, baudRate, dataBits, parity, stopBits });
}
