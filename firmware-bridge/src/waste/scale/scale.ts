/**
 * Scales: weighbridges, bench scales, the scales of bin lorries, in the three languages that most of them speak.
 * @module
 */
import {
  type DecodedObservation,
  type Driver,
  type Manifest,
  optionsOf,
  type Rejection,
  rejection,
  type Session,
  type Step,
} from '../../driver.ts';
import { DecodeError, DriverError } from '../../errors.ts';
import { type Cut, isTorn } from '../../framer.ts';
import { readAndCas } from './and-cas.ts';
import { createPoll, type Poll, type PollCommand } from './poll.ts';
import { createReporter, type Reporter, type ReportRule } from './report.ts';
import { type ChecksumRule, createScaleFramer, lineOf, type ScaleFramer } from './scale-framer.ts';
import { readSics } from './sics.ts';
import type { Statement } from './statement.ts';
import { isToledo, readToledo, TOLEDO_LENGTH } from './toledo.ts';

type Dialect = 'auto' | 'toledo' | 'and' | 'sics';

// The slowest continuous output, seven frames a second at 1200 baud, has a frame every 143 ms.
const PAUSE_MS = 100;
const HOUR_MS = 3_600_000;

const manifest: Manifest = {
  id: 'scale',
  title: 'Scale or weighbridge (Toledo continuous, A&D and CAS lines, MT-SICS)',
  spec: 'https://www.mt.com/us/en/home/library/product-brochures/laboratory-weighing/MT-SICS.html',
  transports: ['serial', 'tcp'],
  kinds: ['weight', 'scale'],
  quantities: [
    'weight.gross',
    'weight.net',
    'weight.tare',
    'weight.stable',
    'weight.range',
    'device.id',
    'device.status',
  ],
  options: {
    dialect: {
      summary: 'auto recognises each message; toledo, and (A&D, CAS) or sics reads nothing else',
      default: 'auto',
    },
    checksum: {
      summary: "Toledo's. auto: none is taken from a scale that never sent one; required; none",
      default: 'auto',
    },
    report: {
      summary: 'changes; stable (nothing in motion); all, such as for a recording',
      default: 'changes',
    },
    motion: { summary: 'ms at least between two weights in motion', default: '1000' },
    repeat: { summary: 's after which an unchanged weight is told again', default: '300' },
    poll: {
      summary: 'off; SI asks an MT-SICS scale for its weight, S for the next stable one',
      default: 'off',
    },
    interval: { summary: 'ms between two questions', default: '1000' },
  },
  serial: { baudRate: 9600 },
};

export const scale: Driver = {
  manifest,
  createSession(given) {
    const options = optionsOf(manifest, given);
    const dialect = oneOf<Dialect>('dialect', options, ['auto', 'toledo', 'and', 'sics']);
    const checksum = oneOf<ChecksumRule>('checksum', options, ['auto', 'required', 'none']);
    const command = oneOf<PollCommand>('poll', options, ['off', 'SI', 'S']);
    const reporter = createReporter({
      rule: oneOf<ReportRule>('report', options, ['changes', 'stable', 'all']),
      motionMs: numberOf('motion', options, 0, HOUR_MS),
      repeatMs: 1000 * numberOf('repeat', options, 1, 86_400),
    });
    const accepts = { toledo: /auto|toledo/.test(dialect), lines: dialect !== 'toledo' };
    const poll = createPoll(command, numberOf('interval', options, 100, HOUR_MS));
    return createSession(createScaleFramer(checksum, accepts), dialect, reporter, poll);
  },
};

function createSession(
  framer: ScaleFramer,
  dialect: Dialect,
  reporter: Reporter,
  poll: Poll,
): Session {
  let lastMs = 0;
  const take = (cut: Cut, nowMs: number): DecodedObservation[] => {
    if (isTorn(cut)) throw cut.error;
    const statement = read(cut.bytes, dialect);
    if (!reporter(statement, nowMs)) return [];
    const { kind, fields } = statement;
    const observation = { kind, device: '', time: null, fields };
    return [{ ...observation, frame: cut.bytes, offset: cut.offset }];
  };
  const step = (cuts: readonly Cut[], nowMs: number, send: readonly Uint8Array[] = []): Step => {
    const observations: DecodedObservation[] = [];
    const rejected: Rejection[] = [];
    for (const cut of cuts) {
      poll.answered(nowMs);
      try {
        observations.push(...take(cut, nowMs));
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        rejected.push(rejection(error, cut));
      }
    }
    const pauseMs = framer.isWaiting ? lastMs + PAUSE_MS : Number.POSITIVE_INFINITY;
    const nextMs = Math.min(pauseMs, poll.nextMs);
    return { observations, rejected, send, nextTickMs: Number.isFinite(nextMs) ? nextMs : null };
  };
  return {
    receive({ bytes }, nowMs) {
      const before = nowMs - lastMs >= PAUSE_MS ? framer.pause() : [];
      lastMs = nowMs;
      return step([...before, ...framer.push(bytes)], nowMs);
    },
    tick(nowMs) {
      const send = poll.ask(nowMs);
      return step(nowMs - lastMs >= PAUSE_MS ? framer.pause() : [], nowMs, send);
    },
    end: (nowMs) => ({ ...step(framer.end(), nowMs), nextTickMs: null }),
  };
}

/** @throws DecodeError FRAME_SYNTAX */
function read(bytes: Uint8Array, dialect: Dialect): Statement {
  if (bytes.length >= TOLEDO_LENGTH && isToledo(bytes)) return readToledo(bytes);
  const line = lineOf(bytes);
  const statement =
    (/auto|and/.test(dialect) ? readAndCas(line) : null) ??
    (/auto|sics/.test(dialect) ? readSics(line.trimEnd()) : null);
  if (statement !== null) return statement;
  const whose = dialect === 'auto' ? 'a scale' : `dialect ${dialect}`;
  throw new DecodeError('FRAME_SYNTAX', `no line of ${whose}: ${line.slice(0, 60)}`);
}

type Options = Readonly<Record<string, string>>;

function oneOf<T extends string>(name: string, options: Options, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === options[name]);
  if (found !== undefined) return found;
  throw new DriverError('OPTION_INVALID', `${name} is ${allowed.join(', ')}, not ${options[name]}`);
}

function numberOf(name: string, options: Options, least: number, most: number): number {
  const text = options[name] ?? '';
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new DriverError('OPTION_INVALID', `${name} is ${least} to ${most}, not ${text}`);
}
