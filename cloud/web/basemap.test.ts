import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import { describe, expect, it } from 'vitest';
import { type Atlas, prepareBasemap, simplify } from './basemap.ts';

const file = fileURLToPath(import.meta.resolve('world-atlas/countries-50m.json'));
const basemap = prepareBasemap(JSON.parse(readFileSync(file, 'utf8')) as Atlas);

describe('the basemap', () => {
  it('is small enough to be sent to a phone', () => {
    expect(gzipSync(JSON.stringify(basemap)).length).toBeLessThan(40_000);
  });

  it('is read by topojson-client as all the world’s countries', () => {
    const { countries } = basemap.objects;
    const { features } = feature(
      basemap as unknown as Topology,
      countries as unknown as GeometryCollection,
    );
    expect(features.length).toBeGreaterThan(200);
    const points = features.flatMap(({ geometry }) =>
      geometry.type === 'MultiPolygon' ? geometry.coordinates.flat(2) : [],
    );
    expect(points.length).toBeGreaterThan(10_000);
    for (const [longitude = 0, latitude = 0] of points) {
      // Chukotka goes on to 190 degrees.
      expect(Math.abs(longitude)).toBeLessThanOrEqual(195);
      expect(Math.abs(latitude)).toBeLessThanOrEqual(90.1);
    }
  });

  it('keeps what rings are made of: each begins where it ends', () => {
    const { countries } = basemap.objects;
    const { features } = feature(
      basemap as unknown as Topology,
      countries as unknown as GeometryCollection,
    );
    for (const { geometry } of features)
      if (geometry.type === 'MultiPolygon')
        for (const ring of geometry.coordinates.flat()) expect(ring[0]).toEqual(ring.at(-1));
  });
});

describe('a line made simple', () => {
  it('keeps its ends and its corners, and leaves out what lies on the way', () => {
    const line = [
      [0, 0],
      [1, 0.01],
      [2, 0],
      [2, 1],
      [2, 2],
    ] as const;
    expect(simplify(line, 0.1)).toEqual([
      [0, 0],
      [2, 0],
      [2, 2],
    ]);
  });

  it('measures longitude as it shrinks towards the poles', () => {
    const bulge = (latitude: number) =>
      simplify(
        [
          [0, latitude],
          [0.15, latitude + 1],
          [0, latitude + 2],
        ],
        0.1,
      );
    expect(bulge(0)).toHaveLength(3);
    expect(bulge(70)).toHaveLength(2);
  });

  it('takes lines of two points and of one as they are', () => {
    expect(
      simplify(
        [
          [0, 0],
          [1, 1],
        ],
        5,
      ),
    ).toHaveLength(2);
    expect(simplify([[0, 0]], 5)).toHaveLength(1);
  });
});
