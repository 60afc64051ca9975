/**
 * Satellite receivers of collars, trucks and boats: what their sentences of one moment say together.
 * Spec: NMEA 0183 (IEC 61162-1); field order as gpsd's public collection of receivers' manuals gives it.
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
import { isTorn } from '../../framer.ts';
import { createEpochCutter, type Epoch, MAX_EPOCH_LENGTH } from './epochs.ts';
import { createHistory } from './history.ts';
import { KIND, observeEpoch } from './observe.ts';
import { type ChecksumRule, readSentence } from './sentence.ts';
import { createSentenceFramer, MAX_SENTENCE_LENGTH } from './sentence-framer.ts';
import { readStatement } from './statement.ts';

// Between two epochs a receiver at 1 Hz rests for most of a second at 9600 baud; inside one, an adapter's buffer holds
// bytes back for some 20 ms, a network's for 100.
const PAUSE_MS = 300;
// An epoch, and the piece that shows that it is over.
const HISTORY_LENGTH = MAX_EPOCH_LENGTH + MAX_SENTENCE_LENGTH;

const manifest: Manifest = {
  id: 'nmea0183',
  title: 'Satellite receiver (NMEA 0183): collar, vehicle, boat',
  spec: 'https://gpsd.gitlab.io/gpsd/NMEA.html',
  transports: ['serial', 'tcp'],
  kinds: [KIND],
  quantities: [
    'position.latitude',
    'position.longitude',
    'position.altitude',
    'position.geoid',
    'position.fix',
    'position.dimensions',
    'position.satellites',
    'position.hdop',
    'position.vdop',
    'position.pdop',
    'position.error.latitude',
    'position.error.longitude',
    'position.error.altitude',
    'speed',
    'course',
    'course.magnetic',
  ],
  options: {
    checksum: {
      summary: 'required; optional takes a sentence without one, for receivers that send none',
      default: 'required',
    },
    nofix: {
      summary: 'tell, or skip, the moments in which the receiver has no position',
      default: 'tell',
    },
    since: {
      summary:
        'a date such as 2026-01-31 before which this receiver cannot have been: an earlier one is told as text (a week counter that began anew)',
      default: '',
    },
  },
  serial: { baudRate: 4800 },
};

export const nmea0183: Driver = {
  manifest,
  createSession(options) {
    const { checksum = '', nofix = '', since = '' } = optionsOf(manifest, options);
    const rule = oneOf<ChecksumRule>('checksum', checksum, ['required', 'optional']);
    const how = {
      tellsNoFix: oneOf('nofix', nofix, ['tell', 'skip']) === 'tell',
      since: dateOf(since),
    };
    return createSession(rule, (epoch) => observeEpoch(epoch, how));
  },
};

function createSession(
  rule: ChecksumRule,
  observe: (epoch: Epoch) => ReturnType<typeof observeEpoch>,
): Session {
  const framer = createSentenceFramer();
  const epochs = createEpochCutter();
  const history = createHistory(HISTORY_LENGTH);
  let lastMs = 0;

  const tell = (epoch: Epoch | null): DecodedObservation[] => {
    const observation = epoch && observe(epoch);
    if (!epoch || !observation) return [];
    return [{ ...observation, frame: history.slice(epoch.start, epoch.end), offset: epoch.start }];
  };
  const take = (
    cuts: ReturnType<typeof framer.push>,
    observations: DecodedObservation[],
    rejected: Rejection[],
  ): void => {
    for (const cut of cuts) {
      try {
        if (isTorn(cut)) throw cut.error;
        const sentence = readSentence(cut.bytes, rule);
        const arrival = {
          start: cut.offset,
          end: cut.offset + cut.bytes.length,
          address: sentence.address,
          statement: readStatement(sentence),
        };
        observations.push(...tell(epochs.push(arrival)));
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        rejected.push(rejection(error, cut));
      }
    }
  };
  const step = (observations: DecodedObservation[], rejected: Rejection[] = []): Step => ({
    observations,
    rejected,
    send: [],
    nextTickMs: epochs.start === null ? null : lastMs + PAUSE_MS,
  });

  return {
    receive({ bytes }, nowMs) {
      const observations = nowMs - lastMs >= PAUSE_MS ? tell(epochs.flush()) : [];
      const rejected: Rejection[] = [];
      lastMs = nowMs;
      // In pieces no longer than a sentence, so that an epoch's bytes are still there when it ends.
      for (let from = 0; from < bytes.length; from += MAX_SENTENCE_LENGTH) {
        const piece = bytes.subarray(from, from + MAX_SENTENCE_LENGTH);
        // Whatever came next would make it too long.
        if (history.received - (epochs.start ?? history.received) > MAX_EPOCH_LENGTH)
          observations.push(...tell(epochs.flush()));
        history.push(piece);
        take(framer.push(piece), observations, rejected);
      }
      return step(observations, rejected);
    },
    tick(nowMs) {
      return step(nowMs - lastMs >= PAUSE_MS ? tell(epochs.flush()) : []);
    },
    end() {
      const observations: DecodedObservation[] = [];
      const rejected: Rejection[] = [];
      take(framer.end(), observations, rejected);
      observations.push(...tell(epochs.flush()));
      return step(observations, rejected);
    },
  };
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  throw new DriverError('OPTION_INVALID', `${name} is ${allowed.join(' or ')}, not ${value}`);
}

function dateOf(text: string): number | null {
  if (text === '') return null;
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  throw new DriverError('OPTION_INVALID', `since is a date such as 2026-01-31, not ${text}`);
}
