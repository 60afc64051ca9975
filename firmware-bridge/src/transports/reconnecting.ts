/**
 * The part every transport shares: try, hold, lose, wait, try again.
 * @module
 */
import { type BackOffLimits, backOffMs } from '../back-off.ts';
import { TransportError, type TransportErrorCode } from '../errors.ts';
import type { Transport, TransportListener, TransportState } from './transport.ts';

/** What one connection tells. `lost` comes once, and last, unless the link was closed from here. */
export interface LinkListener {
  open(): void;
  chunk(bytes: Uint8Array): void;
  /** As the transport's listener; one that has none takes it as a chunk. */
  message(bytes: Uint8Array, topic: string): Promise<boolean>;
  lost(error: TransportError): void;
}

export interface Link {
  write(bytes: Uint8Array): Promise<void>;
  /** As the transport's. */
  pause?(): void;
  resume?(): void;
  /** Resolves when nothing of the connection is left. */
  close(): Promise<void>;
}

/** Begins one connection. */
export type Connect = (listener: LinkListener) => Link;

export interface Timers {
  now(): number;
  /** Calls once, unless cancelled. */
  after(ms: number, call: () => void): () => void;
}

export interface ReconnectParts {
  readonly backOff: BackOffLimits;
  readonly random: () => number;
  readonly timers: Timers;
  /** Calls when a missing plug seems to be there again, so that nobody waits for the next try; the answer ends that. */
  readonly watchPlug?: (plugged: () => void) => () => void;
}

export const systemTimers: Timers = {
  now: () => performance.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

export const DEFAULT_BACK_OFF: BackOffLimits = { firstMs: 250, maxMs: 30_000 };

// A plug is local: nobody else waits for it, and people stand beside it. It is found within two seconds, however often
// it was pulled, and so are its rights, which udev sets a moment after the node is made.
const PLUG_BACK_OFF: BackOffLimits = { firstMs: 250, maxMs: 1500 };
// Whoever holds a port is often done in seconds: ModemManager tries each new one.
const LOCK_BACK_OFF: BackOffLimits = { firstMs: 500, maxMs: 5000 };
const BACK_OFFS: Partial<Record<TransportErrorCode, BackOffLimits>> = {
  PORT_MISSING: PLUG_BACK_OFF,
  PORT_LOST: PLUG_BACK_OFF,
  PORT_PERMISSION: PLUG_BACK_OFF,
  PORT_LOCKED: LOCK_BACK_OFF,
};
// A plug with a loose contact comes and goes; each try costs a process.
const PLUG_PAUSE_MS = 200;

// A connection that dies sooner than this counts as a failed try: else a flapping one would be tried without pause.
const STEADY_MS = 5000;

export function createReconnectingTransport(connect: Connect, parts: ReconnectParts): Transport {
  const { backOff, random, timers } = parts;
  let listener: TransportListener | null = null;
  let stopped = false;
  let link: Link | null = null;
  let openSince: number | null = null;
  let failures = 0;
  let failedBy: BackOffLimits = backOff;
  let triedAt = 0;
  let loseLink: ((error: TransportError) => void) | null = null;
  let cancelRetry = () => {};
  let told = '';

  const tell = (state: TransportState): void => {
    const text = JSON.stringify(state);
    if (text === told) return;
    told = text;
    listener?.state(state);
  };

  const attempt = (): void => {
    triedAt = timers.now();
    const lost = (error: TransportError): void => {
      if (link !== current || stopped) return;
      link = null;
      if (openSince !== null && timers.now() - openSince >= STEADY_MS) failures = 0;
      openSince = null;
      tell({ status: 'waiting', reason: error.message, code: error.code });
      const limits = BACK_OFFS[error.code] ?? backOff;
      // What failed for another reason has not failed often: a port is there again, and does not open yet.
      if (limits !== failedBy) failures = 0;
      failedBy = limits;
      const wait = backOffMs(failures++, limits, random);
      // Only when the old connection is gone altogether: a port is locked by whoever still holds it.
      current.close().then(() => {
        if (!stopped) tryAgain(wait, limits === PLUG_BACK_OFF);
      });
    };
    const current = connect({
      open: () => {
        if (link !== current || stopped) return;
        openSince = timers.now();
        tell({ status: 'open', reason: null, code: null });
      },
      chunk: (bytes) => {
        if (link === current && !stopped) listener?.chunk(bytes);
      },
      message: async (bytes, topic) => {
        if (link !== current || stopped || listener === null) return false;
        if (listener.message) return listener.message(bytes, topic);
        listener.chunk(bytes, topic);
        return true;
      },
      lost,
    });
    link = current;
    loseLink = lost;
  };

  const tryAgain = (afterMs: number, isPlug: boolean): void => {
    const end = () => {
      cancelTimer();
      endWatch();
    };
    const again = () => {
      end();
      attempt();
    };
    let cancelTimer = timers.after(afterMs, again);
    const plugged = () => {
      cancelTimer();
      const passedMs = timers.now() - triedAt;
      cancelTimer = timers.after(Math.max(0, PLUG_PAUSE_MS - passedMs), again);
    };
    const endWatch = (isPlug && parts.watchPlug?.(plugged)) || (() => {});
    cancelRetry = end;
  };

  return {
    start(given) {
      if (listener !== null || stopped) throw new TypeError('a transport starts once');
      listener = given;
      tell({ status: 'connecting', reason: null, code: null });
      attempt();
    },
    async write(bytes) {
      if (link === null || openSince === null)
        throw new TransportError('NOT_OPEN', 'nothing can be written: the connection is not open');
      await link.write(bytes);
    },
    pause: () => link?.pause?.(),
    resume: () => link?.resume?.(),
    reset(reason) {
      if (openSince !== null) loseLink?.(new TransportError('CONNECTION_LOST', reason));
    },
    async stop() {
      if (stopped) return;
      stopped = true;
      cancelRetry();
      const last = link;
      link = null;
      listener?.state({ status: 'closed', reason: null, code: null });
      listener = null;
      await last?.close();
    },
  };
}
