/**
 * The sentences about one source: what is wrong and what to check there, by the way its device is reached.
 * @module
 */
import { type Driver, drivers, type TransportName } from '@sigill/firmware-bridge';
import type { SourceConfig } from './config.ts';
import { type Diagnosis, diagnose } from './diagnosis.ts';
import {
  type Judgement,
  type SourceAdvice,
  type SourceErrorCode,
  seconds,
} from './source-judgement.ts';
import type { TransportConfig } from './transport-config.ts';

type AdvisedSource = Pick<SourceConfig, 'driver' | 'transport' | 'cadenceMs'>;

/** `known`: the drivers that may be the right one. */
export function createSourceAdvice(
  { driver, transport, cadenceMs }: AdvisedSource,
  known: Iterable<Driver> = drivers.values(),
): SourceAdvice {
  const name: TransportName = transport.kind === 'broker' ? 'mqtt' : transport.kind;
  const isLine = name !== 'mqtt';
  const place = describeTransport(transport);
  const silence = adviceOnSilence(transport, driver);

  return {
    silent: (quietMs) => `${place} is open, but nothing came for ${seconds(quietMs)}: ${silence}`,

    mostlyRejected({ code, message }) {
      const cause = isLine ? ADVICE_BY_CODE[code] : undefined;
      return `most of what comes is refused, the last with ${code} (${message}): ${
        cause ?? `does ${driver} read this device?`
      }`;
    },

    flood: () =>
      'far more comes than the cadence promises; what is beyond the limit is dropped and told by gaps: ' +
      'is the device stuck, or cadenceMs wrong? maxPerSecond raises the limit',

    unreadable(sample) {
      const candidates = [...known].filter(({ manifest }) => manifest.transports.includes(name));
      const found = diagnose(sample, driver, candidates);
      return found && explain(found);
    },
  };

  function explain(found: Diagnosis): Judgement | null {
    switch (found.kind) {
      case 'text':
        return null;
      case 'other driver':
        return noise(
          'SOURCE_OTHER_DRIVER',
          `what comes is read by the driver ${found.driver}, not by ${driver}: write driver: ${found.driver}`,
        );
      case 'parity':
        return isLine
          ? noise(
              'SOURCE_OTHER_PARITY',
              `what comes is text with ${found.parity} parity: ${settings(`dataBits: 7, parity: ${found.parity}`)}`,
            )
          : null;
      case 'speed':
        return isLine && cadenceMs !== null
          ? noise(
              'SOURCE_OTHER_SPEED',
              `what comes looks as if the device spoke more slowly than the port listens: ${settings('a lower baudRate')}`,
            )
          : null;
      case 'binary':
        return cadenceMs === null
          ? null
          : noise(
              'SOURCE_UNREADABLE',
              isLine
                ? `nothing that comes is a frame that ${driver} reads: the baud rate is wrong (${settings('the one of the device')}), or the driver is`
                : `nothing that comes is a message that ${driver} reads: is it the right driver?`,
            );
    }
  }

  function settings(write: string): string {
    if (transport.kind !== 'serial') return `set the serial server at ${place} to ${write}`;
    const { baudRate, dataBits, parity, stopBits } = transport;
    const now = `${baudRate} baud, ${dataBits} data bits, parity ${parity}, ${stopBits} stop bits`;
    return `write ${write} in place of what stands now, ${now}`;
  }
}

function noise(code: SourceErrorCode, reason: string): Judgement {
  return { state: 'babbling', code, reason };
}

const ADVICE_BY_CODE: Readonly<Record<string, string>> = {
  CHECKSUM_MISMATCH:
    'bits are lost on the line: check the cable and its length, whether the signal is inverted, parity and baud rate',
  FRAME_SYNTAX: 'check baud rate and parity, and that this is the device the driver is for',
  FRAME_TOO_LONG: 'ends of frames are lost, or it is another device than the driver is for',
  FRAME_TRUNCATED: 'the line loses bytes: check the cable, and that nothing else reads the port',
};

/** The place as people know it. */
export function describeTransport(transport: TransportConfig): string {
  switch (transport.kind) {
    case 'serial':
      return transport.path;
    case 'tcp':
      return `${transport.host}:${transport.port}`;
    case 'mqtt':
      return `${transport.url} (${transport.topics.join(', ')})`;
    case 'broker':
      return `the own broker (${transport.topics.join(', ')})`;
  }
}

function adviceOnSilence(transport: TransportConfig, driver: string): string {
  switch (transport.kind) {
    case 'serial': {
      const line = driver === 'dsmr-p1' ? ', that its request line (pin 2) is driven' : '';
      return `check that the device is on, that the cable sits at both ends${line}, and that its baud rate is ${transport.baudRate}`;
    }
    case 'tcp':
      return 'check that the device behind it is on and its cable sits, and that nobody else is connected there';
    case 'mqtt':
    case 'broker':
      return 'check that the devices are on, that they publish to these topics, and that they may';
  }
}
