import { describe, expect, it } from 'vitest';
import { readRecord } from './read-record.ts';

const cose = Uint8Array.of(0xd2, 0x84, 0x43, 0xa1, 0x01, 0x27);
const text = '0oRDoQEn';
const bytes = (words: string) => new TextEncoder().encode(words);

describe('a record that is brought', () => {
  it('is its signed bytes, or their base64 with whatever white space an editor left', () => {
    expect(readRecord(cose)).toBe(text);
    expect(readRecord(bytes(text))).toBe(text);
    expect(readRecord(bytes(` 0oRD\n oQEn\r\n`))).toBe(text);
  });

  it.each(['', 'a picture', '-----BEGIN PRIVATE KEY-----', '{"waiting":[]}', '0oRDoQ'])(
    'is nothing else: %j',
    (words) => expect(readRecord(bytes(words))).toBe(null),
  );

  it('is of a record’s size', () => {
    expect(readRecord(new Uint8Array(48_001).fill(0xd2))).toBe(null);
  });
});
