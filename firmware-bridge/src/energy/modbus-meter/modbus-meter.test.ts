import { describe, expect, it } from 'vitest';
import { createModbusMeterSimulator } from '../../simulators/modbus-meter.ts';
import { plain, runSession, testDriver, type Vector } from '../../testing/driver-contract.ts';
import { type Answer, findQuestion, type Mode, type Question, writeAnswer } from './adu.ts';
import { type BusMeter, runBus } from './bus-fixture.ts';
import { registerMaps } from './maps/index.ts';
import { modbusMeter } from './modbus-meter.ts';
import vectors from './modbus-meter.vectors.json' with { type: 'json' };
import { planBlocks, pointsIn } from './register-map.ts';

testDriver(modbusMeter, vectors as unknown as Vector[]);

const SECOND = 1000;
const MINUTE = 60_000;

/** A simulated meter that answers as fast as meters do. */
function healthy(options: Readonly<Record<string, string>>, afterMs = 60): BusMeter {
  const device = createModbusMeterSimulator({ seed: 1, installedAt: 0, options });
  return (heard, ms) => device.hear(heard, ms).map((bytes) => ({ afterMs, bytes }));
}

/** A meter at an address, that answers each question as it is told to. */
function meterAt(
  address: number,
  reply: (question: Question, ms: number) => ReturnType<BusMeter>,
  mode: Mode = 'rtu',
): BusMeter {
  return (heard, ms) => {
    const question = findQuestion(mode, heard, 0);
    if (typeof question === 'string' || 'damaged' in question) return [];
    return question.address === address ? reply(question, ms) : [];
  };
}

const words = ({ count }: Question, value: number): Answer => {
  const data = new Uint8Array(2 * count);
  for (let i = 0; i < count; i += 2) new DataView(data.buffer).setFloat32(2 * i, value);
  return { data, exception: null };
};

const session = (options: Readonly<Record<string, string>>) => modbusMeter.createSession(options);
const devices = <T extends { readonly device: string }>(observations: readonly T[]) =>
  Object.groupBy(observations, ({ device }) => device);

