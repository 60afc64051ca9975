/**
 * One connection to a serial port: a child process from its start to its end.
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { TransportError } from '../errors.ts';
import { findLockHolder } from './lock-holder.ts';
import type { Link, LinkListener, Timers } from './reconnecting.ts';
import { explainOpenFailure, findObstacle, locked } from './serial-errors.ts';
import type { FromChild, SerialSettings, ToChild } from './serial-messages.ts';
import { withTimeout } from './with-timeout.ts';

export interface SerialLinkParts {
  /** The program that holds the port. */
  readonly childUrl: URL;
  /** Between two looks at the child and the path. */
  readonly watchMs: number;
  readonly writeTimeoutMs: number;
  readonly timers: Timers;
}

export const WATCH_MS = 1000;
const MOST_UNANSWERED_LOOKS = 10;
const MOST_UNWRITTEN_BYTES = 64 * 1024;
// A child that was told to end is given this long, then it is ended.
const END_MS = 1000;
const MOST_LAST_WORDS = 2000;
// What it said before it ended is here by then.
const LAST_MESSAGES_MS = 500;
// A library that spins fills it within seconds; the watchdog is there first, and the machine's memory is safe.
const HOLDER_HEAP_MB = 256;

interface PendingWrite {
  readonly resolve: () => void;
  readonly reject: (error: TransportError) => void;
  readonly length: number;
}

export function openSerialLink(
  settings: SerialSettings,
  listener: LinkListener,
  parts: SerialLinkParts,
): Link {
  const { path } = settings;
  const { timers, watchMs, writeTimeoutMs } = parts;
  const gone = Promise.withResolvers<void>();
  const pending = new Map<number, PendingWrite>();
  let child: ChildProcess | null = null;
  let isOver = false;
  let isExplaining = false;
  let lastId = 0;
  let unwritten = 0;
  let unansweredLooks = 0;
  let identity: string | null = null;
  let isPaused = false;
  let untaken = 0;
  let cancelWatch = () => {};

  const send = (message: ToChild): void => {
    if (child?.connected) child.send(message, () => {});
  };

  const end = (): void => {
    if (isOver) return;
    isOver = true;
    cancelWatch();
    for (const { reject } of pending.values())
      reject(new TransportError('WRITE_FAILED', `${path} was lost before the bytes had left`));
    pending.clear();
    const holder = child;
    if (holder === null) {
      gone.resolve();
      return;
    }
    if (holder.connected) holder.disconnect();
    // While half a message of its is here, Node does not let go of the channel: it would never hear of the end.
    holder.kill();
    const cancelKill = timers.after(END_MS, () => holder.kill('SIGKILL'));
    gone.promise.then(cancelKill);
  };

  const lose = (error: TransportError): void => {
    if (isOver) return;
    end();
    listener.lost(error);
  };

  const hear = (message: FromChild): void => {
    if (isOver) return;
    switch (message.type) {
      case 'open':
        cancelWatch = timers.after(watchMs, watch);
        listener.open();
        break;
      case 'chunk':
        listener.chunk(message.bytes);
        untaken += message.bytes.length;
        if (!isPaused) take();
        break;
      case 'written':
        settle(message.id)?.resolve();
        break;
      case 'write failed':
        settle(message.id)?.reject(
          new TransportError('WRITE_FAILED', `${path}: ${message.message}`),
        );
        break;
      case 'open failed':
        isExplaining = true;
        explainOpenFailure(path, message.message).then(lose);
        break;
      case 'lost':
        lose(unplugged(path, message.message));
        break;
      case 'spinning':
        lose(new TransportError('PORT_SPINNING', `${path} reads nothing without end: unplugged?`));
        break;
      case 'pong':
        unansweredLooks = 0;
        break;
    }
  };

  const watch = async (): Promise<void> => {
    if (++unansweredLooks > MOST_UNANSWERED_LOOKS) {
      child?.kill('SIGKILL');
      lose(new TransportError('PORT_STUCK', `the process that holds ${path} does not answer`));
      return;
    }
    send({ type: 'ping' });
    const now = await identityOf(path);
    if (isOver) return;
    if (now === null) lose(unplugged(path, 'its path is gone'));
    else if (now !== identity) lose(unplugged(path, 'another adapter is behind that name now'));
    else cancelWatch = timers.after(watchMs, watch);
  };

  /** The holder reads on when enough of what it sent was taken. */
  const take = (): void => {
    if (untaken > 0) send({ type: 'taken', length: untaken });
    untaken = 0;
  };

  const settle = (id: number): PendingWrite | undefined => {
    const write = pending.get(id);
    if (write) unwritten -= write.length;
    pending.delete(id);
    return write;
  };

  const begin = async (): Promise<void> => {
    const obstacle = (await findObstacle(path)) ?? (await findLock(path));
    identity = await identityOf(path);
    if (isOver) return;
    if (obstacle) return lose(obstacle);
    child = holdPort(parts.childUrl, hear, (words) => {
      gone.resolve();
      // It ends after a failed open too; why it failed is being found out.
      if (!isExplaining)
        lose(new TransportError('PORT_LOST', `the process that held ${path} ended: ${words}`));
    });
    send({ type: 'open', settings });
  };
  void begin();

  return {
    write(bytes) {
      if (unwritten + bytes.length > MOST_UNWRITTEN_BYTES)
        return Promise.reject(
          new TransportError('WRITE_BACKLOG', `${path} is ${unwritten} bytes behind; write later`),
        );
      const id = ++lastId;
      unwritten += bytes.length;
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      pending.set(id, { resolve, reject, length: bytes.length });
      send({ type: 'write', id, bytes });
      return withTimeout(promise, writeTimeoutMs, timers, () => {
        const error = new TransportError(
          'WRITE_TIMEOUT',
          `${path} took no bytes for ${writeTimeoutMs} ms`,
        );
        lose(error);
        return error;
      });
    },
    pause() {
      isPaused = true;
    },
    resume() {
      isPaused = false;
      take();
    },
    close() {
      end();
      return gone.promise;
    },
  };
}

/** `over` is called once, when the process is gone and its last message was heard. */
function holdPort(
  program: URL,
  hear: (message: FromChild) => void,
  over: (lastWords: string) => void,
): ChildProcess {
  const child = fork(program, {
    serialization: 'advanced',
    execArgv: [`--max-old-space-size=${HOLDER_HEAP_MB}`],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let words = '';
  child.stderr?.on('data', (text) => {
    words = (words + text).slice(-MOST_LAST_WORDS);
  });
  child.on('message', hear);
  child.on('error', (error) => {
    words += error.message;
  });
  const disconnected = new Promise<void>((resolve) => child.once('disconnect', () => resolve()));
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.once('error', (error) => resolve(error.message));
  });
  exited.then(async (how) => {
    // Half a message that never becomes a whole one keeps the channel for ever.
    await Promise.race([disconnected, sleep(LAST_MESSAGES_MS, null, { ref: false })]);
    over(words.trim() || how);
  });
  return child;
}

/** Seen before anything is begun: it costs no process. */
async function findLock(path: string): Promise<TransportError | null> {
  const holder = await findLockHolder(path);
  return holder === null ? null : locked(path, holder);
}

/** Of the device behind the path; null where there is none. An adapter plugged in again is another one. */
async function identityOf(path: string): Promise<string | null> {
  try {
    const { dev, ino, rdev } = await stat(path);
    return `${dev} ${ino} ${rdev}`;
  } catch {
    return null;
  }
}

function unplugged(path: string, cause: string): TransportError {
  return new TransportError('PORT_LOST', `${path} was lost (${cause}): unplugged?`);
}
