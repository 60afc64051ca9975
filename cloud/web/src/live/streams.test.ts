import { describe, expect, it } from 'vitest';
import { stream } from '../../testing/page-fixture.ts';
import { leadingField, leadingValue, sortStreams } from './streams.ts';

const field = (name: string, unit: string | null) => ({ name, unit });
const value = (name: string, text: string) => ({ name, value: text, unit: 'kW', code: null });

describe('which stream comes first', () => {
  it('is one with power, before other devices, and those before what agents say of themselves', () => {
    const streams = [
      stream({ source: '~agent', device: '', kind: 'boot', fields: [] }),
      stream({ device: 'gas', fields: [field('gas.volume', 'm3')] }),
      stream({ device: 'electricity' }),
    ];
    expect(sortStreams(streams).map(({ device }) => device)).toEqual(['electricity', 'gas', '']);
  });
});

describe('which number is shown large', () => {
  it('is the power the meter takes, whatever else it tells', () => {
    const fields = ['power.import.l1', 'power.limit', 'power.import'].map((name) =>
      field(name, 'kW'),
    );
    expect(
      leadingField({ source: 'house-17', fields: [field('voltage.l1', 'V'), ...fields] })?.name,
    ).toBe('power.import');
  });

  it('is the first field with a unit when there is no power, and none when nothing has a unit', () => {
    expect(
      leadingField({
        source: 'house-17',
        fields: [field('tariff.active', null), field('gas.volume', 'm3')],
      })?.name,
    ).toBe('gas.volume');
    expect(leadingField({ source: 'house-17', fields: [field('boot.id', null)] })).toBeNull();
    expect(leadingField({ source: '~agent', fields: [field('plan.heartbeat', 'ms')] })).toBeNull();
  });

  it('is the level of a bin, and none of a tag or a place, however strongly they were heard', () => {
    const heard = field('signal.strength', 'dBm');
    const name = (...fields: ReturnType<typeof field>[]) =>
      leadingField({ source: 'a', fields })?.name ?? null;
    expect(name(field('battery.level', '%'), field('distance', 'mm'))).toBe('distance');
    expect(name(field('distance', 'mm'), field('level', '%'))).toBe('level');
    expect(name(heard, field('tag.id', null))).toBeNull();
    expect(name(heard, field('position.latitude', 'lat'))).toBeNull();
  });

  it('turns to what is fed in when nothing is taken', () => {
    const leading = field('power.import', 'kW');
    const sunny = { fields: [value('power.import', '0.000'), value('power.export', '1.700')] };
    expect(leadingValue(sunny, leading)?.name).toBe('power.export');
    const dark = { fields: [value('power.import', '0.000'), value('power.export', '0.000')] };
    expect(leadingValue(dark, leading)?.name).toBe('power.import');
    expect(leadingValue({ fields: [] }, leading)).toBeNull();
  });
});
