/**
 * What a telegram says: one observation for the main meter, one for each sub-meter behind it.
 * @module
 */
import type { Observation } from '../../driver.ts';
import { DecodeError } from '../../errors.ts';
import { type Fields, identifierOf, otherName, plainCode, putOther } from './fields.ts';
import { readMainObject } from './main-meter.ts';
import { channelOf, MAIN_IDENTIFIERS } from './objects.ts';
import type { P1Clock } from './p1-time.ts';
import { observeSubMeter } from './sub-meter.ts';
import type { P1Object, Telegram } from './telegram.ts';

const KIND = 'meter';

/** @throws DecodeError FRAME_SYNTAX where no checksum vouches for a number that cannot be read */
export function observe(telegram: Telegram, clock: P1Clock): Observation[] {
  const unreadable = (object: P1Object) => {
    if (!telegram.checked)
      throw new DecodeError(
        'FRAME_SYNTAX',
        `${object.code} cannot be read: (${object.values.join(')(')})`,
      );
  };
  const fields: Fields = { 'device.model': { value: telegram.ident, unit: null, code: null } };
  const channels = new Map<string, P1Object[]>();
  for (const object of telegram.objects) {
    const channel = channelOf(object.code);
    if (channel === null) {
      if (!readMainObject(object, fields, clock)) unreadable(object);
    } else channels.set(channel, [...(channels.get(channel) ?? []), object]);
  }
  const subMeters: Observation[] = [];
  for (const [channel, objects] of channels) {
    const subMeter = observeSubMeter(objects, channel, clock, unreadable);
    if (subMeter) subMeters.push({ kind: KIND, ...subMeter });
    else for (const object of objects) putOther(fields, object);
  }
  for (const [i, line] of telegram.strays.entries())
    fields[otherName(`line-${i + 1}`)] = { value: line, unit: null, code: null };
  const sent = new Map(telegram.objects.map(({ code, values }) => [plainCode(code), values[0]]));
  const time = clock(sent.get('0-0:1.0.0') ?? '');
  const device = identifierOf(MAIN_IDENTIFIERS.map((code) => sent.get(code)));
  return [{ kind: KIND, device, time, fields }, ...subMeters];
}
