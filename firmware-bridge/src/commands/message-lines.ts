/**
 * A recording of messages, one a line: the payload alone, or its topic, a blank and the payload, as mosquitto_sub -v and
 * `sigill simulate --to -` print them.
 * @module
 */
import { MAX_MESSAGE_LENGTH, type SessionInput } from '../driver.ts';

const [LINE_FEED, CARRIAGE_RETURN, BLANK, NUL] = [0x0a, 0x0d, 0x20, 0];
// MQTT topics have at most 65,535 bytes.
const LONGEST_LINE = MAX_MESSAGE_LENGTH + 65_536;
const OPENING = new Set(Array.from('{["', (character) => character.charCodeAt(0)));

export interface MessageLines {
  push(chunk: Uint8Array): readonly SessionInput[];
  end(): readonly SessionInput[];
}

export function createMessageLines(): MessageLines {
  let line: Uint8Array[] = [];
  let length = 0;
  const finish = (): SessionInput[] => {
    const joined = Buffer.concat(line);
    line = [];
    length = 0;
    const bytes = joined.at(-1) === CARRIAGE_RETURN ? joined.subarray(0, -1) : joined;
    return bytes.length === 0 ? [] : [toInput(Uint8Array.from(bytes))];
  };
  return {
    push(chunk) {
      const messages: SessionInput[] = [];
      for (let at = 0; at < chunk.length; ) {
        const found = chunk.indexOf(LINE_FEED, at);
        const end = found < 0 ? chunk.length : found;
        const part = chunk.slice(at, Math.min(end, at + LONGEST_LINE - length));
        line.push(part);
        length += part.length;
        at = at + part.length;
        if (at < end) messages.push(...finish());
        else if (found >= 0) {
          messages.push(...finish());
          at = end + 1;
        }
      }
      return messages;
    },
    end: finish,
  };
}

/** What stands before the first blank is a topic, unless the line begins as JSON does, or is a frame with its NUL. */
function toInput(line: Uint8Array): SessionInput {
  const blank = line.indexOf(BLANK);
  if (blank <= 0 || OPENING.has(line[0] as number) || line.subarray(0, blank).includes(NUL))
    return { bytes: line };
  const topic = new TextDecoder().decode(line.subarray(0, blank));
  return { topic, bytes: line.slice(blank + 1) };
}
