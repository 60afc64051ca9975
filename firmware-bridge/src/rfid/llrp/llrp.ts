/**
 * UHF readers that speak LLRP, on their TCP port 5084: Impinj, Zebra, Alien, ThingMagic and others.
 * Spec: EPCglobal Low Level Reader Protocol 1.0.1 and 1.1; this speaks 1.0.1, which 1.1 readers understand.
 * @module
 */
import { type Driver, listening, type Manifest, optionsOf, type Step } from '../../driver.ts';
import { DecodeError, DriverError } from '../../errors.ts';
import { createHoldBack, REPEAT_OPTION } from '../held-back.ts';
import { createConversation, type Settings } from './conversation.ts';
import { createLlrpFramer } from './llrp-framer.ts';
import { FROM_READER } from './message.ts';
import { observe } from './observe.ts';

const manifest: Manifest = {
  id: 'llrp',
  title: 'UHF RFID reader with LLRP (Impinj, Zebra, Alien, ThingMagic)',
  spec: 'https://ref.gs1.org/standards/llrp/1.1.0/',
  transports: ['tcp'],
  kinds: ['tag', 'reader'],
  quantities: [
    'tag.id',
    'tag.pc',
    'tag.crc',
    'tag.tid',
    'tag.antenna',
    'tag.seen.first',
    'tag.seen.last',
    'tag.seen.count',
    'signal.strength',
    'device.id',
    'device.model',
    'device.status',
  ],
  options: {
    antennas: { summary: 'numbers such as 1,2; empty is every antenna of the reader', default: '' },
    power: {
      summary: 'dBm, rounded down to what the reader can; empty leaves it as the reader has it',
      default: '',
    },
    session: {
      summary: 'Gen2 session 0 to 3: how long a tag once read stays silent; empty leaves it',
      default: '',
    },
    duration: {
      summary: 'milliseconds of one round, reported at its end; 0 tells each sighting at once',
      default: '0',
    },
    repeat: REPEAT_OPTION,
  },
};

export const llrp: Driver = {
  manifest,
  createSession(given) {
    const options = optionsOf(manifest, given);
    const holdBack = createHoldBack(options.repeat ?? '');
    const conversation = createConversation(settingsOf(options));
    let isOpen = false; // a recording is only listened to: nobody ticks its session before its first byte
    let nowMs = 0;
    const listener = listening(createLlrpFramer({ types: FROM_READER, faultOf }), (message) => {
      conversation.heard(message, nowMs);
      return observe(message).filter(({ fields }) => {
        const epc = fields['tag.id']?.value;
        const antenna = fields['tag.antenna']?.value as { mantissa: bigint } | undefined;
        return typeof epc !== 'string' || holdBack(`${epc} ${antenna?.mantissa}`, nowMs);
      });
    });
    const withTurn = (step: Step): Step =>
      isOpen ? { ...step, ...conversation.turn(nowMs) } : step;
    return {
      receive(input, atMs) {
        nowMs = atMs;
        return withTurn(listener.receive(input, atMs));
      },
      tick(atMs) {
        nowMs = atMs;
        isOpen = true;
        conversation.open(atMs);
        return withTurn(listener.tick(atMs));
      },
      end: (atMs) => listener.end(atMs),
    };
  },
};

/** The framer asks before it tells a message, so that what says nonsense is sought through for the next one. */
function faultOf(message: Uint8Array): DecodeError | null {
  try {
    observe(message);
    return null;
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
}

const ANTENNAS = /^(?:[1-9]\d{0,4}(?:,[1-9]\d{0,4}){0,63})?$/;

function settingsOf(options: Readonly<Record<string, string>>): Settings {
  const { antennas = '', power = '', session = '', duration = '' } = options;
  const check = (name: string, fits: boolean, due: string) => {
    if (!fits) throw new DriverError('OPTION_INVALID', `${name} is ${due}, not ${options[name]}`);
  };
  const numbers = antennas === '' ? [] : antennas.split(',').map(Number);
  check(
    'antennas',
    ANTENNAS.test(antennas) && numbers.every((n) => n < 65_536),
    'a list such as 1,2',
  );
  check('power', /^(?:\d{1,2}(?:\.\d{1,2})?)?$/.test(power), 'dBm, such as 30 or 27.5');
  check('session', /^[0-3]?$/.test(session), '0 to 3 or empty');
  // A round of less than 100 ms says little; one of more than an hour forgets what the report is for.
  const durationMs = /^\d{1,7}$/.test(duration) ? Number(duration) : -1;
  check(
    'duration',
    durationMs === 0 || (durationMs >= 100 && durationMs <= 3_600_000),
    '0 or 100 to 3600000 milliseconds',
  );
  return {
    antennas: numbers,
    power: power === '' ? null : Math.round(Number(power) * 100),
    session: session === '' ? null : Number(session),
    durationMs,
  };
}
