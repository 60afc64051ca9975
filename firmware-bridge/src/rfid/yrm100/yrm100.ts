/**
 * UHF reader modules of the M100 family on a serial line: YRM100, QM100, R200 and their many names.
 * Spec: "EL-UHF-RMT01 Protocol", Electron, and the M100 firmware manual it renders; both framings of it.
 * @module
 */
import { type Driver, listening, type Manifest, optionsOf, type Step } from '../../driver.ts';
import { DriverError } from '../../errors.ts';
import { createHoldBack, REPEAT_OPTION } from '../held-back.ts';
import { createConversation, type Settings } from './conversation.ts';
import { createM100Framer, decodeFrame } from './m100-frame.ts';
import { observe, REGIONS } from './observe.ts';

const manifest: Manifest = {
  id: 'yrm100',
  title: 'UHF RFID module YRM100, M100, QM100, R200',
  spec: 'https://docs.electron.id/el-uhf-rmt01/',
  transports: ['serial', 'tcp'],
  kinds: ['tag', 'reader'],
  quantities: [
    'tag.id',
    'tag.pc',
    'tag.crc',
    'signal.strength',
    'device.model',
    'device.status',
    'reader.region',
    'reader.power',
  ],
  options: {
    framing: { summary: 'bb (BB … 7E), aa (AA … DD), or auto: whichever answers', default: 'auto' },
    region: {
      summary: `${Object.keys(REGIONS).join(', ')}, as the law where it stands demands; empty leaves it`,
      default: '',
    },
    power: { summary: 'dBm from 0 to 33; empty leaves it as the module has it', default: '' },
    repeat: REPEAT_OPTION,
  },
  serial: { baudRate: 115_200 },
};

export const yrm100: Driver = {
  manifest,
  createSession(given) {
    const options = optionsOf(manifest, given);
    const holdBack = createHoldBack(options.repeat ?? '');
    const conversation = createConversation(settingsOf(options));
    let isOpen = false; // a recording is only listened to: nobody ticks its session before its first byte
    let nowMs = 0;
    const listener = listening(createM100Framer(), (bytes) => {
      const frame = decodeFrame(bytes);
      conversation.heard(frame, nowMs);
      return observe(frame).filter(({ fields }) => {
        const epc = fields['tag.id']?.value;
        return typeof epc !== 'string' || holdBack(epc, nowMs);
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
        return withTurn(listener.tick(atMs));
      },
      end: (atMs) => listener.end(atMs),
    };
  },
};

function settingsOf({
  framing,
  region = '',
  power = '',
}: Readonly<Record<string, string>>): Settings {
  if (framing !== 'auto' && framing !== 'bb' && framing !== 'aa')
    throw new DriverError('OPTION_INVALID', `framing is auto, bb or aa, not ${framing}`);
  if (region !== '' && !Object.hasOwn(REGIONS, region))
    throw new DriverError(
      'OPTION_INVALID',
      `region is one of ${Object.keys(REGIONS).join(', ')}, not ${region}`,
    );
  if (power !== '' && !/^(?:[012]?\d(?:\.\d{1,2})?|3[012](?:\.\d{1,2})?|33(?:\.00?)?)$/.test(power))
    throw new DriverError('OPTION_INVALID', `power is dBm from 0 to 33, such as 26, not ${power}`);
  return {
    framing,
    region: region === '' ? null : (REGIONS[region] as number),
    power: power === '' ? null : Math.round(Number(power) * 100),
  };
}
