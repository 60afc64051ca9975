import { describe, expect, it } from 'vitest';
import { isErasure, readRecord } from './read-record.ts';

const cose = Uint8Array.of(0xd2, 0x84, 0x43, 0xa1, 0x01, 0x27);
const text = '0oRDoQEn';
const bytes = (words: string) => new TextEncoder().encode(words);

describe('a record that is brought', () => {
  it('is its signed bytes, or their base64 with whatever white space an editor left', () => {
    expect(readRecord(cose)).toEqual([text]);
    expect(readRecord(bytes(text))).toEqual([text]);
    expect(readRecord(bytes(` 0oRD\n oQEn\r\n`))).toEqual([text]);
  });

  it.each(['', 'a picture', '-----BEGIN PRIVATE KEY-----', '{"waiting":[]}', '0oRDoQ'])(
    'is nothing else: %j',
    (words) => expect(readRecord(bytes(words))).toBe(null),
  );

  it('may be several, one a line, and among them erasures', () => {
    expect(readRecord(bytes(`${text}\n${text}\n`))).toEqual([text, text]);
    const erasure = btoa(
      `\xd2\x84\x43\xa1\x01\x27\xa0\x58\x99\x88nsigill.erase.1P…`.replace('…', ''),
    );
    expect(isErasure(erasure)).toBe(true);
    expect(isErasure(text)).toBe(false);
  });

  it('is of a record’s size', () => {
    expect(readRecord(new Uint8Array(48_001).fill(0xd2))).toBe(null);
  });
});
