import { formatDecimal, isDecimal } from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import type { Session, Step } from '../../driver.ts';
import { plain, runSession, testDriver, type Vector } from '../../testing/driver-contract.ts';
import { scale } from './scale.ts';
import vectors from './scale.vectors.json' with { type: 'json' };
import { toledoChecksum } from './toledo.ts';

testDriver(scale, vectors as unknown as Vector[]);

const latin1 = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const line = (kg: number, state = 'ST') =>
  latin1(`${state},GS,+${String(kg).padStart(7, '0')}kg\r\n`);
const toledo = (digits: string, checked = false) => {
  const frame = latin1(`\x02*0 ${digits.padStart(6)}     0\r`);
  return checked ? Uint8Array.of(...frame, toledoChecksum(frame)) : frame;
};
const weights = ({ observations }: Pick<Step, 'observations'>) =>
  observations.map(({ fields }) => {
    const value = (fields['weight.gross'] ?? fields['weight.net'])?.value;
    return isDecimal(value) ? Number(formatDecimal(value)) : null;
  });
/** What is told of lines that come every `everyMs`. */
const told = (session: Session, lines: readonly Uint8Array[], everyMs: number, fromMs = 0) =>
  lines.flatMap((bytes, i) => weights(session.receive({ bytes }, fromMs + i * everyMs)));

describe('scale, what it reports', () => {
  it('tells a weight at rest once, however often the scale says it', () => {
    const session = scale.createSession({});
    expect(told(session, [line(0), line(0), line(0), line(20), line(20)], 50)).toEqual([0, 20]);
  });

  it('tells an unchanged weight again, so that a scale at rest is not taken for a dead one', () => {
    const session = scale.createSession({ repeat: '60' });
    const lines = Array.from({ length: 130 }, () => line(0));
    expect(told(session, lines, 1000)).toEqual([0, 0, 0]);
  });

  it('tells a scale in motion when it begins to move, then once an interval, then at rest', () => {
    const session = scale.createSession({ motion: '500' });
    const moving = Array.from({ length: 20 }, (_, i) => line(100 + i, 'US'));
    expect(told(session, [line(0), ...moving, line(200), line(200)], 50)).toEqual([
      0, 100, 110, 200,
    ]);
  });

  it('tells nothing in motion when only weights at rest are asked for', () => {
    const session = scale.createSession({ report: 'stable' });
    expect(told(session, [line(0), line(7, 'US'), line(9)], 50)).toEqual([0, 9]);
  });

  it('tells every line when all are asked for', () => {
    const session = scale.createSession({ report: 'all' });
    expect(told(session, [line(0), line(0), line(1, 'US'), line(2, 'US')], 1)).toEqual([
      0, 0, 1, 2,
    ]);
  });

  it('goes on after its clock was set back', () => {
    const session = scale.createSession({});
    expect(told(session, [line(5)], 0, 10_000_000)).toEqual([5]);
    expect(told(session, [line(5)], 0, 1000)).toEqual([5]);
  });

  it('tells one digit more or less as a change: 20.0 is not 20.00', () => {
    const session = scale.createSession({});
    const lines = ['ST,GS,+020.00kg\r\n', 'ST,GS,+0020.0kg\r\n'].map(latin1);
    expect(told(session, lines, 50)).toEqual([20, 20]);
  });

  it('decodes again from each frame alone', () => {
    const session = scale.createSession({});
    for (const [i, bytes] of [line(0), line(7, 'US'), toledo('12'), line(9)].entries())
      for (const one of session.receive({ bytes }, i * 2000).observations)
        expect(runSession(scale, {}, [one.frame]).observations.map(plain)).toEqual([plain(one)]);
  });
});

