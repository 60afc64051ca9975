/** The drawing of the map with Leaflet on a canvas: coasts, the demonstration's town, tracks. No tile is fetched from anywhere. */
import * as L from 'leaflet';
import 'leaflet/dist/leaflet.css';
import basemap from 'virtual:basemap';
import { places, streets } from '@sigill/firmware-bridge/town';
import { feature, mesh } from 'topojson-client';
import type { Language } from '../strings/language.ts';
import type { Fix } from './fixes.ts';

// The coasts are off by kilometres: seen nearer than this they would put a town into the sea.
const COAST_MAX_ZOOM = 9;
// Where nothing is told but one fix: a few streets around it.
const NEAREST_FIT = 16;
const MAX_ZOOM = 19;
const TOWN_MIN_ZOOM = 12;
const LABEL_MIN_ZOOM = 14;

export interface Track {
  readonly name: string;
  /** Newest first. */
  readonly fixes: readonly Fix[];
}

/** Another source, where it stands. */
export interface Standing {
  readonly name: string;
  readonly at: readonly [number, number];
  /** Its page. */
  readonly href: string;
}

export interface MapLook {
  readonly language: Language;
  readonly town: boolean;
  /** Moved by dragging and by the wheel; else the page's own scrolling is left alone. */
  readonly free: boolean;
  readonly still: boolean;
  readonly words: { readonly zoomIn: string; readonly zoomOut: string };
}

export interface DrawnMap {
  update(tracks: readonly Track[], standing: readonly Standing[]): void;
  /** Rings a fix; null rings none. */
  mark(fix: Fix | null): void;
  /** The track in sight; where it cannot be moved by hand, all sources too. */
  fit(): void;
  destroy(): void;
}

