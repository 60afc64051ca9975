import type { SourceTransport } from '@sigill/edge';
import { createSerialTransport, createTcpTransport } from '@sigill/firmware-bridge';
import type { TransportConfig } from './config.ts';

/** The way to a device, as configured. */
export function openTransport(config: TransportConfig): SourceTransport {
  if (config.kind === 'tcp') return createTcpTransport({ host: config.host, port: config.port });
  return createSerialTransport({ path: config.path, baudRate: config.baudRate });
}
