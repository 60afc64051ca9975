/**
 * What a broker sends on one connection: many messages on their way to safety at once, acknowledged in the order they
 * came [MQTT-4.6.0-2].
 *
 * mqtt.js hands over one message and waits: called back, it sends the PUBACK and hands over the next one. Called back with
 * an error it sends no PUBACK and goes on all the same. So it is told that, and the PUBACKs are written here.
 * @module
 */
import type { IPublishPacket } from 'mqtt';
import { contentOf, type SenderMemory, type Taken } from './mqtt-repeats.ts';

export interface ReceivingParts {
  /** Resolves to whether a message is safe here. Never rejects. */
  readonly take: (topic: string, bytes: Uint8Array) => Promise<boolean>;
  /** False: the connection is gone. */
  readonly send: (bytes: Uint8Array) => boolean;
  /** A message is not safe: the connection must end, so that it is sent again. */
  readonly notTaken: () => void;
  /** Of this broker, over its connections. */
  readonly memory: SenderMemory<boolean>;
}

/** As mqtt.js calls it. */
export type Receive = (packet: IPublishPacket, next: (error?: Error) => void) => void;

interface Arrived {
  /** Null: it came with QoS 0. */
  readonly id: number | null;
  readonly sizeBytes: number;
  taken: Taken<boolean> | null;
  isSafe: boolean;
}

// Enough that group commits are full: brokers have 20 (mosquitto) to a few hundred under way to one client. While that
// many wait nothing more is read, and the broker keeps the rest.
const MOST_MESSAGES = 256;
const MOST_BYTES = 1_048_576;
const PUBACK = 0x40;
const NOT_BY_MQTT_JS = new Error('acknowledged later');

export function createReceiving(parts: ReceivingParts): Receive {
  const { take, memory } = parts;
  const underWay: Arrived[] = [];
  let bytes = 0;
  let goOn: (() => void) | null = null;

  /** The same promise again for what this connection, or one before it, brought already. */
  function takeOnce(arrived: Arrived, packet: IPublishPacket, payload: Uint8Array) {
    const { topic, retain, dup } = packet;
    const { id } = arrived;
    if (id === null) return take(topic, payload);
    const content = contentOf(topic, payload, retain);
    const found = dup ? memory.find(id, content) : null;
    const taken = found ?? memory.add(id, content);
    arrived.taken = taken;
    taken.taking ??= take(topic, payload).then((isSafe) => {
      if (isSafe) memory.settle(taken, 'kept');
      else memory.drop(taken);
      return isSafe;
    });
    return taken.taking;
  }

  function settled(arrived: Arrived, isSafe: boolean): void {
    if (!isSafe) {
      parts.notTaken();
      return;
    }
    arrived.isSafe = true;
    if (underWay[0] === arrived) acknowledge();
  }

  /** All that are safe, up to the first that is not yet. */
  function acknowledge(): void {
    const waits = underWay.findIndex(({ isSafe }) => !isSafe);
    const done = underWay.splice(0, waits === -1 ? underWay.length : waits);
    const said = done.flatMap(({ id }) => (id === null ? [] : [PUBACK, 2, id >> 8, id & 0xff]));
    const hasLeft = parts.send(Uint8Array.from(said));
    for (const { taken, sizeBytes } of done) {
      bytes -= sizeBytes;
      if (taken && hasLeft) memory.settle(taken, 'acknowledged');
    }
    if (isFull()) return;
    const next = goOn;
    goOn = null;
    next?.();
  }

  function isFull(): boolean {
    return underWay.length >= MOST_MESSAGES || bytes >= MOST_BYTES;
  }

  return (packet, next) => {
    const payload = toBytes(packet.payload);
    if (packet.qos === 2) {
      // Its PUBCOMP is mqtt.js's. None comes where QoS 1 is asked for.
      if (packet.retain) next();
      else take(packet.topic, payload).then((isSafe) => (isSafe ? next() : parts.notTaken()));
      return;
    }
    const id = packet.qos === 1 ? packet.messageId! : null;
    const arrived: Arrived = { id, sizeBytes: payload.length, taken: null, isSafe: false };
    underWay.push(arrived);
    bytes += payload.length;
    // What the broker kept as "last known" is of unknown age, and is not taken.
    if (packet.retain) settled(arrived, true);
    else takeOnce(arrived, packet, payload).then((isSafe) => settled(arrived, isSafe));
    const more = () => next(id === null ? undefined : NOT_BY_MQTT_JS);
    if (isFull()) goOn = more;
    else more();
  };
}

/** Its own memory: what arrived with it in one piece is not kept alive. */
function toBytes(payload: string | Buffer): Uint8Array {
  return Uint8Array.from(typeof payload === 'string' ? Buffer.from(payload) : payload);
}
