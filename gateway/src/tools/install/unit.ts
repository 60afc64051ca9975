/**
 * The files that make a box start Sigill by itself and keep it in bounds.
 * @module
 */

export interface InstallPlan {
  readonly kind: 'gateway' | 'agent';
  readonly name: string;
  /** Absolute paths. */
  readonly config: string;
  readonly data: string;
  readonly keys: string;
  readonly node: string;
  readonly program: string;
  readonly user: string;
  /** Megabytes of log that the card may hold. */
  readonly logMebibytes: number;
}

export interface InstallFile {
  readonly path: string;
  readonly content: string;
}

export function installFiles(plan: InstallPlan): InstallFile[] {
  return [
    { path: '/etc/systemd/system/sigill.service', content: unitOf(plan) },
    { path: '/etc/udev/rules.d/60-sigill.rules', content: UDEV_RULES },
    { path: '/etc/systemd/journald.conf.d/sigill.conf', content: journaldOf(plan) },
  ];
}

// npm run bench -- footprint: 140 MB instead of 250 at 2,000 readings/s, for an eighth more processor (19 % of a core
// instead of 17). V8's nursery would grow to 128 MB and glibc would keep freed memory, in pools for each thread. A journal
// of 1 GB with 20,000 meters opens in 120 MB: 256 MB of heap are no bound that a box would meet.
const SMALL_BOX = `Environment="NODE_OPTIONS=--max-semi-space-size=4 --max-old-space-size=256"
Environment=MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=131072`;

/**
 * systemd.exec(5). It does not wait for the network: readings begin without it. Memory may be made
 * executable because V8 compiles; serial devices are the only ones it may open.
 */
function unitOf(plan: InstallPlan): string {
  const { kind, name, config, data, keys, node, program, user } = plan;
  const writable = [...new Set([data, directoryOf(config), keys])];
  return `[Unit]
Description=Sigill ${kind} ${name}
Documentation=file:${directoryOf(program)}/docs/deploy.md
After=local-fs.target network.target
RequiresMountsFor=${escapePath(data)}
StartLimitIntervalSec=0

[Service]
Type=exec
User=${user}
SupplementaryGroups=dialout
ExecStart=${escapePath(node)} ${escapePath(program)} ${kind} run ${escapePath(config)}
ExecReload=/bin/kill -HUP $MAINPID
CacheDirectory=sigill
Environment=NODE_COMPILE_CACHE=%C/sigill
${SMALL_BOX}
Restart=always
RestartSec=2
KillMode=mixed
TimeoutStopSec=30
UMask=0077
LimitNOFILE=16384
OOMScoreAdjust=-200
SyslogIdentifier=sigill

ReadWritePaths=${writable.map((path) => `-${escapePath(path)}`).join(' ')}
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
DevicePolicy=closed
DeviceAllow=char-ttyUSB rw
DeviceAllow=char-ttyACM rw
DeviceAllow=char-ttyAMA rw
DeviceAllow=char-ttyS rw
DeviceAllow=char-pts rw
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
ProtectProc=default
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RemoveIPC=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`;
}

// ModemManager opens each new adapter and sends it modem commands. Only the makers of plain serial chips are named
// (FTDI, Silicon Labs, WCH, Prolific): the site's own mobile modem must go on being one.
const UDEV_RULES = `# Sigill: serial adapters belong to dialout, and ModemManager leaves the plain ones alone.
SUBSYSTEM=="tty", KERNEL=="ttyUSB[0-9]*|ttyACM[0-9]*|ttyAMA[0-9]*", GROUP="dialout", MODE="0660"
SUBSYSTEM=="tty", ATTRS{idVendor}=="0403|10c4|1a86|067b", ENV{ID_MM_DEVICE_IGNORE}="1"
`;

/** journald rotates; the bound keeps a talkative year from filling the card. */
function journaldOf({ logMebibytes }: InstallPlan): string {
  return `# Sigill: what the log may take of the card, and how often it is written to it.
[Journal]
SystemMaxUse=${logMebibytes}M
SystemMaxFileSize=${Math.max(4, Math.floor(logMebibytes / 8))}M
SyncIntervalSec=5m
RateLimitIntervalSec=30s
RateLimitBurst=1000
`;
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** systemd.service(5), command lines: a blank parts words, % and $ are read by systemd itself. */
function escapePath(path: string): string {
  return path
    .replaceAll('\\', '\\\\')
    .replaceAll('%', '%%')
    .replaceAll('$', '$$$$')
    .replaceAll(' ', '\\x20');
}
