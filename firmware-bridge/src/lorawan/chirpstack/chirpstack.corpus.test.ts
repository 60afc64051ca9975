/**
 * Uplinks of real devices, from a folder that is not part of this repository: SIGILL_CORPUS names it. Beside each
 * `payload….json` stands `result….json` with what another decoder says of it.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { formatDecimal, isDecimal } from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import type { ObservedField } from '../../driver.ts';
import { codecs } from '../codecs/index.ts';
import { chirpstack } from './chirpstack.ts';

const folder = process.env.SIGILL_CORPUS ? `${process.env.SIGILL_CORPUS}/lorawan` : '';
const title = folder ? 'chirpstack corpus' : 'chirpstack corpus (skipped: no SIGILL_CORPUS)';
const files = existsSync(folder)
  ? globSync('thingsboard/**/ChirpStack/payload*.json', { cwd: folder }).sort()
  : [];

const CODECS: Readonly<Record<string, string>> = {
  'EM310-UDL': 'milesight-udl',
  'EM400-TLD': 'milesight-udl',
  'EM500-UDL': 'milesight-udl',
  AT101: 'milesight-at101',
  'DL-MBX': 'decentlab-mbx',
};

// Their name, ours, and what theirs is multiplied by.
const NAMES: Readonly<Record<string, readonly [string, number]>> = {
  battery: ['battery.level', 1],
  distance: ['distance', 1],
  temperature: ['temperature', 1],
  latitude: ['position.latitude', 1],
  longitude: ['position.longitude', 1],
  number_of_valid_samples: ['other.decentlab.samples', 1],
  battery_voltage: ['battery.voltage', 1000],
};

const read = (file: string) => readFileSync(`${folder}/${file}`);

function number(field: ObservedField | undefined): number | undefined {
  return isDecimal(field?.value) ? Number(formatDecimal(field.value)) : undefined;
}

describe.skipIf(folder === '')(title, () => {
  it('is there', () => {
    expect(files.length).toBeGreaterThan(40);
  });

  it.each(files)('%s', (file) => {
    const model = file.split('/')[2] ?? '';
    const codec = CODECS[model] ?? '';
    const payload = JSON.parse(String(read(file)));
    const { observations, rejected } = chirpstack
      .createSession({ codec })
      .receive({ bytes: read(file) }, 0);
    expect(rejected).toEqual([]);
    const [observation] = observations;
    if (!observation) throw new Error('nothing told');
    expect(observation.device).toMatch(/^[0-9a-f]{16}$/);
    expect(observation.time === null).toBe(!JSON.stringify(payload).includes('"time":"2'));
    const best = Math.max(...payload.rxInfo.map(({ rssi }: { rssi: number }) => rssi));
    expect(number(observation.fields['signal.strength'])).toBe(best);
    expect(number(observation.fields['radio.counter'])).toBe(payload.fCnt);
    if (codec === '') {
      const bytes = Buffer.from(payload.data, 'base64').toString('hex');
      expect(observation.fields['other.chirpstack.payload']?.value).toBe(bytes);
      return;
    }
    const result = JSON.parse(
      String(read(file.replace(basename(file), basename(file).replace('payload', 'result')))),
    );
    const values = [result.telemetry].flat()[0].values;
    let compared = 0;
    for (const [theirs, due] of Object.entries(values)) {
      const [name, factor] = NAMES[theirs] ?? [];
      if (name === undefined || factor === undefined) continue;
      compared++;
      expect(number(observation.fields[name]), theirs).toBeCloseTo(Number(due) * factor, 6);
    }
    expect(compared).toBeGreaterThan(0);
    if ('position' in values)
      expect(observation.fields['device.tilted']?.value).toBe(values.position === 'tilt');
    expect(observation.fields['other.milesight.rest']).toBeUndefined();
  });

  it('reads a tracker of animals as its maker does', () => {
    for (const { hex, fPort, expected } of JSON.parse(
      String(read('abeeway_asset_tracker2.json')),
    )) {
      const [meaning] = codecs.get('abeeway')?.decode(Buffer.from(hex, 'hex'), fPort) ?? [];
      const fields = meaning?.fields ?? {};
      expect(number(fields['other.abeeway.battery'])).toBe(expected.batteryLevel);
      expect(number(fields.temperature)).toBe(expected.temperatureMeasure);
      if (expected.gpsLatitude === undefined) continue;
      expect(number(fields['position.latitude'])).toBe(expected.gpsLatitude);
      expect(number(fields['position.longitude'])).toBe(expected.gpsLongitude);
      expect(number(fields['position.accuracy'])).toBeCloseTo(expected.horizontalAccuracy, 1);
      expect(number(fields['position.age'])).toBe(expected.age);
    }
  });

  it('reads what the maker’s pages tell of a whole channel', () => {
    const lines = String(read('milesight_vectors.jsonl')).trim().split('\n');
    let compared = 0;
    for (const line of lines) {
      const { model, hex, expected } = JSON.parse(line);
      if (!/udl|mud/.test(model)) continue;
      let fields: Readonly<Record<string, ObservedField>>;
      try {
        fields = codecs.get('milesight-udl')?.decode(Buffer.from(hex, 'hex'), 85)[0]?.fields ?? {};
      } catch {
        continue; // some lines were cut in the middle of a channel when they were gathered
      }
      for (const [theirs, due] of Object.entries(expected)) {
        const told = number(fields[NAMES[theirs]?.[0] ?? '']);
        if (told === undefined) continue;
        compared++;
        expect(told, `${model} ${theirs}`).toBe(due);
      }
    }
    expect(compared).toBeGreaterThan(0);
  });
});
