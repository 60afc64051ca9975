/** The machine itself: runtime, memory, power, heat, other programs that take ports. */
import type { Box } from '../box.ts';
import { type Check, fault, ok, skipped, warning } from '../check.ts';

// The lockfile brings it; below it `.ts` files do not run.
const LEAST_NODE = 24;
const LEAST_MEMORY_KIB = 150 * 1024;
const LOW_MEMORY_KIB = 300 * 1024;
// A Raspberry Pi slows down from 80 °C on and stops its fast cores at 85.
const HOT_CELSIUS = 80;

const runtime: Check = {
  id: 'runtime',
  title: 'Node and machine are of the right kind',
  async run({ runtime: { node, arch, platform } }) {
    if (platform !== 'linux' || !['x64', 'arm64'].includes(arch)) {
      return fault(
        `this is ${platform} ${arch}`,
        'Sigill runs on 64-bit Linux; the native parts do not exist for others',
        'Install Raspberry Pi OS (64-bit) on the card',
      );
    }
    if (Number.parseInt(node, 10) < LEAST_NODE) {
      return fault(
        `Node ${node} runs this`,
        `Node ${LEAST_NODE} comes with the installation; an older one cannot read its files`,
        'In the folder of Sigill: npm ci, then start with npx sigill …',
      );
    }
    return ok(`Node ${node} on ${platform} ${arch}`);
  },
};

const memory: Check = {
  id: 'memory',
  title: 'There is memory left',
  async run({ machine }) {
    const text = await machine.read('/proc/meminfo');
    const available = Number(/^MemAvailable:\s+(\d+) kB/m.exec(text ?? '')?.[1]);
    if (!Number.isFinite(available)) return skipped('this system does not tell its memory');
    const found = `${Math.round(available / 1024)} MiB are available`;
    const why = 'when memory ends, the kernel kills a process, often the largest';
    const remedy = 'See what uses it: ps -eo rss,comm --sort=-rss | head; stop what is not needed';
    if (available < LEAST_MEMORY_KIB) return fault(found, why, remedy);
    return available < LOW_MEMORY_KIB ? warning(found, why, remedy) : ok(found);
  },
};

const THROTTLED_BITS = [
  { bit: 0, text: 'the voltage is too low now' },
  { bit: 1, text: 'the processor is held back now' },
  { bit: 2, text: 'the processor is slowed down now' },
  { bit: 16, text: 'the voltage was too low since the start' },
  { bit: 18, text: 'the processor was slowed down since the start' },
] as const;

const power: Check = {
  id: 'power',
  title: 'The power supply is strong enough (Raspberry Pi)',
  async run({ machine }) {
    const ran = await machine.run('vcgencmd', ['get_throttled']);
    const bits = Number(/throttled=(0x[0-9a-f]+)/i.exec(ran?.output ?? '')?.[1]);
    if (!Number.isFinite(bits)) return skipped('this machine does not tell its voltage');
    const told = THROTTLED_BITS.filter(({ bit }) => (bits & (1 << bit)) !== 0);
    if (told.length === 0) return ok('the voltage was right since the start');
    const found = told.map(({ text }) => text).join('; ');
    const why = 'low voltage corrupts SD cards and drops USB adapters';
    const remedy = 'Use the maker’s power supply with a short, thick cable; give hubs their own';
    return (bits & 0b111) === 0 ? warning(found, why, remedy) : fault(found, why, remedy);
  },
};

const heat: Check = {
  id: 'heat',
  title: 'The processor is not too hot',
  async run({ machine }) {
    const text = await machine.read('/sys/class/thermal/thermal_zone0/temp');
    if (text === null) return skipped('this machine does not tell its temperature');
    const celsius = Number(text) / 1000;
    const found = `the processor is at ${celsius.toFixed(0)} °C`;
    if (celsius < HOT_CELSIUS) return ok(found);
    return warning(
      found,
      'a hot processor is slowed down and ages fast',
      'Shade the box, give it air or a heat sink',
    );
  },
};

const PORT_TAKERS = [
  { name: 'ModemManager', remedy: 'sudo systemctl disable --now ModemManager' },
  { name: 'brltty', remedy: 'sudo apt remove brltty' },
] as const;

const portTakers: Check = {
  id: 'port-takers',
  title: 'No other program takes serial ports for itself',
  async run({ machine }) {
    const running = await Promise.all(
      (await machine.list('/proc'))
        .filter((name) => /^\d+$/.test(name))
        .map(async (pid) => (await machine.read(`/proc/${pid}/comm`))?.trim()),
    );
    const taker = PORT_TAKERS.find(({ name }) => running.includes(name));
    if (taker === undefined) return ok('neither ModemManager nor brltty runs');
    return warning(
      `${taker.name} runs`,
      'it opens every new serial adapter and sends bytes to it: readings go missing after each plug',
      taker.remedy,
    );
  },
};

const groups: Check = {
  id: 'groups',
  title: 'This user may use serial ports',
  async run({ machine, config, user }: Box) {
    if (config !== null && !config.sources.some(({ transport }) => transport.kind === 'serial')) {
      return skipped('no source uses a serial port');
    }
    if (user.uid === 0) return ok('root may');
    const dialout = (await machine.read('/etc/group'))
      ?.split('\n')
      .find((line) => line.startsWith('dialout:'));
    if (dialout === undefined) return skipped('this system has no group dialout');
    if (dialout.split(':')[3]?.split(',').includes(user.name))
      return ok(`${user.name} is in dialout`);
    return fault(
      `${user.name} is not in the group dialout`,
      'serial ports belong to that group: none can be opened',
      `sudo usermod -aG dialout ${user.name}, then log in again or restart the service`,
    );
  },
};

export const machineChecks: readonly Check[] = [runtime, memory, power, heat, groups, portTakers];