export function drawMap(host: HTMLElement, look: MapLook, onPick: (fix: Fix) => void): DrawnMap {
  const style = getComputedStyle(host);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const map = L.map(host, {
    renderer: L.canvas({ padding: 0.3, tolerance: 6 }),
    preferCanvas: true,
    attributionControl: false,
    zoomControl: false,
    maxZoom: MAX_ZOOM,
    minZoom: 1,
    maxBounds: [
      [-89, -360],
      [89, 360],
    ],
    zoomSnap: 0.5,
    scrollWheelZoom: look.free,
    dragging: look.free,
    doubleClickZoom: look.free,
    zoomAnimation: !look.still,
    fadeAnimation: !look.still,
    markerZoomAnimation: !look.still,
    inertia: !look.still,
  });
  L.control.zoom({ zoomInTitle: look.words.zoomIn, zoomOutTitle: look.words.zoomOut }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  map.setView([0, 0], 1, { animate: false });

  // A canvas of its own under the tracks, whatever is added when.
  map.createPane('backdrop').style.zIndex = '250';
  const renderer = L.canvas({ pane: 'backdrop', padding: 0.3 });
  const world = drawWorld(colour, renderer);
  const town = look.town ? drawTown(colour, renderer) : null;
  const labels = look.town ? townLabels(look.language) : null;
  const drawn = L.layerGroup().addTo(map);
  const ring = L.circleMarker([0, 0], {
    radius: 13,
    fill: false,
    weight: 3,
    color: colour('ink'),
    interactive: false,
  });
  const layersFor = (zoom: number) => {
    toggle(map, world, zoom <= COAST_MAX_ZOOM);
    host.classList.toggle('near', zoom > COAST_MAX_ZOOM);
    if (town !== null) toggle(map, town, zoom >= TOWN_MIN_ZOOM);
    if (labels !== null) toggle(map, labels, zoom >= LABEL_MIN_ZOOM);
    thinOut(host);
  };
  map.on('zoomend', () => layersFor(map.getZoom()));
  layersFor(map.getZoom());

  let bounds: L.LatLngBounds | null = null;
  let fitted = false;
  const fit = () => {
    if (bounds === null) return;
    map.fitBounds(bounds, { padding: [36, 36], maxZoom: NEAREST_FIT, animate: false });
  };
  const resizing = new ResizeObserver(() => map.invalidateSize({ animate: false }));
  resizing.observe(host);

  return {
    update(tracks, standing) {
      drawn.clearLayers();
      for (const track of tracks) drawTrack(drawn, track, colour, onPick);
      for (const source of standing) standingMarker(source).addTo(drawn);
      hideCanvas(host);
      const walked = tracks.flatMap(({ fixes }) => fixes.map(({ at }) => at));
      const points =
        look.free && walked.length > 0 ? walked : [...walked, ...standing.map(({ at }) => at)];
      bounds = points.length === 0 ? null : L.latLngBounds(points.map(toLatLng));
      // Only once: who has moved the map is not to be moved back by the next reading.
      if (!fitted && bounds !== null) {
        fitted = true;
        fit();
      }
    },
    mark(fix) {
      if (fix === null) ring.remove();
      else ring.setLatLng(toLatLng(fix.at)).addTo(map).bringToFront();
      if (fix !== null && !map.getBounds().contains(toLatLng(fix.at)))
        map.panTo(toLatLng(fix.at), { animate: !look.still });
    },
    fit,
    destroy() {
      resizing.disconnect();
      map.remove();
    },
  };
}

type Colour = (name: string) => string;

const toLatLng = ([latitude, longitude]: readonly [number, number]) =>
  L.latLng(latitude, longitude);

function toggle(map: L.Map, layer: L.Layer, isOn: boolean): void {
  if (isOn && !map.hasLayer(layer)) layer.addTo(map);
  if (!isOn && map.hasLayer(layer)) layer.remove();
}

function drawWorld(colour: Colour, renderer: L.Renderer): L.Layer {
  const { countries } = basemap.objects;
  const land = L.geoJSON(feature(basemap, countries), {
    interactive: false,
    style: { renderer, stroke: false, fillColor: colour('map-land'), fillOpacity: 1 },
  });
  const line = (isShared: boolean, weight: number) =>
    L.geoJSON(
      mesh(basemap, countries, (a, b) => (a !== b) === isShared),
      { interactive: false, style: { renderer, color: colour('map-line'), weight } },
    );
  return L.layerGroup([land, line(true, 0.75), line(false, 1)]);
}

// Pixels, by the kind of way.
const WIDTHS = { river: 12, road: 9, street: 6, path: 2 } as const;

function drawTown(colour: Colour, renderer: L.Renderer): L.Layer {
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
function townLabels(language: Language): L.Layer {
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
function thinOut(host: HTMLElement): void {
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

function drawTrack(
  group: L.LayerGroup,
  { name, fixes }: Track,
  colour: Colour,
  onPick: (fix: Fix) => void,
): void {
  const [newest] = fixes;
  if (newest === undefined) return;
  L.polyline(
    fixes.map(({ at }) => toLatLng(at)),
    { color: colour('ink-2'), weight: 1.5, opacity: 0.55, interactive: false },
  ).addTo(group);
  if (newest.accuracy !== null)
    L.circle(toLatLng(newest.at), {
      radius: newest.accuracy,
      weight: 1,
      color: colour(newest.state),
      fillColor: colour(newest.state),
      fillOpacity: 0.12,
      interactive: false,
    }).addTo(group);
  // Oldest first, so that the newer lie above.
  for (const fix of fixes.toReversed()) {
    const isNewest = fix === newest;
    // No edge but the newest's: of dots that lie close, edges would be all that is seen.
    const dot = L.circleMarker(toLatLng(fix.at), {
      radius: isNewest ? 9 : 4.5,
      stroke: isNewest,
      weight: 3,
      color: colour('panel'),
      fillColor: colour(fix.state),
      fillOpacity: 1,
    });
    dot.on('click', () => onPick(fix));
    if (isNewest)
      dot.bindTooltip(escapeText(name), {
        permanent: true,
        direction: 'top',
        offset: [0, -8],
        className: 'map-name',
      });
    dot.addTo(group);
  }
}

/** A link of the page's own, so that keys and screen readers find it as they find every other. */
function standingMarker({ name, at, href }: Standing): L.Layer {
  const link = document.createElement('a');
  Object.assign(link, { href, title: name });
  link.setAttribute('aria-label', name);
  const icon = L.divIcon({ className: 'map-source', html: link, iconSize: [28, 28] });
  return L.marker(toLatLng(at), { icon, interactive: false, keyboard: false });
}

/** What the canvas shows is told in words beside the map. */
function hideCanvas(host: HTMLElement): void {
  for (const canvas of host.querySelectorAll('canvas')) canvas.setAttribute('aria-hidden', 'true');
}

/** Names come from configurations: text, never markup. */
function escapeText(text: string): string {
  const holder = document.createElement('span');
  holder.textContent = text;
  return holder.innerHTML;
}
