import { describe, expect, it } from 'vitest';
import { MAX_MESSAGE_LENGTH } from '../driver.ts';
import { createMessageLines } from './message-lines.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

/** All messages of a recording, cut into chunks of so many bytes. */
function read(text: string, size = 1000) {
  const lines = createMessageLines();
  const bytes = utf8(text);
  const messages = [];
  for (let at = 0; at < bytes.length; at += size)
    messages.push(...lines.push(bytes.subarray(at, at + size)));
  messages.push(...lines.end());
  return messages.map(({ topic, bytes: payload }) => [topic, new TextDecoder().decode(payload)]);
}

describe('messages one a line', () => {
  it.each([1, 3, 1000])('are read with and without their topics, cut every %d bytes', (size) => {
    expect(
      read('a/b {"x": 1}\r\n\n{"y": 2}\nc/d 21.5 C\n"text here"\na/b\0{"z": 3}', size),
    ).toEqual([
      ['a/b', '{"x": 1}'],
      [undefined, '{"y": 2}'],
      ['c/d', '21.5 C'],
      [undefined, '"text here"'],
      [undefined, 'a/b\0{"z": 3}'],
    ]);
  });

  it('end somewhere, even where a line does not', () => {
    const endless = read('x'.repeat(MAX_MESSAGE_LENGTH * 2), 65_536);
    expect(endless.map(([, text]) => text?.length)).toEqual([
      MAX_MESSAGE_LENGTH + 65_536,
      MAX_MESSAGE_LENGTH - 65_536,
    ]);
  });
});
