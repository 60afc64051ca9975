/** What lies under the tracks: coasts and borders from afar, the demonstration's town from near. */

import basemap from 'virtual:basemap';
import { places, streets } from '@sigill/firmware-bridge/town';
import * as L from 'leaflet';
import { feature, mesh } from 'topojson-client';
import type { Language } from '../strings/language.ts';
import { type Colour, escapeText } from './layers.ts';
import { onBothSides, unwrapLine, unwrapRing } from './unwrap.ts';

export function drawWorld(colour: Colour, renderer: L.Renderer): L.Layer {
  const { countries } = basemap.objects;
  const land = feature(basemap, countries).features.flatMap(({ geometry }) =>
    geometry.type === 'MultiPolygon'
      ? geometry.coordinates.flatMap(([outer = []]) => onBothSides(unwrapRing(outer)))
      : [],
  );
  const lines = (isShared: boolean) =>
    mesh(basemap, countries, (a, b) => (a !== b) === isShared).coordinates.flatMap((line) =>
      onBothSides(unwrapLine(line)),
    );
  const drawn = (weight: number) => ({
    ...{ renderer, weight, interactive: false, color: colour('map-line') },
  });
  return L.layerGroup([
    // One polygon each: enclaves lie over what they lie in, and lakes are not on this map.
    ...land.map((ring) =>
      L.polygon(ring.map(toLatLngOf), {
        ...{ renderer, interactive: false, stroke: false },
        ...{ fillColor: colour('map-land'), fillOpacity: 1 },
      }),
    ),
    L.polyline(
      lines(true).map((line) => line.map(toLatLngOf)),
      drawn(0.75),
    ),
    L.polyline(
      lines(false).map((line) => line.map(toLatLngOf)),
      drawn(1),
    ),
  ]);
}

const toLatLngOf = ([longitude, latitude]: readonly [number, number]) =>
  L.latLng(latitude, longitude);

// Pixels, by the kind of way.
const WIDTHS = { river: 12, road: 9, street: 6, path: 2 } as const;

export function drawTown(colour: Colour, renderer: L.Renderer): L.Layer {
  const line = ({ line, kind }: (typeof streets)[number], extra: L.PolylineOptions) =>
    L.polyline(
      line.map(({ latitude, longitude }) => L.latLng(latitude, longitude)),
      {
        renderer,
        interactive: false,
        lineCap: 'round',
        lineJoin: 'round',
        weight: WIDTHS[kind],
        ...extra,
      },
    );
  const of = (kind: string) => streets.filter((street) => street.kind === kind);
  const ways = streets.filter(({ kind }) => kind === 'road' || kind === 'street');
  return L.layerGroup([
    ...of('river').map((river) => line(river, { color: colour('map-water') })),
    ...of('path').map((path) => line(path, { color: colour('map-line'), dashArray: '2 6' })),
    // First all edges, then all fillings, so that crossings are open.
    ...ways.map((way) => line(way, { color: colour('map-line'), weight: WIDTHS[way.kind] + 2 })),
    ...ways.map((way) => line(way, { color: colour('map-way') })),
    ...places.map(({ at }) =>
      L.circleMarker([at.latitude, at.longitude], {
        renderer,
        radius: 3.5,
        weight: 1.5,
        color: colour('ink-2'),
        fillColor: colour('panel'),
        fillOpacity: 1,
        interactive: false,
      }),
    ),
  ]);
}

// Above the weir, where nothing else is named.
const UPPER_RIVER = 2;

/** Names of places and of the river, as text over the canvas. */
export function townLabels(language: Language): L.Layer {
  const label = (at: L.LatLngExpression, text: string, kind: string) =>
    L.marker(at, {
      interactive: false,
      keyboard: false,
      icon: L.divIcon({
        className: `map-label ${kind}`,
        html: `<span>${escapeText(text)}</span>`,
        iconSize: [0, 0],
      }),
    });
  const river = streets.find(({ kind }) => kind === 'river');
  const upper = river?.line[UPPER_RIVER];
  return L.layerGroup([
    ...places.map(({ at, label: words }) =>
      label([at.latitude, at.longitude], words[language], 'place'),
    ),
    ...(river && upper ? [label([upper.latitude, upper.longitude], river.name, 'water')] : []),
  ]);
}

/** Of names that would lie over each other the first stays; nearer, all are there. */
export function thinOut(host: HTMLElement): void {
  const kept: DOMRect[] = [];
  for (const name of host.querySelectorAll<HTMLElement>('.map-label span')) {
    const box = name.getBoundingClientRect();
    const isFree = kept.every(
      (other) =>
        box.right < other.left ||
        box.left > other.right ||
        box.bottom < other.top ||
        box.top > other.bottom,
    );
    name.style.visibility = isFree ? 'visible' : 'hidden';
    if (isFree) kept.push(box);
  }
}
