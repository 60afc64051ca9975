import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from '../bytes/bytes.ts';
import { hmacSha256 } from './hmac.ts';

it.each([
  // RFC 4231 §4.2, §4.3, §4.7
  ['0b'.repeat(20), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
  [
    toHex(utf8('Jefe')),
    'what do ya want for nothing?',
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  [
    'aa'.repeat(131),
    'Test Using Larger Than Block-Size Key - Hash Key First',
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
])('is that of RFC 4231: key %s', (key, message, mac) => {
  expect(toHex(hmacSha256(fromHex(key), utf8(message)))).toBe(mac);
});

it('is that of node:crypto', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array(), (key, message) => {
      const expected = createHmac('sha256', key).update(message).digest('hex');
      expect(toHex(hmacSha256(key, message))).toBe(expected);
    }),
  );
});
