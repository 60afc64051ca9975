/**
 * A healthy gateway, and the means to make it sick.
 * @module
 */
import type { Machine } from '../machine.ts';
import type { Box, BoxConfig, Network, Running } from './box.ts';

export const PIN = new Uint8Array(32).fill(7);
export const NOW = Date.UTC(2027, 2, 4, 12);

export interface FakeMachine {
  files: Record<string, string>;
  modes: Record<string, number>;
  denied: string[];
  programs: Record<string, string>;
}

export interface Sick {
  machine: FakeMachine;
  config: { -readonly [K in keyof BoxConfig]: BoxConfig[K] };
  running: Running | null;
  network: { -readonly [K in keyof Network]: Network[K] };
  box: { -readonly [K in keyof Box]: Box[K] };
}

const PORT = '/dev/serial/by-id/usb-FTDI_A1';

/** @param harm changes what is well */
export function createBox(harm: (sick: Sick) => void = () => {}): Box {
  const machine: FakeMachine = {
    files: {
      '/proc/meminfo': 'MemTotal: 3884000 kB\nMemAvailable: 2884000 kB\n',
      '/proc/mounts': '/dev/mmcblk0p2 / ext4 rw,noatime 0 0\nproc /proc proc rw 0 0\n',
      '/proc/net/route': 'Iface\tDestination\tGateway\neth0\t00000000\t0100A8C0\n',
      '/proc/512/comm': 'node\n',
      '/etc/group': 'root:x:0:\ndialout:x:20:sigill\n',
      '/sys/class/thermal/thermal_zone0/temp': '48312\n',
      '/sys/class/rtc/rtc0/name': 'ds3231\n',
      '/sys/fs/ext4/mmcblk0p2/errors_count': '0\n',
      '/sys/block/mmcblk0/device/life_time': '0x01 0x02\n',
      '/var/lib/sigill/lock': '',
      [PORT]: '',
    },
    modes: {
      '/etc/sigill/keys/agent.pem': 0o600,
      '/etc/sigill/keys/log.pem': 0o600,
      '/etc/sigill/operator.record': 0o644,
      '/etc/sigill/slot-1.record': 0o644,
      '/var/lib/sigill': 0o700,
    },
    denied: [],
    programs: {
      'vcgencmd get_throttled': 'throttled=0x0\n',
      'timedatectl show -p NTPSynchronized --value': 'yes\n',
      'systemctl is-enabled sigill': 'enabled\n',
      'df -Pk /var/lib/sigill':
        'Filesystem 1K Used Available Use% Mounted\n/dev/root 30000000 1 20000000 1% /\n',
      'df -Pi /var/lib/sigill':
        'Filesystem Inodes IUsed IFree IUse% Mounted\n/dev/root 1900000 1 1800000 1% /\n',
    },
  };
  const config: Sick['config'] = {
    kind: 'gateway',
    file: '/etc/sigill/gateway.yaml',
    name: 'house-17-gateway',
    data: '/var/lib/sigill',
    keys: '/etc/sigill/keys',
    keyFiles: ['/etc/sigill/keys/agent.pem', '/etc/sigill/keys/log.pem'],
    recordFiles: ['/etc/sigill/operator.record', '/etc/sigill/slot-1.record'],
    upstream: { url: new URL('https://cloud.example.org:7445'), certificate: PIN },
    ledgerNodes: ['http://127.0.0.1:8545'],
    listeners: [{ name: 'the broker', host: '127.0.0.1', port: 1883 }],
    sources: [
      {
        name: 'house-17',
        driver: 'dsmr-p1',
        transport: { kind: 'serial', path: PORT, baudRate: 115_200 },
        ...{ cadenceMs: 1000, heartbeatMs: 300_000, heartbeats: 'device', frames: 'keep' },
        options: {},
      } as unknown as BoxConfig['sources'][number],
    ],
  };
  const network: Sick['network'] = {
    resolve: async () => ['192.0.2.7'],
    connect: async () => {},
    certificate: async () => PIN,
    clockOf: async () => NOW,
    chainId: async () => '31337',
  };
  const running: Running = {
    version: '0.1.0',
    agent: {
      state: 'running',
      reason: null,
      full: false,
      lost: 0,
      journal: { heldBytes: 5e6, maxBytes: 1e9 },
      position: { sealedBefore: 900, receiptedBefore: 899 },
    },
    sources: [{ source: 'house-17', state: 'ok', reason: null, lastObservedMs: NOW - 800 }],
    cloud: { reachable: true, sent: 900, receipted: 898, lastError: null },
    ...{ origin: 'sigill.example/demo/house-17', logSize: 900, closedFor: null, nextLog: null },
    ledger: { lastError: null },
    anchoring: { by: 'notary', last: { index: 12, at: NOW - 600_000, size: 890 } },
    quarantined: [],
    remoteAgents: [
      { agent: '41ab', name: 'barn', state: 'open', connected: true, lastSeen: NOW, lag: 0 },
    ],
    broker: { failedLogins: 0, clients: [], quarantine: { messages: 0 } },
    link: { state: 'open', reason: null },
  };
  const box: Sick['box'] = {
    machine: toMachine(machine),
    config,
    configFault: null,
    running,
    user: { name: 'sigill', uid: 990 },
    runtime: { node: '24.21.0', arch: 'arm64', platform: 'linux' },
    version: '0.1.0',
    now: () => NOW,
    network,
  };
  const sick: Sick = { machine, config, running, network, box };
  harm(sick);
  return box;
}

function toMachine(fake: FakeMachine): Machine {
  const paths = () => [...Object.keys(fake.files), ...Object.keys(fake.modes)];
  const exists = (path: string) => paths().some((p) => p === path || p.startsWith(`${path}/`));
  return {
    read: async (path) => fake.files[path] ?? null,
    list: async (path) => {
      const below = paths().filter((name) => name.startsWith(`${path}/`));
      return [...new Set(below.map((name) => name.slice(path.length + 1).split('/')[0]!))].sort();
    },
    follow: async (path) => (exists(path) ? path : null),
    stat: async (path) => (exists(path) ? { mode: fake.modes[path] ?? 0o644, uid: 990 } : null),
    access: async (path) => {
      if (fake.denied.includes(path)) return 'denied';
      return exists(path) ? 'yes' : 'missing';
    },
    run: async (program, args) => {
      const output = fake.programs[[program, ...args].join(' ')];
      return output === undefined ? null : { code: 0, output };
    },
  };
}
