/**
 * The way to a device, as configured.
 * @module
 */
import { readFileSync } from 'node:fs';
import {
  createMqttTransport,
  createSerialTransport,
  createTcpTransport,
  type Transport,
  TransportError,
} from '@sigill/firmware-bridge';
import type { BrokerTransportConfig, TransportConfig } from './transport-config.ts';

/** A way to a device that is opened from here; the gateway's own broker is not. */
export type OpenedTransportConfig = Exclude<TransportConfig, BrokerTransportConfig>;

/** @throws TransportError ADDRESS_INVALID, also where a password file cannot be read */
export function openTransport(config: OpenedTransportConfig): Transport {
  switch (config.kind) {
    case 'tcp':
      return createTcpTransport({ host: config.host, port: config.port });
    case 'mqtt': {
      const { url, topics, clientId, username, passwordFile, certificate } = config;
      const password = passwordFile === null ? null : readPassword(passwordFile);
      return createMqttTransport({ url, topics, clientId, username, password, certificate });
    }
    case 'serial': {
      const { path, baudRate, dataBits, parity, stopBits } = config;
      return createSerialTransport({ path, baudRate, dataBits, parity, stopBits });
    }
  }
}

function readPassword(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const message = `the password file ${file} cannot be read (${code}): write it, or correct passwordFile`;
    throw new TransportError('ADDRESS_INVALID', message, { cause });
  }
}