describe('scale, Toledo’s checksum', () => {
  it('may be absent; then the next frame, or a pause, ends the one before', () => {
    const session = scale.createSession({});
    const first = session.receive({ bytes: toledo('1') }, 1000);
    expect([weights(first), first.nextTickMs]).toEqual([[], 1100]);
    expect(weights(session.receive({ bytes: toledo('2') }, 1050))).toEqual([1]);
    expect(session.tick(1100).observations).toEqual([]);
    expect(weights(session.tick(1150))).toEqual([2]);
    expect(session.tick(1300).nextTickMs).toBeNull();
  });

  it('is due from a scale that has sent one', () => {
    const { observations, rejected } = runSession(scale, {}, [
      toledo('1'),
      toledo('2', true),
      toledo('3'),
      toledo('4', true),
    ]);
    expect(weights({ observations })).toEqual([1, 2, 4]);
    expect(rejected.map(({ code }) => code)).toEqual(['CHECKSUM_MISSING']);
  });

  it('is not found by chance: where it would look like the start of the next frame, it is left alone', () => {
    const starts = Array.from({ length: 10_000 }, (_, i) => toledo(String(i * 100))).filter(
      (frame) => toledoChecksum(frame) === 0x02,
    );
    expect(starts.length).toBeGreaterThan(0);
    const frames = starts.flatMap((frame) => [frame, toledo('500'), toledo('501')]);
    const { observations, rejected } = runSession(scale, { report: 'all' }, frames);
    expect(rejected).toEqual([]);
    expect(observations.length).toBe(frames.length);
  });
});

describe('scale, asked', () => {
  const text = (step: Step) => step.send.map((bytes) => Buffer.from(bytes).toString());

  it('is asked who it is, then what it weighs, one question at a time', () => {
    const session = scale.createSession({ poll: 'SI', interval: '1000' });
    const first = session.tick(5000);
    expect(text(first)).toEqual(['I4\r\n']);
    expect(text(session.tick(5500))).toEqual([]);
    const serial = session.receive({ bytes: latin1('I4 A "0123"\r\n') }, 5600);
    expect(serial.observations.map(({ kind }) => kind)).toEqual(['scale']);
    expect(serial.nextTickMs).toBe(6000);
    expect(text(session.tick(6000))).toEqual(['SI\r\n']);
    expect(session.receive({ bytes: latin1('S S     100.00 g\r\n') }, 6100).nextTickMs).toBe(7000);
    expect(text(session.tick(7000))).toEqual(['SI\r\n']);
  });

  it('is asked again when it has not answered for long', () => {
    const session = scale.createSession({ poll: 'S' });
    expect(session.tick(0).nextTickMs).toBe(15_000);
    expect(text(session.tick(14_999))).toEqual([]);
    expect(text(session.tick(15_000))).toEqual(['S\r\n']);
  });

  it('goes on asking after an answer that was damaged', () => {
    const session = scale.createSession({ poll: 'SI' });
    session.tick(0);
    expect(session.receive({ bytes: latin1('S S   1x0.00 g\r\n') }, 200).nextTickMs).toBe(1000);
  });

  it('is not asked unless it is set to', () => {
    expect(scale.createSession({}).tick(0)).toEqual({
      observations: [],
      rejected: [],
      send: [],
      nextTickMs: null,
    });
  });

  it('is left alone when the line is gone', () => {
    const session = scale.createSession({ poll: 'SI' });
    session.tick(0);
    expect(session.end(10).nextTickMs).toBeNull();
  });
});

describe('scale, its options', () => {
  it.each([
    [{ dialect: 'sartorius' }, /dialect is auto, toledo, and, sics, not sartorius/],
    [{ checksum: 'maybe' }, /checksum is auto, required, none/],
    [{ report: 'some' }, /report is changes, stable, all/],
    [{ poll: 'SIR' }, /poll is off, SI, S/],
    [{ interval: '5' }, /interval is 100 to 3600000, not 5/],
    [{ motion: 'a' }, /motion is 0 to 3600000, not a/],
    [{ repeat: '0' }, /repeat is 1 to 86400, not 0/],
    [{ unit: 'kg' }, /has no option unit/],
  ])('refuses %o', (options, message) => {
    expect(() => scale.createSession(options as Record<string, string>)).toThrow(message);
  });
});