describe('modbus-meter asks', () => {
  it.each([...registerMaps.keys()])('%s for all it measures, in one reading a round', (meter) => {
    const options = { meter, address: '5' };
    const { observations, rejected } = runBus(session(options), [healthy(options)], 35 * SECOND);
    expect(rejected).toEqual([]);
    expect(observations).toHaveLength(4);
    const due = [...(registerMaps.get(meter)?.points ?? [])].map(({ name }) => name);
    for (const { device, fields } of observations) {
      expect(device).toBe('5');
      expect(Object.keys(fields).sort()).toEqual(due.sort());
    }
  });

  it('over TCP as on a serial line', () => {
    const options = { mode: 'tcp', address: '2' };
    const { observations, asked } = runBus(session(options), [healthy(options)], 25 * SECOND);
    expect(observations).toHaveLength(3);
    const transactions = asked.map(({ bytes }) => (bytes[0]! << 8) | bytes[1]!);
    expect(new Set(transactions).size).toBe(asked.length);
  });

  it('tells nothing over TCP before an answer is whole, wherever it is cut', () => {
    // [MODBUS Messaging on TCP/IP V1.0b §3.1.3] transaction 0x1501; 50.02 Hz as a float.
    const hex = '150100000006010400460002' + '150100000007010404' + '4248147b';
    const bytes = Uint8Array.from(hex.match(/../g) ?? [], (b) => Number.parseInt(b, 16));
    const run = (...chunks: Uint8Array[]) =>
      runSession(modbusMeter, { mode: 'tcp' }, chunks).observations.map(plain);
    const whole = run(bytes);
    expect(whole).toEqual([
      {
        kind: 'meter',
        device: '1',
        time: null,
        fields: { frequency: ['50.02', 'Hz', 'input 0x0046'] },
      },
    ]);
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(run(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(whole);
      if (cut < bytes.length) expect(run(bytes.subarray(0, cut))).toEqual([]);
    }
    expect(run(Uint8Array.of(0, 1, 2, 0, 0), bytes, bytes)).toEqual([...whole, ...whole]);
  });

  it('keeps its interval, and leaves the line quiet between an answer and the next question', () => {
    const { observations, asked } = runBus(
      session({ intervalMs: '5000' }),
      [healthy({}, 60)],
      60 * SECOND,
    );
    const first = observations[0]?.atMs ?? 0;
    expect(observations.map(({ atMs }) => atMs - first)).toEqual(
      Array.from({ length: 12 }, (_, i) => i * 5000),
    );
    expect(asked[1]!.atMs - asked[0]!.atMs).toBe(60 + 25);
  });

  it('groups registers into few questions, none longer than the meter takes', () => {
    for (const { points, maxRegisters } of registerMaps.values()) {
      const blocks = planBlocks(points, maxRegisters);
      for (const { count } of blocks) expect(count).toBeLessThanOrEqual(maxRegisters);
    }
    const sdm630 = registerMaps.get('sdm630')!;
    const blocks = planBlocks(sdm630.points, sdm630.maxRegisters);
    expect(blocks).toEqual([
      { start: 0, count: 80 },
      { start: 0xc8, count: 26 },
      { start: 0x156, count: 40 },
    ]);
    expect(blocks.flatMap((block) => pointsIn(sdm630, block))).toHaveLength(sdm630.points.length);
  });

  it('reads the same from its frame, by a session that never asked', () => {
    for (const mode of ['rtu', 'tcp']) {
      const options = { meter: 'sdm630', address: '1,2', mode };
      const { observations } = runBus(session(options), [healthy(options)], 12 * SECOND);
      for (const observation of observations) {
        const again = runSession(modbusMeter, options, [observation.frame]).observations;
        expect(again.map(plain)).toEqual([plain(observation)]);
      }
      expect(observations).toHaveLength(4);
    }
  });

  it('hears an adapter that repeats what is sent', () => {
    const echo: BusMeter = (heard) => [{ afterMs: 1, bytes: heard }];
    const { observations, rejected } = runBus(session({}), [echo, healthy({})], 25 * SECOND);
    expect(rejected).toEqual([]);
    expect(observations).toHaveLength(3);
  });

  it('goes on when its clock is set back', () => {
    const meter = healthy({});
    const asking = session({});
    const step = asking.tick(1_000_000);
    const [answer] = meter(step.send[0]!, 0);
    const next = asking.receive({ bytes: answer!.bytes }, 1_000_050 - 3_600_000);
    expect(next.nextTickMs).toBeLessThan(1_000_050 - 3_600_000 + 100);
    expect(asking.tick(next.nextTickMs!).send).toHaveLength(1);
  });
});

describe('modbus-meter on a bus with bad neighbours', () => {
  const all = Array.from({ length: 8 }, (_, i) => i + 1);
  const options = { address: all.join(','), intervalMs: '5000' };
  const well = (address: number) => healthy({ address: String(address) });
  const rounds = 120;
  const forMs = rounds * 5000;

  const dead: BusMeter = () => [];
  const babbling = meterAt(2, (question) => [
    {
      afterMs: 40,
      bytes: Uint8Array.from({ length: 90 }, (_, i) => (i * 37 + question.start) % 256),
    },
  ]);
  let turn = 0;
  const noisy = meterAt(3, (question) => {
    const bytes = writeAnswer('rtu', question, words(question, 230));
    if (turn++ % 2 === 0) bytes[5]! ^= 0x10;
    return [{ afterMs: 60, bytes }];
  });

  const meters = [dead, babbling, noisy, ...all.slice(3).map(well)];
  const { observations, rejected, asked } = runBus(session(options), meters, forMs);
  const told = devices(observations);

  it('the others keep their rate', () => {
    for (const address of all.slice(3))
      expect(told[address]?.length).toBeGreaterThanOrEqual(rounds - 1);
    const late = all.slice(3).flatMap((address) => {
      const times = told[address]!.map(({ atMs }) => atMs);
      return times.slice(1).map((atMs, i) => atMs - times[i]!);
    });
    // A silent meter holds the line for one time-out, no longer.
    expect(Math.max(...late)).toBeLessThanOrEqual(5000 + 2 * 1000 + 500);
  });

  it('one that loses every other answer is read all the same', () => {
    expect(told[3]?.length).toBeGreaterThanOrEqual(rounds - 1);
    expect(rejected.some(({ code }) => code === 'CHECKSUM_MISMATCH')).toBe(true);
  });

  it('a dead one is asked ever more rarely, and told each time', () => {
    const tries = asked.filter(({ bytes }) => bytes[0] === 1);
    expect(tries.length).toBeLessThan(10);
    const silent = rejected.filter(({ code }) => code === 'DEVICE_SILENT');
    expect(silent).toHaveLength(tries.length);
    expect(silent[0]?.message).toBe('meter 1: it did not answer in 1000 ms');
  });

  it('nothing is believed of one that babbles', () => {
    expect(told[2]).toBeUndefined();
    expect(rejected.filter(({ code }) => code === 'FRAME_SYNTAX').length).toBeGreaterThan(3);
  });

  it('a dead one is read again when it wakes', () => {
    const waking = healthy({ address: '1' });
    const late: BusMeter = (heard, ms) => (ms < 3 * MINUTE ? [] : waking(heard, ms));
    const run = runBus(session({ address: '1,2' }), [late, well(2)], 15 * MINUTE);
    expect(devices(run.observations)[1]?.length).toBeGreaterThan(30);
  });
});

describe('modbus-meter and answers that come too late', () => {
  it('are never taken for those of the next question', () => {
    // It answers each question with the question's number, some of them long after the next one was asked.
    let n = 0;
    let doneMs = 0;
    const slow = meterAt(1, (question, ms) => {
      n++;
      const bytes = writeAnswer('rtu', question, words(question, n));
      // It thinks of one question after the other.
      doneMs = Math.max(doneMs, ms) + (n % 3 === 1 ? 1010 + ((n * 37) % 2500) : 60);
      return [{ afterMs: doneMs - ms, bytes }];
    });
    const options = { meter: 'sdm120', intervalMs: '1000', timeoutMs: '1000' };
    const { observations, asked } = runBus(session(options), [slow], 30 * MINUTE);
    expect(observations.length).toBeGreaterThan(100);
    for (const { frame, atMs } of observations) {
      const numbers = numbersIn(frame);
      const askedLast = asked.filter((question) => question.atMs <= atMs).length;
      const isWhole = numbers.length === 3;
      expect(numbers).toEqual(numbers.map((_, i) => (numbers[0] ?? 0) + i));
      if (isWhole) expect(numbers.at(-1)).toBe(askedLast);
    }
  });

  it('over TCP are known by their transaction', () => {
    let n = 0;
    const slow = meterAt(
      1,
      (question) => {
        n++;
        const bytes = writeAnswer('tcp', question, words(question, question.transaction));
        return [{ afterMs: n % 3 === 1 ? 1010 : 60, bytes }];
      },
      'tcp',
    );
    const options = { mode: 'tcp', intervalMs: '1000', timeoutMs: '1000' };
    const { observations } = runBus(session(options), [slow], 10 * MINUTE);
    expect(observations.length).toBeGreaterThan(10);
    for (const { frame } of observations)
      for (let at = 0; at < frame.length; ) {
        const view = new DataView(frame.buffer, frame.byteOffset + at);
        const transaction = view.getUint16(0);
        expect(view.getFloat32(12 + 9)).toBe(transaction);
        at += 12 + 6 + view.getUint16(12 + 4);
      }
  });
});

/** The first float of each answer in a frame. */
function numbersIn(frame: Uint8Array): number[] {
  const found: number[] = [];
  for (let at = 0; at < frame.length; ) {
    const view = new DataView(frame.buffer, frame.byteOffset + at);
    found.push(view.getFloat32(8 + 3));
    at += 8 + 5 + view.getUint8(8 + 2);
  }
  return found;
}

describe('modbus-meter and what a meter lacks', () => {
  const lacking = (...registers: number[]) =>
    meterAt(1, (question) => {
      const { start, count } = question;
      const isHit = registers.some((register) => register >= start && register < start + count);
      const answer: Answer = isHit ? { data: null, exception: 2 } : words(question, 1);
      return [{ afterMs: 50, bytes: writeAnswer('rtu', question, answer) }];
    });

  it('is told once, remembered, and the rest goes on', () => {
    const run = runBus(session({}), [lacking(0xe0, 0x17c)], 2 * MINUTE);
    expect(run.rejected.map(({ code, message }) => [code, message])).toEqual([
      [
        'DEVICE_EXCEPTION',
        'meter 1 is asked no more for register 0x00e0 (current.neutral): exception 2: it has no such register',
      ],
      [
        'DEVICE_EXCEPTION',
        'meter 1 is asked no more for register 0x017c (energy.reactive.total.l3): exception 2: it has no such register',
      ],
    ]);
    expect(run.observations).toHaveLength(12);
    const names = Object.keys(run.observations.at(-1)?.fields ?? {});
    expect(names).toHaveLength((registerMaps.get('sdm630')?.points.length ?? 0) - 2);
  });

  it('a register between those that are asked for is not what fails', () => {
    const run = runBus(session({}), [lacking(0x30)], MINUTE);
    expect(run.rejected).toEqual([]);
    expect(run.observations.at(-1)?.fields['energy.import.l3']).toBeDefined();
    expect(run.observations.at(-1)?.fields.frequency).toBeDefined();
  });

  it('asks for nothing where it lacks all, and does not spin', () => {
    const none = meterAt(1, (question) => [
      { afterMs: 50, bytes: writeAnswer('rtu', question, { data: null, exception: 1 }) },
    ]);
    const run = runBus(session({ meter: 'sdm72' }), [none], 10 * MINUTE);
    expect(run.observations).toEqual([]);
    expect(run.asked.length).toBeLessThan(20);
  });

  it('a busy meter rests, and what it had answered is told', () => {
    const busy = meterAt(1, (question, ms) => {
      const isBusy = question.start === 0x156 && ms < 5 * SECOND;
      const answer: Answer = isBusy ? { data: null, exception: 6 } : words(question, 1);
      return [{ afterMs: 50, bytes: writeAnswer('rtu', question, answer) }];
    });
    const run = runBus(session({}), [busy], 30 * SECOND);
    expect(run.observations[0]?.fields['energy.import']).toBeDefined();
    expect(run.observations[0]?.fields['energy.total']).toBeUndefined();
    expect(run.observations[1]?.fields['energy.total']).toBeDefined();
    expect(run.rejected.map(({ message }) => message)).toEqual([
      'meter 1 does not read 40 registers from 342: exception 6: it is busy',
    ]);
  });
});

describe('modbus-meter', () => {
  it('asks for a new connection when nobody answers any more', () => {
    const { resets } = runBus(session({ address: '1,2' }), [], 20 * MINUTE);
    expect(resets.length).toBeGreaterThan(0);
    expect(resets[0]).toBe('no meter has answered for 5 rounds');
  });

  it('asks nothing where it only listens, and tells a round when its master is done', () => {
    const listening = session({ intervalMs: '0' });
    expect(listening.tick(0).send).toEqual([]);
    const hex = vectors[0]?.hex ?? '';
    const bytes = Uint8Array.from(hex.match(/../g) ?? [], (b) => Number.parseInt(b, 16));
    const { observations, nextTickMs } = listening.receive({ bytes }, 5000);
    expect(observations).toEqual([]);
    expect(listening.tick(nextTickMs ?? 0).observations).toHaveLength(1);
  });

  it.each([
    [{ meter: 'sdm999' }, /meter is one of sdm630, sdm120/],
    [{ mode: 'ascii' }, /mode is rtu or tcp, not ascii/],
    [{ address: '0' }, /address is a whole number from 1 to 247, not 0/],
    [{ address: '248' }, /from 1 to 247, not 248/],
    [{ address: '1,1' }, /names a meter twice/],
    [{ intervalMs: '5' }, /intervalMs is a whole number from 100 to/],
    [{ timeoutMs: 'soon' }, /timeoutMs is a whole number/],
    [{ speed: '1' }, /it has: meter, address, intervalMs, timeoutMs, mode/],
  ])('refuses the options %o', (options, message) => {
    expect(() => session(options as Record<string, string>)).toThrow(message);
  });
});
