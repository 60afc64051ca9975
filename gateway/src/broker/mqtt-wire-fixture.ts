/**
 * MQTT 3.1.1 packets by hand, for tests that send what no client library would.
 * @module
 */
export interface ConnectFields {
  readonly clientId?: string;
  readonly username?: string;
  readonly password?: string;
  readonly level?: number;
  readonly clean?: boolean;
}

export function connectPacket(fields: ConnectFields = {}): Buffer {
  const { clientId = 'raw', username, password, level = 4, clean = true } = fields;
  const flags = (username ? 0x80 : 0) | (password ? 0x40 : 0) | (clean ? 0x02 : 0);
  const parts = [string('MQTT'), Buffer.of(level, flags, 0, 0)];
  if (level === 5) parts.push(Buffer.of(0));
  parts.push(string(clientId));
  for (const field of [username, password]) if (field) parts.push(string(field));
  return packet(0x10, Buffer.concat(parts));
}

export function publishPacket(
  topic: string,
  payload: Uint8Array,
  qos = 0,
  id = 1,
  isRepeat = false,
): Buffer {
  const head = qos === 0 ? string(topic) : Buffer.concat([string(topic), uint16(id)]);
  const flags = (qos << 1) | (isRepeat ? 0x08 : 0);
  return packet(0x30 | flags, Buffer.concat([head, payload]));
}

export function subscribePacket(filter: string, qos = 0, id = 1): Buffer {
  return packet(0x82, Buffer.concat([uint16(id), string(filter), Buffer.of(qos)]));
}

export const PING = Buffer.of(0xc0, 0);
export const DISCONNECT = Buffer.of(0xe0, 0);

export function packet(first: number, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(first), lengthOf(body.length), body]);
}

export function lengthOf(length: number): Buffer {
  const bytes: number[] = [];
  let left = length;
  do {
    const more = Math.floor(left / 128);
    bytes.push((left % 128) | (more > 0 ? 0x80 : 0));
    left = more;
  } while (left > 0);
  return Buffer.from(bytes);
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([uint16(bytes.length), bytes]);
}

function uint16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 0xff);
}
