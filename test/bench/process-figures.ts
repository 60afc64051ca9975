/**
 * What the kernel tells of a process: proc(5), and of the processes it started.
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessFigures {
  readonly rssBytes: number;
  /** Of it what no file stands behind: heap and stacks. */
  readonly anonymousBytes: number;
  /** Pages shared with other processes counted by their share: what one more process really takes. */
  readonly pssBytes: number;
  /** User and system, all threads, in steps of 10 ms. */
  readonly processorSeconds: number;
  /** Pages it made dirty, without those that were deleted before they reached a disk. */
  readonly dirtiedBytes: number;
}

const TICKS_PER_SECOND = 100;

export function readProcess(pid: number): ProcessFigures {
  const status = read(pid, 'status');
  const io = read(pid, 'io');
  const ticks = statFields(pid);
  return {
    rssBytes: kibibytes(status, 'VmRSS'),
    anonymousBytes: kibibytes(status, 'RssAnon'),
    pssBytes: kibibytes(read(pid, 'smaps_rollup'), 'Pss'),
    processorSeconds: (Number(ticks[11]) + Number(ticks[12])) / TICKS_PER_SECOND,
    dirtiedBytes: number(io, 'write_bytes') - number(io, 'cancelled_write_bytes'),
  };
}

/** Those it started and that run, whoever of its threads did. */
export function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`)
    .flatMap((thread) => read(pid, `task/${thread}/children`).trim().split(' '))
    .filter((text) => text !== '')
    .map(Number);
}

export function sumOf(processes: readonly ProcessFigures[]): ProcessFigures {
  const sum = (key: keyof ProcessFigures) =>
    processes.reduce((total, figures) => total + figures[key], 0);
  return {
    rssBytes: sum('rssBytes'),
    anonymousBytes: sum('anonymousBytes'),
    pssBytes: sum('pssBytes'),
    processorSeconds: sum('processorSeconds'),
    dirtiedBytes: sum('dirtiedBytes'),
  };
}

/** From the third on: the second is a name, which may hold anything. */
function statFields(pid: number): string[] {
  return read(pid, 'stat')
    .replace(/^.*\) /s, '')
    .split(' ');
}

function read(pid: number, name: string): string {
  return readFileSync(`/proc/${pid}/${name}`, 'latin1');
}

function kibibytes(text: string, key: string): number {
  return number(text, key) * 1024;
}

function number(text: string, key: string): number {
  return Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(text)?.[1]);
}
