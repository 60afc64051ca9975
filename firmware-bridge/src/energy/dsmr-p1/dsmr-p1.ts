/**
 * Smart electricity meters with a P1 port, and the gas, heat and water meters behind them.
 * Spec: DSMR P1 companion standards 2.2 to 5.0.2, Fluvius e-MUCS-P1, the Swedish and Luxembourg P1 ports, and the
 * IEC 62056-21 mode D push of EasyMeter, which looks like them.
 * @module
 */
import { type Driver, listening, type Manifest, optionsOf } from '../../driver.ts';
import { DriverError } from '../../errors.ts';
import { quantities } from '../../quantities.ts';
import { isLogged, quantityNames } from './objects.ts';
import { observe } from './observe.ts';
import { createP1Framer } from './p1-framer.ts';
import { createP1Clock, type P1Clock } from './p1-time.ts';
import { readTelegram } from './telegram.ts';

const manifest: Manifest = {
  id: 'dsmr-p1',
  title: 'Smart meter P1 port (DSMR, Fluvius, Luxembourg, Sweden)',
  spec: 'https://www.netbeheernederland.nl/_upload/Files/Slimme_meter_15_a727fce1f1.pdf',
  transports: ['serial', 'tcp'],
  kinds: ['meter'],
  quantities: [...quantities.keys()].filter((name) => quantityNames.has(name) || isLogged(name)),
  options: {
    zone: {
      summary: "the meter's time zone, an IANA name",
      default: 'Europe/Amsterdam',
    },
    checksum: {
      summary:
        'of a DSMR 4 or later telegram. auto: none is taken from a meter that never sent one; required; optional',
      default: 'auto',
    },
  },
};

export const dsmrP1: Driver = {
  manifest,
  createSession(options) {
    const { zone = '', checksum = '' } = optionsOf(manifest, options);
    const clock = clockOf(zone);
    const given = ruleOf(checksum);
    let isVouched = false;
    return listening(createP1Framer(), (frame) => {
      // Some meters of DSMR 4.2 send none. One that has sent a checksum always does: then its absence is damage.
      const rule = given === 'auto' ? (isVouched ? 'required' : 'closed') : given;
      const telegram = readTelegram(frame, rule);
      isVouched ||= telegram.checked;
      return observe(telegram, clock);
    });
  },
};

function clockOf(zone: string): P1Clock {
  try {
    return createP1Clock(zone);
  } catch {
    throw new DriverError(
      'OPTION_INVALID',
      `zone ${zone} is no IANA time zone, such as Europe/Brussels`,
    );
  }
}

function ruleOf(checksum: string): 'auto' | 'required' | 'optional' {
  if (checksum === 'auto' || checksum === 'required' || checksum === 'optional') return checksum;
  throw new DriverError(
    'OPTION_INVALID',
    `checksum is auto, required or optional, not ${checksum}`,
  );
}
