import { describe, expect, it } from 'vitest';
import { createBox, NOW, type Sick } from './box-fixture.ts';
import type { FindingStatus } from './check.ts';
import { CHECKS, type Examined, examine } from './examine.ts';
import { renderExamined } from './render.ts';

type Case = readonly [fault: string, id: string, status: FindingStatus, harm: (sick: Sick) => void];

const refuse = (message: string) => async () => {
  throw new Error(message);
};

const CASES: readonly Case[] = [
  [
    'a 32-bit system',
    'runtime',
    'fault',
    ({ box }) => {
      box.runtime = { ...box.runtime, arch: 'arm' };
    },
  ],
  [
    'an old Node',
    'runtime',
    'fault',
    ({ box }) => {
      box.runtime = { ...box.runtime, node: '20.1.0' };
    },
  ],
  [
    'memory at its end',
    'memory',
    'fault',
    ({ machine }) => {
      machine.files['/proc/meminfo'] = 'MemAvailable: 90000 kB\n';
    },
  ],
  [
    'a weak power supply',
    'power',
    'fault',
    ({ machine }) => {
      machine.programs['vcgencmd get_throttled'] = 'throttled=0x50005\n';
    },
  ],
  [
    'a voltage that was low',
    'power',
    'warning',
    ({ machine }) => {
      machine.programs['vcgencmd get_throttled'] = 'throttled=0x50000\n';
    },
  ],
  [
    'a box in the sun',
    'heat',
    'warning',
    ({ machine }) => {
      machine.files['/sys/class/thermal/thermal_zone0/temp'] = '83000\n';
    },
  ],
  [
    'a user outside dialout',
    'groups',
    'fault',
    ({ box }) => {
      box.user = { name: 'anna', uid: 1001 };
    },
  ],
  [
    'ModemManager',
    'port-takers',
    'warning',
    ({ machine }) => {
      machine.files['/proc/77/comm'] = 'ModemManager\n';
    },
  ],
  [
    'a full disk',
    'disk-space',
    'fault',
    ({ machine }) => {
      machine.programs['df -Pk /var/lib/sigill'] = 'x\n/dev/root 30000000 29990000 10000 100% /\n';
    },
  ],
  [
    'no inodes left',
    'disk-inodes',
    'fault',
    ({ machine }) => {
      machine.programs['df -Pi /var/lib/sigill'] = 'x\n/dev/root 1900000 1899990 10 100% /\n';
    },
  ],
  [
    'data in memory',
    'disk-kind',
    'fault',
    ({ machine }) => {
      machine.files['/proc/mounts'] += 'tmpfs /var/lib/sigill tmpfs rw 0 0\n';
    },
  ],
  [
    'a card gone read-only',
    'disk-writable',
    'fault',
    ({ machine }) => {
      machine.files['/proc/mounts'] = '/dev/mmcblk0p2 / ext4 ro 0 0\n';
    },
  ],
  [
    'a failing file system',
    'disk-health',
    'fault',
    ({ machine }) => {
      machine.files['/sys/fs/ext4/mmcblk0p2/errors_count'] = '3\n';
    },
  ],
  [
    'a worn card',
    'disk-health',
    'warning',
    ({ machine }) => {
      machine.files['/sys/block/mmcblk0/device/life_time'] = '0x0a 0x03\n';
    },
  ],
  [
    'a clock at 1970',
    'clock',
    'fault',
    ({ box }) => {
      box.now = () => 86_400_000;
    },
  ],
  [
    'no time server',
    'clock-sync',
    'warning',
    ({ machine }) => {
      machine.programs['timedatectl show -p NTPSynchronized --value'] = 'no\n';
    },
  ],
  [
    'no clock chip',
    'clock-chip',
    'warning',
    ({ machine }) => {
      delete machine.files['/sys/class/rtc/rtc0/name'];
    },
  ],
  [
    'a clock two hours behind',
    'clock-upstream',
    'warning',
    ({ network }) => {
      network.clockOf = async () => NOW + 7_200_000;
    },
  ],
  [
    'a broken configuration',
    'configuration',
    'fault',
    ({ box }) => {
      box.configFault = new Error('gateway.yaml: line 4: bad indentation');
    },
  ],
  [
    'no configuration',
    'configuration',
    'fault',
    ({ box }) => {
      box.config = null;
    },
  ],
  [
    'a lost key',
    'keys',
    'fault',
    ({ machine }) => {
      delete machine.modes['/etc/sigill/keys/log.pem'];
    },
  ],
  [
    'a key that others can read',
    'keys',
    'fault',
    ({ machine }) => {
      machine.modes['/etc/sigill/keys/agent.pem'] = 0o644;
    },
  ],
  [
    'a box that is not enrolled',
    'enrolment',
    'fault',
    ({ config }) => {
      config.recordFiles = [];
    },
  ],
  [
    'a data directory of root',
    'data-directory',
    'fault',
    ({ machine }) => {
      machine.denied.push('/var/lib/sigill');
    },
  ],
  [
    'an unplugged adapter',
    'ports',
    'fault',
    ({ machine }) => {
      delete machine.files['/dev/serial/by-id/usb-FTDI_A1'];
    },
  ],
  [
    'a port that may not be opened',
    'ports',
    'fault',
    ({ machine }) => {
      machine.denied.push('/dev/serial/by-id/usb-FTDI_A1');
    },
  ],
  [
    'a driver that does not exist',
    'drivers',
    'fault',
    ({ config }) => {
      config.sources = [{ ...config.sources[0]!, driver: 'p2' }];
    },
  ],
  [
    'an unplugged network',
    'route',
    'fault',
    ({ machine }) => {
      machine.files['/proc/net/route'] = 'Iface\tDestination\n';
    },
  ],
  [
    'a name that is not found',
    'dns',
    'fault',
    ({ network }) => {
      network.resolve = refuse('ENOTFOUND');
    },
  ],
  [
    'a firewall',
    'connection',
    'fault',
    ({ network }) => {
      network.connect = refuse('no answer in 5 s');
    },
  ],
  [
    'somebody in between',
    'tls',
    'fault',
    ({ network }) => {
      network.certificate = async () => new Uint8Array(32);
    },
  ],
  [
    'a ledger that is away',
    'ledger',
    'fault',
    ({ network }) => {
      network.chainId = refuse('fetch failed');
    },
  ],
  [
    'one of the ledger’s nodes that is away',
    'ledger',
    'warning',
    ({ box, network }) => {
      box.config = {
        ...box.config!,
        ledgerNodes: ['http://127.0.0.1:8545', 'http://node.example'],
      };
      const chainId = network.chainId;
      network.chainId = async (node) =>
        node.includes('example') ? refuse('ECONNREFUSED')() : chainId(node);
    },
  ],
  [
    'a notary that was not heard of for hours',
    'notary',
    'warning',
    ({ box }) => {
      const last = { index: 12, at: Date.UTC(2020, 0, 1), size: 7 };
      box.running = { ...box.running, anchoring: { by: 'notary', last } };
    },
  ],
  [
    'a broker that does not listen',
    'listeners',
    'fault',
    ({ network }) => {
      network.connect = refuse('ECONNREFUSED');
    },
  ],
  [
    'nothing running',
    'running',
    'fault',
    ({ box }) => {
      box.running = null;
    },
  ],
  [
    'a service that is not installed',
    'service',
    'warning',
    ({ machine }) => {
      machine.programs['systemctl is-enabled sigill'] = 'disabled\n';
    },
  ],
  [
    'an old version running',
    'version',
    'warning',
    ({ box }) => {
      box.version = '0.2.0';
    },
  ],
  [
    'a journal that failed',
    'journal',
    'fault',
    (sick) => setAgent(sick, { state: 'recovering', reason: 'EIO' }),
  ],
  ['a full journal', 'journal', 'fault', (sick) => setAgent(sick, { full: true })],
  ['readings that were lost', 'losses', 'warning', (sick) => setAgent(sick, { lost: 12 })],
  [
    'receipts that do not come',
    'receipts',
    'warning',
    (sick) => setAgent(sick, { position: { sealedBefore: 900, receiptedBefore: 10 } }),
  ],
  [
    'a cloud that is away',
    'cloud-receipt',
    'fault',
    ({ box }) => {
      box.running = {
        ...box.running,
        cloud: { receipted: 4, lastError: 'CLOUD_UNREACHABLE: no answer' },
      };
    },
  ],
  [
    'a cloned card',
    'quarantine',
    'fault',
    ({ box }) => {
      box.running = {
        ...box.running,
        quarantined: [{ technician: 'agent barn: its card was copied' }],
      };
    },
  ],
  [
    'a log that can grow no more',
    'site-log',
    'fault',
    ({ box }) => {
      const closedFor = 'its history is another; run sigill gateway new-generation gateway.yaml';
      box.running = { ...box.running, closedFor };
    },
  ],
  [
    'a log that takes nothing for a while',
    'site-log',
    'warning',
    ({ box }) => {
      box.running = { ...box.running, closedFor: 'the cloud is asked first' };
    },
  ],
  ...['waiting', 'refused', 'elsewhere'].map((state): (typeof CASES)[number] => [
    `a next log that is ${state}`,
    'site-log',
    'fault',
    ({ box }) => {
      const nextLog = { state, text: 'example.org/house-17/2 waits, digits 6f1c 09aa' };
      box.running = { ...box.running, closedFor: 'closed', nextLog };
    },
  ]),
  [
    'a next log that begins',
    'site-log',
    'warning',
    ({ box }) => {
      box.running = { ...box.running, nextLog: { state: 'signed', text: 'it begins by itself' } };
    },
  ],
  [
    'a key that is out',
    'key',
    'fault',
    (sick) => setAgent(sick, { held: 'this card was copied: switch one of the two boxes off' }),
  ],
  [
    'a gateway that does not answer its agent',
    'gateway-link',
    'fault',
    ({ box }) => {
      box.running = { ...box.running, link: { state: 'waiting', reason: 'nobody listens there' } };
    },
  ],
  [
    'an agent that is away',
    'agents',
    'warning',
    ({ box }) => {
      const away = { agent: '41ab', name: 'barn', state: 'open', connected: false, lag: 0 };
      box.running = {
        ...box.running,
        remoteAgents: [{ ...away, lastSeen: NOW - 3_600_000 }],
      };
    },
  ],
  [
    'messages that nobody reads',
    'broker',
    'warning',
    ({ box }) => {
      box.running = { ...box.running, broker: { quarantine: { messages: 7 } } };
    },
  ],
  [
    'a device with a wrong password',
    'broker',
    'warning',
    ({ box }) => {
      box.running = { ...box.running, broker: { failedLogins: 3 } };
    },
  ],
  [
    'a silent meter',
    'sources',
    'fault',
    ({ box }) => {
      box.running = {
        ...box.running,
        sources: [
          {
            source: 'house-17',
            state: 'silent',
            reason: 'nothing came for 60 s',
            lastObservedMs: NOW - 60_000,
          },
        ],
      };
    },
  ],
];

