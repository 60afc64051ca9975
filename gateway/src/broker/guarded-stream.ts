/**
 * What stands between a socket and aedes.
 *
 * Inwards: bytes pass through the guard; a client that sends more than its share is read more slowly, never cut short.
 * Outwards: it takes everything and never asks aedes to wait, because aedes lets one slow reader hold up all others.
 * What a client has not taken yet is counted; whoever forwards to it looks at that (`waitingBytes`), and a client beyond
 * the hard bound, or that took nothing for too long, is cut.
 * @module
 */
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Timers } from '../timers.ts';
import type { BrokerLimits } from './broker-config.ts';
import { CONNECT, createPacketGuard, type PacketGuard, PUBLISH, type Refusal } from './guard.ts';
import { createRate, type Rate } from './rate.ts';

export interface GuardedStreamParts {
  readonly socket: Socket;
  readonly limits: BrokerLimits;
  readonly timers: Timers;
  /** Before the connection is cut for what its client sent or did not take. */
  readonly refused: (refusal: StreamRefusal) => void;
}

export type StreamRefusal = Refusal | { readonly code: 'NOT_TAKEN'; readonly text: string };

// A CONNECT holds names, a password and a will.
const CONNECT_BYTES = 16_384;
// Messages of one client that wait for the disk at once: enough that group commits are full, little enough that one
// client cannot fill the journal's waiting room.
const MAX_UNSETTLED = 256;
// What may wait for a client before messages to it are dropped, beyond its whole offline queue; and before it is cut.
const SOFT_BYTES = 256 * 1024;
const HARD_BYTES = 1024 * 1024;
// A farewell that is not taken by then is not waited for.
const FAREWELL_MS = 1_000;
// Below it, one copy and one write are cheaper than many writes.
const MERGE_BYTES = 65_536;

const NOTHING = new Uint8Array(0);

export class GuardedStream extends Duplex {
  readonly #socket: Socket;
  readonly #timers: Timers;
  readonly #refused: GuardedStreamParts['refused'];
  readonly #guard: PacketGuard;
  readonly #messages: Rate;
  readonly #bytes: Rate;
  readonly #softBytes: number;
  readonly #hardBytes: number;
  #rest: Uint8Array = NOTHING;
  #at = 0;
  #isWanted = false;
  #isHeld = false;
  #isEnded = false;
  #cancelWait: (() => void) | null = null;
  #unsettled = 0;
  #resumes = false;
  #outgoing: Buffer[] = [];
  #outgoingBytes = 0;
  #takenBefore = -1;
  #quietSweeps = 0;
  readonly counts = { packets: 0, messages: 0, bytes: 0 };

