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
// it was pulled.
const PLUG_BACK_OFF: BackOffLimits = { firstMs: 250, maxMs: 1500 };
const PLUG_CODES: ReadonlySet<TransportErrorCode> = new Set(['PORT_MISSING', 'PORT_LOST']);

// A connection that dies sooner than this counts as a failed try: else a flapping one would be tried without pause.
const STEADY_MS = 5000;

export function createReconnectingTransport(connect: Connect, parts: ReconnectParts): Transport {
  const { backOff, random, timers } = parts;
  let listener: TransportListener | null = null;
  let stopped = false;
  let link: Link | null = null;
  let openSince: number | null = null;
  let failures = 0;
  let cancelRetry = () => {};
  let told = '';

  const tell = (state: TransportState): void => {
    const text = JSON.stringify(state);
    if (text === told) return;
    told = text;
    listener?.state(state);
  };

  const attempt = (): void => {
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
      lost: (error) => {
        if (link !== current || stopped) return;
        link = null;
        if (openSince !== null && timers.now() - openSince >= STEADY_MS) failures = 0;
        openSince = null;
        tell({ status: 'waiting', reason: error.message, code: error.code });
        const limits = PLUG_CODES.has(error.code) ? PLUG_BACK_OFF : backOff;
        const wait = backOffMs(failures++, limits, random);
        // Only when the old connection is gone altogether: a port is locked by whoever still holds it.
        current.close().then(() => {
          if (!stopped) cancelRetry = timers.after(wait, attempt);
        });
      },
    });
    link = current;
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
