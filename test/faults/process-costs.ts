/**
 * What a process and its children cost, as the kernel tells it.
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';

// USER_HZ: 100 on every Linux that Node runs on.
const MS_A_TICK = 10;

export interface Costs {
  /** Of the process and all below it that live. */
  readonly cpuMs: number;
  /** Of the process alone. */
  readonly residentKb: number;
}

export function costsOf(pid: number): Costs {
  const own = family(pid).reduce((sum, member) => sum + cpuTicks(member), 0);
  const [, resident = '0'] = /VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`)) ?? [];
  return { cpuMs: own * MS_A_TICK, residentKb: Number(resident) };
}

function family(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (/^\d+$/.test(name)) parents.set(Number(name), Number(fieldsOf(Number(name))[1]));
  }
  const members = [pid];
  for (const member of members)
    for (const [child, parent] of parents) if (parent === member) members.push(child);
  return members;
}

/** Its own, and that of its children which ended and were waited for. */
function cpuTicks(pid: number): number {
  const fields = fieldsOf(pid);
  return [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index] ?? 0), 0);
}

/** Of /proc/PID/stat from the state on; the name before it may hold anything but ends with a bracket. */
function fieldsOf(pid: number): string[] {
  const text = read(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it ended this moment
  }
}

/** By least squares, per step of x. */
export function slopeOf(values: readonly number[]): number {
  const n = values.length;
  if (n < 2) return 0;
  const meanX = (n - 1) / 2;
  const meanY = values.reduce((sum, value) => sum + value, 0) / n;
  const above = values.reduce((sum, value, x) => sum + (x - meanX) * (value - meanY), 0);
  const below = values.reduce((sum, _value, x) => sum + (x - meanX) ** 2, 0);
  return above / below;
}