describe('the doctor', () => {
  it('has a check of its own name for each thing', () => {
    const ids = CHECKS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(25);
  });

  it('finds nothing wrong with a healthy box', async () => {
    for await (const { id, findings } of examine(createBox())) {
      for (const { status, found } of findings)
        expect(`${id} ${status}: ${found}`).toMatch(/ (ok|skipped): /);
    }
  });

  it.each(CASES)('names %s, why it matters and what mends it', async (_, id, status, harm) => {
    const check = CHECKS.filter((one) => one.id === id);
    const [examined] = await all(examine(createBox(harm), check));
    const finding = examined?.findings.find((one) => one.status === status);
    expect(finding?.found.length).toBeGreaterThan(5);
    expect(finding?.why?.length).toBeGreaterThan(10);
    expect(finding?.remedy?.length).toBeGreaterThan(10);
    expect(renderExamined(examined!, false)).toContain(`what to do      ${finding?.remedy}`);
  });

  it('names the command that begins the next log, with the file it was started with', async () => {
    const box = createBox(({ box }) => {
      const closed = { size: 812, cause: 'the card died' };
      box.running = { ...box.running, closedFor: 'closed', record: { closed } };
    });
    const check = CHECKS.filter(({ id }) => id === 'site-log');
    const [finding] = (await all(examine(box, check)))[0]!.findings;
    expect(finding?.found).toContain('this log can grow no more');
    expect(finding?.remedy).toBe('npx sigill gateway new-generation /etc/sigill/gateway.yaml');
  });

  it('goes on when one thing cannot be examined', async () => {
    const box = createBox(({ box }) => {
      box.machine = { ...box.machine, read: refuse('EIO') };
    });
    const examined = await all(examine(box));
    expect(examined).toHaveLength(CHECKS.length);
    expect(examined.find(({ id }) => id === 'memory')?.findings[0]?.found).toContain('EIO');
  });
});

function setAgent({ box }: Sick, change: object): void {
  box.running = { ...box.running, agent: { ...box.running?.agent, ...change } };
}

async function all(examined: AsyncIterable<Examined>): Promise<Examined[]> {
  const found: Examined[] = [];
  for await (const one of examined) found.push(one);
  return found;
}
