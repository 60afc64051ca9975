/**
 * Coasts and borders for the map, made small when the page is built: Natural Earth's countries at 1:50 million, their
 * names left out, each line only as fine as the map shows it, islets dropped. The map asks for it as 'virtual:basemap'.
 * @module
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

/** A topology as world-atlas has it: lines as steps of whole numbers, countries as lists of lines. */
export interface Atlas {
  readonly transform: { readonly scale: Pair; readonly translate: Pair };
  readonly arcs: readonly (readonly Pair[])[];
  readonly objects: {
    readonly countries: { readonly geometries: readonly AtlasCountry[] };
  };
}

type Pair = readonly [number, number];
type Rings = readonly (readonly number[])[];
type AtlasCountry =
  | { readonly type: 'Polygon'; readonly arcs: Rings }
  | { readonly type: 'MultiPolygon'; readonly arcs: readonly Rings[] };

/** The same, smaller: what topojson-client reads. */
export interface Basemap {
  readonly type: 'Topology';
  readonly transform: { readonly scale: Pair; readonly translate: Pair };
  readonly arcs: readonly (readonly Pair[])[];
  readonly objects: {
    readonly countries: { readonly type: 'GeometryCollection'; readonly geometries: unknown[] };
  };
}

// Degrees. The atlas itself is off by some kilometres, a tenth of a degree: finer lines would be noise.
const TOLERANCE = 0.1;
const STEP = 0.05;
/** Square degrees: about twice Gotland's little neighbour Fårö. What is smaller is no landmark at this scale. */
const SMALLEST = 0.05;

export function prepareBasemap(atlas: Atlas): Basemap {
  const lines = atlas.arcs.map((arc) => simplify(toDegrees(arc, atlas.transform), TOLERANCE));
  const used = new Map<number, number>();
  const renumber = (rings: Rings): number[][] =>
    rings.map((ring) =>
      ring.map((reference) => {
        // A line walked backwards is written as its complement.
        const arc = reference < 0 ? ~reference : reference;
        const number = used.get(arc) ?? used.size;
        used.set(arc, number);
        return reference < 0 ? ~number : number;
      }),
    );
  const geometries = atlas.objects.countries.geometries.map((country) => {
    const polygons = country.type === 'Polygon' ? [country.arcs] : country.arcs;
    const kept = polygons.filter(([outer]) => outer && areaOf(outer, lines) >= SMALLEST);
    return { type: 'MultiPolygon', arcs: kept.map(renumber) };
  });
  return {
    type: 'Topology',
    transform: { scale: [STEP, STEP], translate: [0, 0] },
    arcs: [...used.keys()].map((arc) => toSteps(lines[arc] ?? [])),
    objects: { countries: { type: 'GeometryCollection', geometries } },
  };
}

/** Hands the prepared basemap to whoever imports 'virtual:basemap'. */
export function basemapPlugin(): Plugin {
  const id = 'virtual:basemap';
  return {
    name: 'sigill-basemap',
    resolveId: (source) => (source === id ? `\0${id}` : null),
    load(source) {
      if (source !== `\0${id}`) return null;
      const file = fileURLToPath(import.meta.resolve('world-atlas/countries-50m.json'));
      const basemap = prepareBasemap(JSON.parse(readFileSync(file, 'utf8')) as Atlas);
      // A text is parsed several times faster than the same as program code.
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(basemap))});`;
    },
  };
}

/** Where a line crosses the date line it goes on beyond 180 degrees: a leap across the world is no shape. */
function toDegrees(arc: readonly Pair[], { scale, translate }: Atlas['transform']): Pair[] {
  let [x, y] = [0, 0];
  let before: number | null = null;
  return arc.map(([dx, dy]) => {
    x += dx;
    y += dy;
    const longitude = x * scale[0] + translate[0];
    before = longitude + (before === null ? 0 : 360 * Math.round((before - longitude) / 360));
    return [before, y * scale[1] + translate[1]];
  });
}

/** Rounded to whole steps, each told from the one before; steps of nothing are left out. */
function toSteps(line: readonly Pair[]): Pair[] {
  let before: Pair = [0, 0];
  return line.flatMap(([longitude, latitude], i): Pair[] => {
    const at: Pair = [Math.round(longitude / STEP), Math.round(latitude / STEP)];
    const step: Pair = [at[0] - before[0], at[1] - before[1]];
    before = at;
    // Both ends stay: lines meet there.
    const isNothing = step[0] === 0 && step[1] === 0 && i > 0 && i < line.length - 1;
    return isNothing ? [] : [step];
  });
}

/** Ramer, Douglas and Peucker: points closer than `tolerance` to the line between their neighbours are left out. */
export function simplify(line: readonly Pair[], tolerance: number): Pair[] {
  const kept = new Set([0, line.length - 1]);
  const open: Pair[] = [[0, line.length - 1]];
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    const [from, to] = span;
    let [farthest, distance] = [-1, tolerance];
    for (let i = from + 1; i < to; i++) {
      const d = distanceTo(line[i] as Pair, line[from] as Pair, line[to] as Pair);
      if (d > distance) [farthest, distance] = [i, d];
    }
    if (farthest < 0) continue;
    kept.add(farthest);
    open.push([from, farthest], [farthest, to]);
  }
  return line.filter((_, i) => kept.has(i));
}

/** From a point to a stretch, in degrees of latitude: those of longitude shrink towards the poles. */
function distanceTo([x, y]: Pair, [ax, ay]: Pair, [bx, by]: Pair): number {
  const shrink = Math.cos((((ay + by) / 2) * Math.PI) / 180);
  const [dx, dy] = [(bx - ax) * shrink, by - ay];
  const [px, py] = [(x - ax) * shrink, y - ay];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, (px * dx + py * dy) / length));
  return Math.hypot(px - along * dx, py - along * dy);
}

function areaOf(ring: readonly number[], lines: readonly (readonly Pair[])[]): number {
  const points = ring.flatMap((arc) =>
    arc < 0 ? (lines[~arc] ?? []).toReversed() : (lines[arc] ?? []),
  );
  const twice = points.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = points[(i + 1) % points.length] as Pair;
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(twice) / 2;
}
