/**
 * Who guesses passwords is slowed down, by address. What a device with a right password feels of a guesser behind the
 * same router is one wait when it first connects; afterwards its password is known and not checked again.
 * @module
 */
import { isIPv6 } from 'node:net';

export interface FailedLogins {
  readonly total: number;
  /** How long this address waits before its password is looked at. */
  delayMs(address: string): number;
  failed(address: string): void;
  /** Once a minute: half is forgiven. */
  forgive(): void;
}

const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 10_000;
// Beyond it, those counted first are forgotten.
const MAX_ADDRESSES = 4_096;

export function createFailedLogins(): FailedLogins {
  const failures = new Map<string, number>();
  let total = 0;

  return {
    get total() {
      return total;
    },
    delayMs(address) {
      const count = failures.get(networkOf(address)) ?? 0;
      return count === 0 ? 0 : Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (count - 1));
    },
    failed(address) {
      const network = networkOf(address);
      total += 1;
      failures.set(network, Math.min(16, (failures.get(network) ?? 0) + 1));
      const [oldest] = failures.keys();
      if (failures.size > MAX_ADDRESSES && oldest !== undefined) failures.delete(oldest);
    },
    forgive() {
      for (const [network, count] of failures) {
        const left = Math.floor(count / 2);
        if (left === 0) failures.delete(network);
        else failures.set(network, left);
      }
    },
  };
}

/** IPv6 by its first 64 bits: the rest is the caller's to choose. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = address.toLowerCase().split('%')[0]!.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : Math.max(0, 8 - groups.length - after.length);
  const all = [...groups, ...Array<string>(missing).fill('0'), ...after];
  return `${all.slice(0, 4).join(':')}::/64`;
}
