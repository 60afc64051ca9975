import type { Beacon, ChainHead } from '@sigill/evidence';
import { type BackOffLimits, backOffMs } from '@sigill/firmware-bridge';
import { EdgeError } from '../errors.ts';
import type { GatewayHead } from '../gateway-head.ts';
import { type Log, silentLog } from '../log.ts';
import type { Timers } from '../timers.ts';
import type { LogWitness } from '../uplink/log-witness.ts';
import { decodeDown, encodeUp } from './codec.ts';
import { createHeadCollector } from './head-collector.ts';
import { createLiveness } from './liveness.ts';
import type { DownMessage, ReceiptMessage, RefusedMessage, UpMessage } from './messages.ts';
import type { DialLink, LinkWire } from './wire.ts';

export interface AgentLinkParts {
  readonly dial: DialLink;
  /** Of the log that the gateway writes, as far as is known at first. */
  readonly witness: LogWitness;
  /**
   * Records that the gateway sends. Nothing more is heard until they are taken in; where by them another log is in force,
   * its witness is given back, and the gateway is asked anew.
   */
  readonly onRecords?: (records: readonly Uint8Array[]) => Promise<LogWitness>;
  /** The kernel's boot id. */
  readonly boot: Uint8Array;
  readonly software: string;
  readonly clock: { nowMs(): number };
  readonly timers: Timers;
  /** Cryptographically random bytes. */
  readonly random: (length: number) => Uint8Array;
  /** A number from 0 up to 1, for the jitter. */
  readonly jitter: () => number;
  readonly backOff?: BackOffLimits;
  readonly log?: Log;
}

/** What whoever carries the batches hears; one after the other, each when the one before is done with. */
export interface LinkListener {
  /** Of the log that it carries batches to: it hears nothing of another one. */
  readonly witness: LogWitness;
  /** Of the agent's chain, for the hello. */
  ownHead(): ChainHead | null;
  /** Whether batches may go: if not, the gateway is asked again after a while. */
  head(head: GatewayHead): Promise<boolean>;
  /** @throws EdgeError when the connection is worth nothing any more */
  receipt(message: ReceiptMessage): Promise<void>;
  refused(message: RefusedMessage): void;
  beacon(beacon: Beacon): void;
  /** What was sent on this connection may be lost. */
  down(): void;
  /** How much longer than usual an answer may take, because of what is on the wire before it. */
  slackMs(): number;
}

export interface LinkStatus {
  readonly state: 'connecting' | 'asking' | 'open' | 'waiting' | 'stopped';
  /** Why it is not open, as a sentence; null otherwise. */
  readonly reason: string | null;
  /** The gateway's clock less ours, ms, as the last answer had it. */
  readonly clockDifferenceMs: number | null;
}

/** An agent's way to its gateway: made again and again, and watched for whether anybody is still there. */
export interface AgentLink {
  status(): LinkStatus;
  /** Where the gateway says that the agent stands; waits for a connection. @throws EdgeError LINK_LOST when stopped */
  askHead(): Promise<GatewayHead>;
  /** From here on what comes is for this listener, and the gateway is asked anew; null: for nobody. */
  attach(listener: LinkListener | null): void;
  /** Sent if the way is open. */
  send(message: UpMessage): void;
  /** Asks the gateway again where the agent stands, after a while. */
  askLater(): void;
  stop(): Promise<void>;
}

const DEFAULT_BACK_OFF: BackOffLimits = { firstMs: 500, maxMs: 60_000 };
// A gateway that is just being restored answers later; one that lost the question never does.
const ASK_AGAIN_MS = 30_000;

