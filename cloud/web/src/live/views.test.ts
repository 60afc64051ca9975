import { describe, expect, it } from 'vitest';
import { stream } from '../../testing/page-fixture.ts';
import type { Stream } from '../api/model.ts';
import { groupTiles, isTown, viewOf } from './views.ts';

const of = (source: string, kind: string, ...fields: string[]): Stream =>
  stream({
    ...{ source, kind, device: fields[0] ?? '' },
    fields: fields.map((name) => ({ name, unit: UNITS[name] ?? null })),
  });
const UNITS: Readonly<Record<string, string>> = {
  'power.import': 'kW',
  'gas.volume': 'm3',
  'position.latitude': 'lat',
  'signal.strength': 'dBm',
  ...{ level: '%', distance: 'mm', temperature: 'Cel' },
};

describe('what a stream is shown as', () => {
  it.each([
    ['curve', of('a', 'meter', 'power.import')],
    ['numbers', of('a', 'meter', 'gas.volume')],
    ['tags', of('a', 'tag', 'tag.id', 'signal.strength')],
    ['tags', of('a', 'reader', 'device.model')],
    ['tags', of('a', 'reader', 'tag.id', 'device.status')],
    ['position', of('a', 'position', 'position.latitude', 'signal.strength')],
    ['position', of('a', 'device', 'position.latitude', 'device.status')],
    ['level', of('a', 'level', 'distance', 'temperature')],
    ['level', of('a', 'level', 'position.latitude', 'level')],
    ['numbers', of('a', 'climate', 'temperature')],
    ['statements', of('a', 'device', 'device.status')],
    ['agent', of('~agent', 'plan', 'plan.source')],
    ['position', of('wolf~cell', 'position', 'cell.id')],
    ['agent', { ...of('wolf~cell', 'heartbeat'), device: '' }],
  ])('is %s', (view, one) => {
    expect(viewOf(one)).toBe(view);
  });
});

describe('the tiles', () => {
  const town = [
    of('gate', 'reader', 'device.model'),
    of('gate', 'tag', 'tag.id'),
    of('fox', 'position', 'position.latitude'),
    of('house', 'meter', 'gas.volume'),
    of('house', 'meter', 'power.import'),
    of('~agent', 'boot'),
    of('elk', 'position', 'position.latitude'),
    of('bin', 'level', 'distance'),
  ];
  const tiles = groupTiles(town);

  it('stand in one order, whatever the server’s is, and nothing of the agent is among them', () => {
    expect(tiles.map(({ view }) => view)).toEqual(['curve', 'tags', 'position', 'level']);
  });

  it('put gas below the power of its house, and all positions on one map', () => {
    expect(tiles[0]?.streams.map(({ device }) => device)).toEqual(['power.import', 'gas.volume']);
    expect(tiles[2]?.streams.map(({ source }) => source)).toEqual(['fox', 'elk']);
  });

  it('leave aside what only says that its source lives, and keep it as a sign of life', () => {
    const [ladder] = groupTiles([of('ladder', 'heartbeat'), of('ladder', 'tag', 'tag.id')]);
    expect(ladder?.streams.map(({ kind }) => kind)).toEqual(['tag']);
    expect(ladder?.signs.map(({ kind }) => kind)).toEqual(['heartbeat']);
    const alone = groupTiles([of('door', 'device', 'device.status'), of('ladder', 'heartbeat')]);
    expect(alone.map(({ view }) => view)).toEqual(['statements', 'statements']);
  });

  it('lead to the stream with the tags, not to what its reader says of itself', () => {
    expect(tiles[1]?.streams[0].device).toBe('tag.id');
  });
});

describe('a town', () => {
  const power = of('house', 'meter', 'power.import');
  it.each([
    ['one meter', [power], false],
    [
      'a meter with gas, and its agent',
      [power, of('house', 'meter', 'gas.volume'), of('~agent', 'plan')],
      false,
    ],
    ['one reader', [of('gate', 'tag', 'tag.id')], false],
    ['nothing', [], false],
    ['a meter and a reader', [power, of('gate', 'tag', 'tag.id')], true],
    ['two houses', [power, of('other', 'meter', 'power.import')], true],
    [
      'two bins behind one server',
      [of('bins', 'level', 'level'), of('bins', 'level', 'distance')],
      true,
    ],
  ])('%s', (_, streams, expected) => {
    expect(isTown(streams)).toBe(expected);
  });
});
