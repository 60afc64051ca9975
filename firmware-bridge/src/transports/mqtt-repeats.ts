/**
 * Which messages of QoS 1 say again what was taken before.
 *
 * A sender that has no PUBACK for a message sends it again, with DUP, the same identifier and the same content. These
 * alone prove no repeat: a sender that did get its PUBACK may give the identifier to its next message, which may say the
 * same, and whose first copy may be lost. So a repeat is believed
 *
 *   - while this side has acknowledged nothing: the identifier was not free             [MQTT-2.3.1-2] [MQTT-2.3.1-4]
 *   - else when the sender's identifiers go on: of its last messages, four times as many as it would take, none had an
 *     identifier again so soon
 *
 * Anything else is a message of its own: said twice is better than lost.
 * @module
 */
import { hash } from 'node:crypto';

/** One message. `T`: what taking it resolves to. */
export interface Taken<T> {
  readonly id: number;
  readonly content: string;
  /** Its place among those of its sender. */
  readonly place: number;
  taking: Promise<T> | null;
  /** `acknowledged`: a PUBACK may have left. `kept`: none has. */
  state: 'under way' | 'kept' | 'acknowledged';
}

/** What one sender said last. */
export interface SenderMemory<T> {
  /** The message of which a message with DUP is a repeat for certain. */
  find(id: number, content: string): Taken<T> | null;
  /** A message that is no repeat. */
  add(id: number, content: string): Taken<T>;
  settle(taken: Taken<T>, state: 'kept' | 'acknowledged'): void;
  /** It was not taken. */
  drop(taken: Taken<T>): void;
  clear(): void;
}

/** How many messages more may be remembered; several memories share it. */
export interface Room {
  left: number;
}

// A sender that has one message under way at a time needs few, one that has many needs many: eight times as many as were
// ever under way at once, since a quarter of them is believed.
const LEAST = 16;
const PER_UNDER_WAY = 8;
const MOST = 256;
const SURELY = 4;

export function createSenderMemory<T>(room: Room = { left: MOST }): SenderMemory<T> {
  const byId = new Map<number, Taken<T>>();
  // In their order; those before `first` are gone.
  let order: Taken<T>[] = [];
  let first = 0;
  let places = 0;
  let underWay = 0;
  let capacity = LEAST;
  /** For so many messages, no identifier came again within as many. */
  let goesOn = 0;

  function forgetOldest(): void {
    const oldest = order[first]!;
    if (byId.get(oldest.id) === oldest) byId.delete(oldest.id);
    first += 1;
    room.left += 1;
    if (first < MOST) return;
    order = order.slice(first);
    first = 0;
  }

  function isBelieved({ state, place }: Taken<T>): boolean {
    return state !== 'acknowledged' || goesOn >= SURELY * (places + 1 - place);
  }

  return {
    find(id, content) {
      const found = byId.get(id);
      return found?.content === content && isBelieved(found) ? found : null;
    },
    add(id, content) {
      places += 1;
      underWay += 1;
      capacity = Math.min(Math.max(capacity, underWay * PER_UNDER_WAY), MOST);
      const before = byId.get(id);
      const apart = before === undefined ? capacity : places - before.place;
      goesOn = Math.min(goesOn + 1, apart);
      while (order.length - first >= capacity) forgetOldest();
      if (room.left === 0 && order.length > first) forgetOldest();
      const state = 'under way' as const;
      const taken: Taken<T> = { id, content, place: places, taking: null, state };
      if (room.left === 0) return taken;
      room.left -= 1;
      byId.set(id, taken);
      order.push(taken);
      return taken;
    },
    settle(taken, state) {
      if (taken.state === 'under way') underWay -= 1;
      taken.state = state;
    },
    drop(taken) {
      underWay -= 1;
      if (byId.get(taken.id) === taken) byId.delete(taken.id);
    },
    clear() {
      room.left += order.length - first;
      byId.clear();
      order = [];
      first = 0;
      goesOn = 0;
    },
  };
}

// What is longer than its digest is kept as that.
const DIGEST_LENGTH = 44;

/** By which two messages are known to say the same on the same topic. */
export function contentOf(topic: string, payload: Uint8Array, retain: boolean): string {
  const name = topic.length > DIGEST_LENGTH ? digest(topic) : topic;
  return `${retain ? 'retained' : ''} ${digest(payload)} ${name}`;
}

function digest(bytes: Uint8Array | string): string {
  return hash('sha256', bytes, 'base64');
}
