import { readFileSync, statSync } from 'node:fs';
import { uptime } from 'node:os';
import type { AgentClock, ClockState } from './clock.ts';

// systemd-timesyncd creates it with the first answer of a time server; /run is empty after each boot.
const SYNCHRONISED = '/run/systemd/timesync/synchronized';
const BOOT_ID = '/proc/sys/kernel/random/boot_id';
// Before this software existed: a board without a battery clock that no one has told the time.
const EARLIEST_YEAR = 2024;
const REFRESH_MS = 5000;

/**
 * The box's clocks. Uptime is that of /proc/uptime (CLOCK_BOOTTIME, which goes on while the box sleeps), refined by the
 * monotonic clock between two looks at it, because reading the file for every reading would cost more than the reading.
 */
export function createSystemClock(): AgentClock {
  let uptimeAtLookMs = uptime() * 1000;
  let lookedAtMs = performance.now();
  let lastUptimeMs = 0;
  let state: ClockState = readState();

  /** How long ago it looked last. */
  function refresh(): number {
    const sinceMs = performance.now() - lookedAtMs;
    if (sinceMs < REFRESH_MS) return sinceMs;
    lookedAtMs += sinceMs;
    uptimeAtLookMs = Math.max(uptimeAtLookMs + sinceMs, uptime() * 1000);
    state = readState();
    return 0;
  }

  return {
    nowMs: () => Date.now(),
    uptimeMs() {
      const sinceMs = refresh();
      lastUptimeMs = Math.max(lastUptimeMs, Math.floor(uptimeAtLookMs + sinceMs));
      return lastUptimeMs;
    },
    quality() {
      refresh();
      return state;
    },
  };
}

/** How large the error is, the kernel tells only through adjtimex, which Node does not reach: null. */
function readState(): ClockState {
  if (new Date().getUTCFullYear() < EARLIEST_YEAR) return { quality: 3, maxErrorMs: null };
  const synchronised = statSync(SYNCHRONISED, { throwIfNoEntry: false }) !== undefined;
  return { quality: synchronised ? 2 : 0, maxErrorMs: null };
}

/** The kernel draws it at random at each boot: 16 bytes. */
export function readBootId(): Uint8Array {
  return Uint8Array.from(
    Buffer.from(readFileSync(BOOT_ID, 'latin1').replaceAll(/[^0-9a-f]/g, ''), 'hex'),
  );
}
