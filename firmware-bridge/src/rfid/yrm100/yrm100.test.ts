import { describe, expect, it } from 'vitest';
import { decodeAgain } from '../../decode-again.ts';
import type { Session, Step } from '../../driver.ts';
import { runSession, testDriver, type Vector } from '../../testing/driver-contract.ts';
import { createM100Framer, decodeFrame, encodeFrame, type Framing } from './m100-frame.ts';
import { yrm100 } from './yrm100.ts';
import vectors from './yrm100.vectors.json' with { type: 'json' };

testDriver(yrm100, vectors as unknown as Vector[]);

const bytesOf = (hex: string) => Uint8Array.from(hex.match(/../g)!, (b) => Number.parseInt(b, 16));
const TAG = bytesOf((vectors[0] as { hex: string }).hex);
const NO_TAG = bytesOf('bb01ff000115167e');
const [STOP, INFORMATION, SET_REGION, GET_REGION, SET_POWER, GET_POWER, INVENTORY] = [
  0x28, 0x03, 0x07, 0x08, 0xb6, 0xb7, 0x27,
];

const sent = ({ send }: Step) => send.map((bytes) => decodeFrame(bytes));
const commands = (step: Step) => sent(step).map(({ command }) => command);
const answer = (command: number, framing: Framing = 'bb', parameters = [0]) =>
  encodeFrame({ framing, type: 1, command, parameters: Uint8Array.from(parameters) });

/** A module that answers everything at once, until it is asked for tags. */
function open(session: Session, nowMs = 0): number[] {
  const asked: number[] = [];
  let step = session.tick(nowMs);
  for (let i = 0; i < 20; i++) {
    const [command] = commands(step);
    if (command === undefined) break;
    asked.push(command);
    if (command === INVENTORY) break;
    step = session.receive({ bytes: answer(command) }, nowMs);
  }
  return asked;
}

describe('yrm100 session', () => {
  it('asks for quiet, for names and settings, then for tags without end', () => {
    expect(open(yrm100.createSession({}))).toEqual([
      STOP,
      INFORMATION,
      INFORMATION,
      GET_REGION,
      GET_POWER,
      INVENTORY,
    ]);
  });

  it('sets region and power where they are given', () => {
    const session = yrm100.createSession({ region: 'eu', power: '26.5' });
    const asked: [number, number[]][] = [];
    let step = session.tick(0);
    while (commands(step)[0] !== INVENTORY) {
      const [{ command, parameters }] = sent(step) as [ReturnType<typeof decodeFrame>];
      asked.push([command, [...parameters]]);
      step = session.receive({ bytes: answer(command) }, 0);
    }
    expect(asked).toContainEqual([SET_REGION, [3]]);
    expect(asked).toContainEqual([SET_POWER, [0x0a, 0x5a]]);
  });

  it('asks again when the module has been silent for three seconds, and not before', () => {
    const session = yrm100.createSession({});
    open(session);
    expect(session.receive({ bytes: TAG }, 1000).nextTickMs).toBe(4000);
    expect(commands(session.receive({ bytes: NO_TAG }, 2000))).toEqual([]);
    expect(commands(session.tick(4999))).toEqual([]);
    expect(commands(session.tick(5000))).toEqual([STOP]);
  });

  it('goes on with the next question where one is not answered', () => {
    const session = yrm100.createSession({});
    session.tick(0);
    session.receive({ bytes: answer(STOP) }, 10);
    expect(commands(session.tick(509))).toEqual([]);
    expect(commands(session.tick(510))).toEqual([INFORMATION]);
  });

  it('is not held by what is said meanwhile', () => {
    const session = yrm100.createSession({});
    session.tick(0);
    expect(session.receive({ bytes: TAG }, 100)).toMatchObject({ send: [], nextTickMs: 500 });
    expect(commands(session.tick(500))).toEqual([INFORMATION]);
  });

  it('tries the other framing until something answers, then stays with it', () => {
    const session = yrm100.createSession({});
    const framings = [0, 500, 1000, 1500].map((ms) => sent(session.tick(ms))[0]?.framing);
    expect(framings).toEqual(['bb', 'aa', 'bb', 'aa']);
    expect(sent(session.receive({ bytes: answer(STOP, 'aa') }, 1600))[0]?.framing).toBe('aa');
    const fixed = yrm100.createSession({ framing: 'bb' });
    expect([0, 500, 1000].map((ms) => sent(fixed.tick(ms))[0]?.framing)).toEqual([
      'bb',
      'bb',
      'bb',
    ]);
  });

  it('asks for a new connection when nothing answers for half a minute, and says what to look at', () => {
    const session = yrm100.createSession({});
    let ms = 0;
    let step = session.tick(ms);
    while (!step.reset && ms < 60_000) {
      ms += 500;
      step = session.tick(ms);
    }
    expect(ms).toBe(30_000);
    expect(step.reset).toMatch(/answers nothing: check its power, its wires/);
    expect(session.tick(ms + 500).reset).toBe(null);
  });

  it('goes on after the clock was set back', () => {
    const session = yrm100.createSession({});
    open(session, 1_000_000);
    expect(commands(session.tick(0))).toEqual([STOP]);
  });

  it('sends nothing while it only reads a recording', () => {
    const session = yrm100.createSession({});
    expect(session.receive({ bytes: TAG }, 0)).toMatchObject({ send: [], nextTickMs: null });
  });

  it('holds equal tags back where it is told to', () => {
    const session = yrm100.createSession({ repeat: '1000' });
    const told = [0, 500, 999, 1000, 1500].map(
      (ms) => session.receive({ bytes: TAG }, ms).observations.length,
    );
    expect(told).toEqual([1, 0, 0, 1, 0]);
    expect(session.receive({ bytes: TAG }, 10).observations).toHaveLength(1); // the clock was set back
  });

  it('decodes a kept frame again without its session', () => {
    const [observation] = runSession(yrm100, {}, [TAG]).observations;
    const { kind, device, time, fields, frame } = observation!;
    const reading = {
      kind,
      device,
      time: 1_700_000_000_000,
      clock: { deviceTime: time },
      origin: { driver: 'yrm100?region=eu&repeat=1000' },
      fields: Object.entries(fields).map(([name, field]) => ({ name, ...field })),
    };
    expect(decodeAgain(reading as unknown as Parameters<typeof decodeAgain>[0], frame)).toEqual({
      agrees: true,
      detail: '',
    });
  });

  it.each([
    [{ framing: 'cc' }, /framing is auto, bb or aa/],
    [{ region: 'mars' }, /region is one of china-900, us, eu/],
    [{ power: '34' }, /power is dBm from 0 to 33/],
    [{ power: 'full' }, /not full/],
    [{ repeat: '-1' }, /repeat is a number of milliseconds/],
  ])('refuses the options %o', (options, message) => {
    expect(() => yrm100.createSession(options as Record<string, string>)).toThrow(message);
  });
});

describe('frames of an M100 module', () => {
  it('read back as they were written', () => {
    for (const framing of ['bb', 'aa'] as const)
      for (const length of [0, 1, 67, 255]) {
        const parameters = Uint8Array.from({ length }, (_, i) => (i * 7) & 0xff);
        const frame = { framing, type: 1, command: 0x39, parameters };
        const [cut] = createM100Framer().push(encodeFrame(frame));
        expect(decodeFrame(cut!.bytes)).toEqual(frame);
      }
  });
});
