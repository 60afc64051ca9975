/**
 * What someone far away needs to understand this box: one text file, bounded, without secrets.
 * @module
 */
import type { Box } from '../doctor/box.ts';
import { examine } from '../doctor/examine.ts';
import { renderExamined } from '../doctor/render.ts';
import { needlesOf, scanSecrets } from './scan-secrets.ts';

export interface SupportParts {
  readonly box: Box;
  /** The key files' bytes: what is looked for everywhere. */
  readonly secrets: readonly Uint8Array[];
  readonly status: unknown;
  readonly configuration: string | null;
  /** Told before each part. */
  collecting(title: string): void;
}

export interface Support {
  readonly text: string;
  readonly removed: number;
}

interface Part {
  readonly title: string;
  read(parts: SupportParts): Promise<string | null>;
}

// A mail takes it, and a person reads it.
const MAX_PART = 256 * 1024;

const program = (title: string, ...[name, ...args]: [string, ...string[]]): Part => ({
  title,
  read: async ({ box }) => (await box.machine.run(name, args))?.output ?? null,
});
const file = (path: string): Part => ({ title: path, read: ({ box }) => box.machine.read(path) });

const PARTS: readonly Part[] = [
  {
    title: 'doctor',
    async read({ box }) {
      let text = '';
      for await (const examined of examine(box)) text += renderExamined(examined, false);
      return text;
    },
  },
  {
    title: 'status',
    read: async ({ status }) => (status === null ? null : JSON.stringify(status, null, 1)),
  },
  { title: 'configuration', read: async ({ configuration }) => configuration },
  {
    title: 'versions',
    read: async ({ box: { version, runtime } }) =>
      `sigill ${version}\nnode ${runtime.node} ${runtime.platform} ${runtime.arch}\n`,
  },
  file('/etc/os-release'),
  file('/proc/version'),
  file('/proc/device-tree/model'),
  file('/proc/uptime'),
  file('/proc/loadavg'),
  file('/proc/meminfo'),
  file('/proc/mounts'),
  program('disk', 'df', '-h'),
  program('time', 'timedatectl'),
  program('addresses', 'ip', '-brief', 'address'),
  program('routes', 'ip', 'route'),
  program('usb', 'lsusb'),
  program('serial ports by name', 'ls', '-l', '/dev/serial/by-id'),
  {
    title: 'data directory',
    read: async ({ box }) =>
      box.config === null
        ? null
        : ((await box.machine.run('ls', ['-lR', box.config.data]))?.output ?? null),
  },
  program('service', 'systemctl', 'status', '--no-pager', '--lines=0', 'sigill'),
  program('log', 'journalctl', '--no-pager', '--lines=2000', '--output=short-iso', '-u', 'sigill'),
  program('kernel', 'dmesg', '--level=err,warn'),
];

export async function collectSupport(parts: SupportParts): Promise<Support> {
  const known = parts.secrets.flatMap(needlesOf);
  const made = new Date(parts.box.now()).toISOString();
  let text = `Sigill support file, made ${made}. Text only; secrets are taken out. Read it before you send it.\n`;
  let removed = 0;
  for (const part of PARTS) {
    parts.collecting(part.title);
    const told = await part
      .read(parts)
      .catch((error: Error) => `could not be read: ${error.message}`);
    const scanned = scanSecrets(cut(told ?? 'not to be had on this system'), known);
    removed += scanned.removed;
    text += `\n===== ${part.title} =====\n${scanned.text}\n`;
  }
  return { text, removed };
}

/** The end of what is too long: the newest lines of a log stand there. */
function cut(text: string): string {
  if (text.length <= MAX_PART) return text.trimEnd();
  return `… the first ${text.length - MAX_PART} characters are left out\n${text.slice(-MAX_PART).trimEnd()}`;
}