export function createAgentLink(parts: AgentLinkParts): AgentLink {
  const { dial, clock, timers, log = silentLog } = parts;
  const backOff = parts.backOff ?? DEFAULT_BACK_OFF;
  const heads = createHeadCollector();
  const liveness = createLiveness({
    timers,
    random: parts.random,
    slackMs: () => listener?.slackMs() ?? 0,
    ask: (nonce) => send({ type: 'ping', nonce }),
    lost: () => drop(lost('the gateway answers no more; the connection is made anew')),
  });
  let witness = parts.witness;
  let listener: LinkListener | null = null;
  let wire: LinkWire | null = null;
  let state: LinkStatus['state'] = 'connecting';
  let reason: string | null = null;
  let dropped: Error | null = null;
  let attempt = 0;
  let clockDifferenceMs: number | null = null;
  let beacon: Beacon | null = null;
  let cancelTimer: () => void = () => undefined;
  let handling: Promise<void> = Promise.resolve();
  const askers: PromiseWithResolvers<GatewayHead>[] = [];
  let stopping: PromiseWithResolvers<void> | null = null;
  connect();

  function connect(): void {
    state = 'connecting';
    dropped = null;
    const own: LinkWire = dial({
      open() {
        if (wire !== own || dropped !== null) return;
        liveness.begin();
        ask();
      },
      message(payload) {
        if (wire !== own || dropped !== null) return;
        liveness.heard();
        handling = handling.then(() => (wire === own ? take(payload) : undefined));
      },
      closed(error) {
        if (wire !== own) return;
        ended(dropped ?? error);
      },
    });
    wire = own;
  }

  function ask(): void {
    cancelTimer();
    cancelTimer = timers.after(ASK_AGAIN_MS, ask);
    state = 'asking';
    const nonce = parts.random(8);
    const { size, root } = witness.newest;
    heads.expect(nonce, size);
    send({
      type: 'hello',
      nonce,
      boot: parts.boot,
      head: ownHead(),
      receiptSize: size,
      receiptRoot: root,
      software: parts.software,
      clockMs: clock.nowMs(),
      ...(witness.log !== null && { log: witness.log }),
    });
  }

  function ownHead(): ChainHead | null {
    try {
      return listener?.ownHead() ?? null;
    } catch {
      return null; // its journal is being opened anew
    }
  }

  async function take(payload: Uint8Array): Promise<void> {
    try {
      await handle(decodeDown(payload));
    } catch (error) {
      if (error instanceof EdgeError && error.code === 'LINK_MESSAGE') {
        log.warn({ reason: error.message }, 'a message of the gateway was not understood');
      } else drop(error as Error);
    }
  }

  async function handle(message: DownMessage): Promise<void> {
    switch (message.type) {
      case 'head':
      case 'streams': {
        const answer = heads.take(message);
        if (answer?.checkpoint) {
          const { note, from, path, timeMs } = answer.checkpoint;
          await witness.follow(note, from, path);
          clockDifferenceMs = timeMs - clock.nowMs();
        }
        if (answer?.head) await answered(answer.head);
        return;
      }
      case 'receipt':
        if (state === 'open') await listener?.receipt(message);
        return;
      case 'refused':
        if (state === 'open') listener?.refused(message);
        return;
      case 'pong':
        liveness.answered(message.nonce);
        return;
      case 'beacon':
        beacon = { anchorIndex: message.anchorIndex, anchorLeafHash: message.leafHash };
        listener?.beacon(beacon);
        return;
      case 'records':
        if (parts.onRecords !== undefined) goOnIn(await parts.onRecords(message.records));
        return;
    }
  }

  /** What was asked and sent was for the log before, and so is what may still come of it. */
  function goOnIn(next: LogWitness): void {
    if (next === witness) return;
    witness = next;
    listener?.down();
    listener = null;
    if (state === 'open' || state === 'asking') ask();
  }

  async function answered(head: GatewayHead): Promise<void> {
    cancelTimer();
    // Two boxes with one key cut each other off; taken out, they need not hurry.
    if (head.state === 'open') attempt = 0;
    reason = null;
    state = 'open';
    for (const asker of askers.splice(0)) asker.resolve(head);
    if (listener !== null && !(await listener.head(head))) askLater();
  }

  function askLater(): void {
    cancelTimer();
    cancelTimer = timers.after(ASK_AGAIN_MS, ask);
  }

  function send(message: UpMessage): void {
    if (state === 'open' || state === 'asking') wire?.send(encodeUp(message));
  }

  function drop(error: Error): void {
    dropped ??= error;
    wire?.close();
  }

  function ended(error: Error): void {
    wire = null;
    cancelTimer();
    liveness.end();
    listener?.down();
    if (stopping !== null) {
      state = 'stopped';
      stopping.resolve();
      return;
    }
    state = 'waiting';
    reason = sentenceOf(error);
    const delayMs = backOffMs(attempt++, backOff, parts.jitter);
    log.warn({ reason, attempt, delayMs }, 'no way to the gateway');
    cancelTimer = timers.after(delayMs, connect);
  }

  return {
    status: () => ({ state, reason, clockDifferenceMs }),
    askHead() {
      const asker = Promise.withResolvers<GatewayHead>();
      askers.push(asker);
      if (state === 'open') ask();
      return asker.promise;
    },
    attach(next) {
      listener = next?.witness === witness ? next : null;
      if (listener === null) return;
      if (beacon !== null) listener.beacon(beacon);
      // An answer that is on its way will do.
      if (state === 'open') ask();
    },
    send,
    askLater,
    async stop() {
      if (stopping !== null) return stopping.promise;
      stopping = Promise.withResolvers<void>();
      for (const asker of askers.splice(0)) asker.reject(lost('the agent stops'));
      cancelTimer();
      if (wire === null) {
        state = 'stopped';
        stopping.resolve();
      } else drop(lost('the agent stops'));
      await stopping.promise;
    },
  };
}

function lost(message: string): EdgeError {
  return new EdgeError('LINK_LOST', message, { retryable: true });
}

function sentenceOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : '';
  return code + error.message;
}