  constructor({ socket, limits, timers, refused }: GuardedStreamParts) {
    super({ readableHighWaterMark: MERGE_BYTES, autoDestroy: true, allowHalfOpen: false });
    this.#socket = socket;
    this.#timers = timers;
    this.#refused = refused;
    this.#guard = createPacketGuard({
      packetBytes: limits.packetBytes,
      connectBytes: Math.min(CONNECT_BYTES, limits.packetBytes),
    });
    this.#messages = createRate(limits.messagesPerSecond);
    this.#bytes = createRate(limits.bytesPerSecond);
    this.#softBytes = limits.queuedBytes + SOFT_BYTES;
    this.#hardBytes = limits.queuedBytes + limits.packetBytes + HARD_BYTES;
    socket.pause();
    socket.on('data', (chunk: Uint8Array) => {
      this.counts.bytes += chunk.length;
      this.#rest =
        this.#at < this.#rest.length
          ? Buffer.concat([this.#rest.subarray(this.#at), chunk])
          : chunk;
      this.#at = 0;
      this.#pass();
    });
    socket.on('end', () => {
      this.#isEnded = true;
      this.#pass();
    });
    socket.on('close', () => this.destroy());
    // The close that follows is what matters.
    socket.on('error', () => {});
  }

  /** Bytes for this client that its socket has not taken yet. */
  get waitingBytes(): number {
    return this.#outgoingBytes + this.#socket.writableLength;
  }

  /** Whether so much waits for this client that no message is added. */
  get isBehind(): boolean {
    return this.waitingBytes > this.#softBytes;
  }

  /** Who the client is has been settled: what follows its CONNECT may come. */
  admitted(): void {
    this.#isHeld = false;
    this.#resumeSoon();
  }

  /** Nothing more is passed on; what came may be answered. */
  hold(): void {
    this.#isHeld = true;
  }

  /** One of the messages that were passed on has found its place. */
  settled(): void {
    this.#unsettled -= 1;
    if (this.#at < this.#rest.length) this.#resumeSoon();
  }

  /** Called at regular intervals; how often without the client having taken anything it was sent. */
  sweep(): number {
    const taken = this.#socket.bytesWritten - this.#socket.writableLength;
    const isQuiet = this.#socket.writableLength > 0 && taken === this.#takenBefore;
    this.#takenBefore = taken;
    this.#quietSweeps = isQuiet ? this.#quietSweeps + 1 : 0;
    return this.#quietSweeps;
  }

  /** Ends the connection without a farewell. */
  cut(refusal: StreamRefusal | null): void {
    if (this.destroyed) return;
    if (refusal) this.#refused(refusal);
    this.#socket.destroy();
    this.destroy();
  }

  override _read(): void {
    this.#isWanted = true;
    this.#pass();
  }

  #pass(): void {
    if (this.destroyed || !this.#isWanted) {
      this.#socket.pause();
      return;
    }
    const from = this.#at;
    const { end, refusal } = this.#guard.pass(this.#rest, from, this.#admit, this.#arrived);
    this.#at = end;
    if (end > from) this.#isWanted = this.push(this.#rest.subarray(from, end));
    if (refusal) {
      this.cut(refusal);
      return;
    }
    if (this.#at < this.#rest.length || !this.#isWanted) this.#socket.pause();
    else if (this.#isEnded) this.push(null);
    else this.#socket.resume();
  }

  readonly #admit = (type: number): boolean => {
    if (this.#isHeld) return false;
    if (type === PUBLISH && this.#unsettled >= MAX_UNSETTLED) return false;
    const nowMs = this.#timers.now();
    const waitMs = Math.max(this.#messages.waitMs(nowMs), this.#bytes.waitMs(nowMs));
    if (waitMs === 0) return true;
    this.#cancelWait ??= this.#timers.after(waitMs, () => {
      this.#cancelWait = null;
      this.#pass();
    });
    return false;
  };

  readonly #arrived = (type: number, bytes: number): void => {
    this.counts.packets += 1;
    this.#messages.take(1);
    this.#bytes.take(bytes);
    if (type === CONNECT) this.#isHeld = true;
    if (type !== PUBLISH) return;
    this.counts.messages += 1;
    this.#unsettled += 1;
  };

  #resumeSoon(): void {
    if (this.#resumes) return;
    this.#resumes = true;
    // A whole group of messages settles at once.
    setImmediate(() => {
      this.#resumes = false;
      this.#pass();
    });
  }

  /** Always true: see above. */
  override write(chunk: unknown): boolean {
    if (this.destroyed) return true;
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer);
    if (this.#outgoing.length === 0) setImmediate(this.#flush);
    this.#outgoing.push(bytes);
    this.#outgoingBytes += bytes.length;
    return true;
  }

  /** Everything of one turn of the event loop goes in one write. */
  readonly #flush = (): void => {
    const [chunks, bytes] = [this.#outgoing, this.#outgoingBytes];
    if (chunks.length === 0) return;
    this.#outgoing = [];
    this.#outgoingBytes = 0;
    if (this.#socket.destroyed) return;
    if (chunks.length === 1) this.#socket.write(chunks[0]!);
    else if (bytes <= MERGE_BYTES) this.#socket.write(Buffer.concat(chunks, bytes));
    else {
      this.#socket.cork();
      for (const chunk of chunks) this.#socket.write(chunk);
      this.#socket.uncork();
    }
    if (this.#socket.writableLength <= this.#hardBytes) return;
    const text = `${this.#socket.writableLength} bytes wait for a client that does not take them; at most ${this.#hardBytes} do`;
    this.cut({ code: 'NOT_TAKEN', text });
  };

  override _write(_chunk: unknown, _encoding: BufferEncoding, done: () => void): void {
    done();
  }

  override cork(): void {}

  override uncork(): void {}

  override _destroy(_error: Error | null, done: (error: Error | null) => void): void {
    this.#cancelWait?.();
    this.#flush();
    const socket = this.#socket;
    if (!socket.destroyed) {
      socket.pause();
      const cancel = this.#timers.after(FAREWELL_MS, () => socket.destroy());
      socket.once('close', cancel);
      socket.destroySoon();
    }
    // The error is the client's affair; nobody above could do anything with it.
    done(null);
  }
}
