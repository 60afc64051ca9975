/** Each source and its port, and what the running process says of it. */
import { findDriver } from '@sigill/firmware-bridge';
import type { Box } from '../box.ts';
import { type Check, type Finding, fault, ok, skipped, warning } from '../check.ts';

const ports: Check = {
  id: 'ports',
  title: 'The configured ports are there and open to us',
  async run(box) {
    const paths = (box.config?.sources ?? []).flatMap(({ name, transport }) =>
      transport.kind === 'serial' ? [{ name, path: transport.path }] : [],
    );
    if (paths.length === 0) return skipped('no source uses a serial port');
    return Promise.all(paths.map(({ name, path }) => examinePort(box, name, path)));
  },
};

async function examinePort({ machine }: Box, name: string, path: string): Promise<Finding> {
  const allowed = await machine.access(path, 'write');
  if (allowed === 'missing') {
    const present = await machine.list('/dev/serial/by-id');
    const others =
      present.length === 0 ? 'no adapter is plugged in' : `there are: ${present.join(', ')}`;
    return fault(
      `${name}: ${path} is not there; ${others}`,
      'nothing is read from this source; its silence is told by heartbeats',
      'Plug the adapter in, or find its name: sigill ports, and write it in the configuration',
    );
  }
  if (allowed === 'denied') {
    return fault(
      `${name}: ${path} may not be opened`,
      'nothing is read from this source',
      `sudo usermod -aG dialout "$USER", then log in again or restart the service`,
    );
  }
  if (/^\/dev\/tty(USB|ACM)\d+$/.test(path)) {
    return warning(
      `${name}: ${path} is a name that changes when adapters come and go`,
      'after the next power cut another device may be read as this source',
      'Write the name below /dev/serial/by-id instead: sigill ports shows it',
    );
  }
  return ok(`${name}: ${path}`);
}

const known: Check = {
  id: 'drivers',
  title: 'Each source has a driver and options it knows',
  async run({ config }) {
    if (config === null || config.sources.length === 0) {
      return config === null
        ? skipped('there is no configuration')
        : warning(
            'no source is configured',
            'this box reads nothing',
            'Find devices with sigill ports --listen, and write them under sources',
          );
    }
    return config.sources.map(({ name, driver, options }) => {
      try {
        findDriver(driver).createSession(options);
        return ok(`${name}: ${driver}`);
      } catch (error) {
        return fault(
          `${name}: ${(error as Error).message}`,
          'the source is not read',
          'sigill drivers lists drivers and their options',
        );
      }
    });
  },
};

const WELL = new Set(['ok', 'open', 'starting', 'connecting']);

const sources: Check = {
  id: 'sources',
  title: 'Each source is read',
  async run({ running, now }) {
    if (running === null) return skipped('nothing runs');
    const told = running.sources ?? [];
    if (told.length === 0) return skipped('no source runs');
    return told.map(({ source, state, reason, lastObservedMs }) => {
      const last =
        lastObservedMs === null
          ? 'nothing was read yet'
          : `last read ${Math.max(0, Math.round((now() - lastObservedMs) / 1000))} s ago`;
      if (WELL.has(state) && reason === null) return ok(`${source}: ${last}`);
      return fault(
        `${source}: ${state}: ${reason ?? 'no reason is told'} (${last})`,
        'its readings are missing; the silence is told by heartbeats and gaps',
        'Do what the sentence says; sigill ports --listen hears what the port speaks',
      );
    });
  },
};

export const sourceChecks: readonly Check[] = [ports, known, sources];
