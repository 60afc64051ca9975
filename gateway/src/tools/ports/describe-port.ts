/**
 * One port in words: what it is, whether it is free and open to us, what it speaks, and the lines
 * of configuration that use it.
 * @module
 */
import { formatValue, isDecimal } from '@sigill/evidence';
import type { Heard, LineSettings } from './listen.ts';
import type { SerialPortInfo } from './serial-ports.ts';

export interface PortReport extends SerialPortInfo {
  /** The program that has it open, such as `modem-manager (process 512)`. */
  readonly holder: string | null;
  /** What keeps this user from opening it, with the command that mends it; null if nothing does. */
  readonly obstacle: string | null;
  /** The configured source that uses it. */
  readonly source: string | null;
  /** Null when it was not listened to. */
  readonly heard: readonly Heard[] | null;
}

export function describePort(port: PortReport): string {
  const lines = [port.path, ...facts(port).map((fact) => `    ${fact}`)];
  return `${lines.join('\n')}\n`;
}

function facts(port: PortReport): string[] {
  const hardware = [
    port.adapter,
    port.usb && `(${port.usb})`,
    port.driver && `driver ${port.driver}`,
  ];
  return [
    hardware.filter(Boolean).join(' ') || 'no adapter tells its name',
    ...stability(port),
    ...(port.source === null ? [] : [`configured as source ${port.source}`]),
    ...(port.holder === null ? [] : [`in use by ${port.holder}`]),
    ...(port.obstacle === null ? [] : [port.obstacle]),
    ...(port.heard === null ? [] : whatWasHeard(port, port.heard)),
  ];
}

/** A name that is renumbered reads another device after the next power cut. */
function stability({ stablePath, usb }: PortReport): string[] {
  if (stablePath !== null) return [`write  ${stablePath}`];
  if (usb === null) return [];
  return [
    'no name below /dev/serial/by-id: this adapter has no serial number of its own; plug only one of its kind, or use a port of /dev/serial/by-path',
  ];
}

function whatWasHeard(port: PortReport, heard: readonly Heard[]): string[] {
  const last = heard.at(-1);
  if (last === undefined) return [];
  if (last.reason !== null) return [last.reason];
  if (last.understood === null) return nothingUnderstood(heard);
  const { driver, observations, first } = last.understood;
  const path = port.stablePath ?? port.path;
  return [
    `speaks ${driver} at ${formatSettings(last.settings)}: ${observations} understood, first ${formatFirst(first)}`,
    'to read it, write under sources in gateway.yaml:',
    '  - name: NAME',
    `    driver: ${driver}`,
    `    transport: ${formatTransport(path, last.settings)}`,
  ];
}

function nothingUnderstood(heard: readonly Heard[]): string[] {
  const loudest = heard.reduce((most, one) => (one.bytes > most.bytes ? one : most));
  if (loudest.bytes === 0) {
    return [
      'silent at every usual speed: check cable and power; a P1 port needs its request line, and a device that must be asked (Modbus, YRM100) says nothing by itself',
    ];
  }
  return [
    `${loudest.bytes} bytes at ${formatSettings(loudest.settings)}, and no driver understands them: another speed, another parity, an inverted cable, or a device that sigill drivers does not list`,
  ];
}

export function formatSettings({ baudRate, dataBits, parity }: LineSettings): string {
  return `${baudRate} baud ${dataBits}${parity[0]?.toUpperCase()}1`;
}

function formatTransport(path: string, { baudRate, dataBits, parity }: LineSettings): string {
  const more =
    dataBits === 8 && parity === 'none' ? '' : `, dataBits: ${dataBits}, parity: ${parity}`;
  return `{ serial: ${path}, baudRate: ${baudRate}${more} }`;
}

function formatFirst({ kind, device, fields }: NonNullable<Heard['understood']>['first']): string {
  const told = Object.entries(fields);
  const [name, field] = told.find(([, { value }]) => isDecimal(value)) ?? told[0] ?? [];
  const value =
    name === undefined || field === undefined
      ? ''
      : ` ${name} ${formatValue(field.value)}${field.unit === null ? '' : ` ${field.unit}`}`;
  return `${kind} ${device}${value}`.trim();
}
