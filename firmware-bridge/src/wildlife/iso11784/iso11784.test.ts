import { describe, expect, it } from 'vitest';
import { plain, runSession, testDriver, type Vector } from '../../testing/driver-contract.ts';
import { iso11784 } from './iso11784.ts';
import vectors from './iso11784.vectors.json' with { type: 'json' };

testDriver(iso11784, vectors as unknown as Vector[]);

const latin1 = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const idsOf = (...chunks: string[]) =>
  runSession(iso11784, {}, chunks.map(latin1)).observations.map(
    ({ fields }) => fields['tag.id']?.value,
  );
const refusalsOf = (...chunks: string[]) =>
  runSession(iso11784, {}, chunks.map(latin1)).rejected.map(({ message }) => message);

describe('iso11784', () => {
  it('asks for nothing, and for no tick', () => {
    const session = iso11784.createSession({});
    expect(session.tick(0)).toEqual({ observations: [], rejected: [], send: [], nextTickMs: null });
  });

  it('reads readers of three makers on one line', () => {
    const frame = (vectors as unknown as Vector[]).find(({ hex }) => hex)?.hex ?? '';
    const wl134 = String.fromCharCode(...Buffer.from(frame, 'hex'));
    expect(
      idsOf(
        'LA 985 000012345678\r\n',
        wl134,
        'TAG: 01 03 05/15/2026 14:18:02.090 3E7.02DFDC1C36\r\n',
      ),
    ).toEqual(['985000012345678', '999012345678901', '999012345678902']);
  });

  it('takes a whole line as the first thing it hears', () => {
    expect(idsOf('3E7.02DFDC1C35\r\n')).toEqual(['999012345678901']);
    expect(idsOf('982000001088420\n')).toEqual(['982000001088420']);
  });

  it('takes no line that was cut, at either end', () => {
    expect(idsOf('LA 982 00000108842')).toEqual([]);
    expect(refusalsOf('LA 982 000001088420')).toEqual(['cut short by the end of the stream']);
    expect(idsOf('82 000001088420\r\n')).toEqual([]);
    expect(idsOf('LA 982 0000\x0001088420\r\n')).toEqual([]);
  });

  it('says of a frame with a good checksum why it is no tag', () => {
    const told = runSession(iso11784, {}, [
      Buffer.from('0236344538343332313037453330303130303030303030303030300bf403', 'hex'),
    ]);
    expect(told.observations).toEqual([]);
    expect(told.rejected[0]?.message).toMatch(/national identification.* to 274877906943/);
  });

  it('goes on with the byte that broke a frame', () => {
    expect(idsOf('\x0264E84\x02LA 985 000012345678\r\n')).toEqual(['985000012345678']);
    expect(idsOf('\x02\r\nLA 985 000012345678\r\n')).toEqual(['985000012345678']);
  });

  it('reads sixteen digits as fifteen behind a zero, never as 64 bits in hexadecimal', () => {
    expect(idsOf('0982000001088420\r\n')).toEqual(['982000001088420']);
    expect(idsOf('0000025700003021\r\n')).toEqual([]);
    expect(refusalsOf('0000025700003021\r\n').length).toBe(1);
  });

  it('refuses a row whose two forms are two tags', () => {
    const row = `05/15/2026  14:18:02.000  05/16/2026     09:00:00       01                     3E7.02DFDC1C35  999.012345678902\r\n`;
    expect(idsOf(row)).toEqual([]);
    expect(refusalsOf(row)).toEqual([
      '3E7.02DFDC1C35 is 999012345678901, but the row says 999.012345678902',
    ]);
  });

  it('keeps an antenna that is no number as text', () => {
    const row = `05/15/2026  14:18:02.000  05/16/2026     09:00:00       01         A1          3E7.02DFDC1C35  999.012345678901\r\n`;
    const [one] = runSession(iso11784, {}, [latin1(row)]).observations.map(plain);
    expect(one?.fields['other.iso11784.antenna']).toEqual(['A1', null, null]);
  });

  it.each([
    [{ dialect: 'trovan' }, /dialect is auto, allflex, biomark, wl134, not trovan/],
    [{ zone: 'Europe/Atlantis' }, /zone Europe\/Atlantis is no IANA time zone/],
    [{ speed: '9600' }, /it has: dialect, zone/],
  ])('refuses the options %o', (options, message) => {
    expect(() => iso11784.createSession(options as Record<string, string>)).toThrow(message);
  });
});
