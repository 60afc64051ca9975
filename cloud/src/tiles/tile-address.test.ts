import { describe, expect, it } from 'vitest';
import { parseTileAddress } from './tile-address.ts';

const LOG = 'example.org/house-17';

describe('where a log’s parts are', () => {
  it.each([
    ['tile/0/000', { level: 0, index: 0, width: 256 }],
    ['tile/0/x001/x234/067', { level: 0, index: 1_234_067, width: 256 }],
    ['tile/1/017.p/3', { level: 1, index: 17, width: 3 }],
    ['tile/63/000', { level: 63, index: 0, width: 256 }],
  ])('%s is a hash tile', (path, tile) => {
    expect(parseTileAddress(`${LOG}/${path}`)).toEqual({ kind: 'hashes', origin: LOG, tile });
  });

  it('entry bundles and the checkpoint stand beside them', () => {
    expect(parseTileAddress(`${LOG}/checkpoint`)).toEqual({ kind: 'checkpoint', origin: LOG });
    expect(parseTileAddress(`${LOG}/tile/entries/x001/000.p/255`)).toEqual({
      ...{ kind: 'entries', origin: LOG },
      tile: { level: 0, index: 1000, width: 255 },
    });
  });

  it.each(['house', `${LOG}/2`, 'a/tile/0/000', 'a/checkpoint', 'é/ü'])(
    'the origin %s is what stands before',
    (origin) => {
      expect(parseTileAddress(`${origin}/checkpoint`)).toMatchObject({ origin });
      expect(parseTileAddress(`${origin}/tile/0/001`)).toMatchObject({ origin });
    },
  );

  it.each([
    'tile/0/0',
    'tile/0/x000/001',
    'tile/0/1234',
    'tile/0/x001/x002',
    'tile/00/000',
    'tile/64/000',
    'tile/-1/000',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/007',
    'tile/0/000.p/',
    'tile/0/000/',
    'tile/0/x999/x999/x999/x999/x999/999',
    'tile/entries/',
    'tile/data/000',
    'checkpoint/',
    '',
  ])('%s is nothing', (path) => {
    expect(parseTileAddress(`${LOG}/${path}`)).toBeNull();
  });

  it('nothing is found without an origin, or in a text without end', () => {
    expect(parseTileAddress('/checkpoint')).toBeNull();
    expect(parseTileAddress('checkpoint')).toBeNull();
    expect(parseTileAddress('tile/0/000')).toBeNull();
    expect(parseTileAddress(`${'x001/'.repeat(100_000)}checkpoint`)).toBeNull();
  });
});
