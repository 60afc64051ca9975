import { describe, expect, it } from 'vitest';
import { isTorn } from '../../framer.ts';
import { createP1Framer, MAX_TELEGRAM_LENGTH } from './p1-framer.ts';

const bytes = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

/** Every cut as `offset:text` or `offset:code`, the stream fed in chunks of `size`. */
function cuts(stream: string, size = stream.length || 1): string[] {
  const framer = createP1Framer();
  const all = [];
  for (let i = 0; i < stream.length; i += size)
    all.push(...framer.push(bytes(stream.slice(i, i + size))));
  all.push(...framer.end());
  return all.map((cut) =>
    isTorn(cut)
      ? `${cut.offset}:${cut.error.code} ${cut.bytes.length}`
      : `${cut.offset}:${String.fromCharCode(...cut.bytes)}`,
  );
}

describe('P1 framer', () => {
  it('ends a frame with its fourth checksum digit', () => {
    expect(cuts('/ABC5\r\n!0aF9C\r\n')).toEqual(['0:/ABC5\r\n!0aF9']);
  });

  it('ends a frame before the line end when there are fewer digits, and with it when there are none', () => {
    expect(cuts('/ABC5\r\n!B9F\r\n/ABC5\r\n!\n')).toEqual(['0:/ABC5\r\n!B9F', '13:/ABC5\r\n!\n']);
    expect(cuts('/ABC5\r\n!\r\n', 1)).toEqual(['0:/ABC5\r\n!\r']);
  });

  it('tells a frame that ends with the stream', () => {
    expect(cuts('/ABC5\r\n!')).toEqual(['0:/ABC5\r\n!']);
    expect(cuts('/ABC5\r\n!B9')).toEqual(['0:/ABC5\r\n!B9']);
  });

  it('refuses what the stream cut short', () => {
    expect(cuts('/ABC5\r\n')).toEqual(['0:FRAME_TRUNCATED 7']);
  });

  it('begins anew at each slash', () => {
    expect(cuts('/ABC5\r\n1-0:1/DEF5\r\n!1234')).toEqual([
      '0:FRAME_TRUNCATED 12',
      '12:/DEF5\r\n!1234',
    ]);
  });

  it('is silent about slashes that begin no telegram', () => {
    expect(cuts('/ / 1/ab!/1234!/AB5!')).toEqual([]);
  });

  it('refuses an end mark that is followed by anything but digits, a line end, a telegram or an idle line', () => {
    expect(cuts('/ABC5\r\n!-0:2.8.1(0)')).toEqual(['0:FRAME_SYNTAX 8']);
    expect(cuts('/ABC5\r\n!\xff')).toEqual(['0:/ABC5\r\n!']);
    expect(cuts('/ABC5\r\n!\0')).toEqual(['0:/ABC5\r\n!']);
  });

  it('takes a telegram of the greatest length, and refuses a longer one at every chunk size', () => {
    const longest = `/ABC5${'x'.repeat(MAX_TELEGRAM_LENGTH - 5)}`;
    expect(cuts(`${longest.slice(0, -1)}!1234`)).toHaveLength(1);
    for (const size of [1, 7, 8191, 8192, 8193, 20_000])
      expect(cuts(`${longest}!1234 /DEF5!1234`, size), `chunks of ${size}`).toEqual([
        `0:FRAME_TOO_LONG ${MAX_TELEGRAM_LENGTH}`,
        `${MAX_TELEGRAM_LENGTH + 6}:/DEF5!1234`,
      ]);
  });

  it('goes on after the end, counting on', () => {
    const framer = createP1Framer();
    framer.push(bytes('/ABC5!'));
    framer.end();
    expect(framer.push(bytes('/DEF5!1234'))[0]?.offset).toBe(6);
  });

  it('reads a megabyte of slashes without looking through it once a slash', () => {
    expect(createP1Framer().push(new Uint8Array(1_000_000).fill(0x2f))).toEqual([]);
  });
});
