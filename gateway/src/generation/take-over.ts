/**
 * From a closed log to the one that continues it: once the operator's records are here, what the closed one leaves is
 * learnt and kept, and the gateway begins anew in the next. Killed anywhere it does the same again: what it keeps is whole or
 * not there, and from then on a start begins with the next log.
 * @module
 */
import { type Checkpoint, EMPTY_ROOT, generationOf, type Signer } from '@sigill/evidence';
import { backOffMs } from '@sigill/firmware-bridge';
import type { StreamHeads } from '../admission/stream-heads.ts';
import type { Disk } from '../disk/disk.ts';
import { GatewayError } from '../errors.ts';
import type { Tell } from '../events.ts';
import type { ReadSlot, RegisterHolder } from '../register.ts';
import type { SiteLog } from '../site-log/site-log.ts';
import type { Timers } from '../timers.ts';
import type { CloudClient } from '../uplink/cloud-client.ts';
import { headsAt, holdsEnd, inheritHere } from './closed-log.ts';
import { type Inherited, writeInherited } from './inherited.ts';
import { type ClosedLogs, judgeHeads, knownTo, withKnown } from './judge-heads.ts';

export interface TakeOverParts {
  /** The data directory. */
  readonly disk: Disk;
  readonly register: RegisterHolder;
  readonly log: SiteLog;
  readonly logKey: Signer;
  readonly store: { readonly streams: StreamHeads };
  /** What the log that runs took over itself. */
  readonly before: Inherited | null;
  /** Null: there is none. */
  readonly client: Pick<CloudClient, 'heads'> | null;
  /** A head of the log that others were told of, as the notary called it or a witness has it; null: none. */
  readonly known: () => Pick<Checkpoint, 'size' | 'root'> | null;
  readonly timers: Timers;
  /** In [0, 1). */
  readonly random: () => number;
  readonly tell: Tell;
  /** Begins with the next log. */
  readonly startAnew: () => void;
}

export interface TakeOver {
  /** Until the next log may begin, or the signal is aborted. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

const BACK_OFF = { firstMs: 1_000, maxMs: 60_000 };
// Records come as news; a key file that was put back does not.
const LOOK_MS = 60_000;

export function createTakeOver(parts: TakeOverParts): TakeOver {
  const { disk, register, log, timers, tell } = parts;
  let failures = 0;
  let lastFailure: string | null = null;
  let lastObstacle: string | null = null;

  async function inherit(signal: AbortSignal): Promise<Inherited> {
    const { slot: closed, earlier } = register.current();
    const { size } = closed.record.closed!;
    const asked = parts.known();
    const known = asked !== null && asked.size <= size ? asked : { size: 0, root: EMPTY_ROOT };
    if (holdsEnd(log, closed))
      return inheritHere({ ...parts, streams: parts.store.streams }, closed, known);
    if (parts.client === null) throw nobodyToAsk(log.origin, size, log.head().size);
    return askCloud(parts.client, { closed, earlier }, known, signal);
  }

  async function askCloud(
    client: Pick<CloudClient, 'heads'>,
    logs: ClosedLogs,
    asked: Pick<Checkpoint, 'size' | 'root'>,
    signal: AbortSignal,
  ): Promise<Inherited> {
    const heads = await client.heads(log.origin, asked.size, parts.logKey, signal);
    const inherited = judgeHeads(heads, logs);
    const known = knownTo(heads, asked);
    const here = await headsAt(log, known, parts.before);
    const agents = withKnown(inherited.agents, here, parts.store.streams);
    return { ...inherited, known, agents };
  }

  async function begin(next: ReadSlot, signal: AbortSignal): Promise<void> {
    const inherited = await inherit(signal);
    if (signal.aborted) return;
    await writeInherited(disk, generationOf(next.record), inherited);
    const { origin, size, agents } = inherited;
    const text = `${origin} is closed for ever at ${size} entries; all goes on in ${next.record.origin}, from where it left its ${agents.length} agents`;
    tell({ level: 'info', what: 'generation', text, facts: { origin: next.record.origin, size } });
    parts.startAnew();
  }

  /** Told when it begins and when it changes, not at each attempt. */
  function fail(error: unknown): void {
    const { code = 'GENERATION_WAITS', message } = error as { code?: string; message: string };
    if (code !== lastFailure) {
      const level = (error as { retryable?: boolean }).retryable === true ? 'warning' : 'alarm';
      const text = `the next log cannot begin yet, and readings wait in the agents' journals; it is tried again by itself: ${message}`;
      tell({ level, what: code, text });
    }
    lastFailure = code;
    failures += 1;
  }

  function tellObstacle(): void {
    const text = register.obstacle();
    if (text !== null && text !== lastObstacle)
      tell({ level: 'alarm', what: 'GENERATION_WAITS', text });
    lastObstacle = text;
  }

  return {
    async run(signal) {
      let news = new AbortController();
      const unwatch = register.watch(() => news.abort());
      try {
        while (!signal.aborted) {
          news = new AbortController();
          const restMs = await attempt(signal);
          if (restMs === null) return;
          await timers.wait(restMs, AbortSignal.any([signal, news.signal]));
        }
      } finally {
        unwatch();
      }
    },
  };

  /** @returns for how long to rest; null: the next log begins */
  async function attempt(signal: AbortSignal): Promise<number | null> {
    const next = register.next();
    if (next === null) {
      tellObstacle();
      return LOOK_MS;
    }
    try {
      await begin(next, signal);
      return null;
    } catch (error) {
      if (!signal.aborted) fail(error);
      return backOffMs(failures - 1, BACK_OFF, parts.random);
    }
  }
}

function nobodyToAsk(origin: string, size: number, here: number): GatewayError {
  return new GatewayError(
    'GENERATION_WAITS',
    `the operator closed ${origin} at ${size} entries, and the log on this disk, with ${here}, is not the one; there is no cloud to ask where it left the agents: restore the copy of the data directory that the operator closed`,
  );
}
