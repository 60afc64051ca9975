import { createSerialTransport, createTcpTransport, type Transport } from '@sigill/firmware-bridge';
import type { TransportConfig } from './config.ts';

/** The way to a device, as configured. */
export function openTransport(config: TransportConfig): Transport {
  if (config.kind === 'tcp') return createTcpTransport({ host: config.host, port: config.port });
  return createSerialTransport({ path: config.path, baudRate: config.baudRate });
}
