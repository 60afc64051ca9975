/** The drawing of the map with Leaflet on a canvas: coasts, the demonstration's town, tracks. No tile is fetched from anywhere. */
import * as L from 'leaflet';
import type { Language } from '../strings/language.ts';
import { drawTown, drawWorld, thinOut, townLabels } from './backdrop.ts';
import { cornersOf } from './cells.ts';
import type { Fix } from './fixes.ts';
import { drawTrack, type Standing, standingMarker, type Track, toLatLng } from './layers.ts';

// The coasts are off by kilometres: seen nearer than this they would put a town into the sea.
const COAST_MAX_ZOOM = 9;
// Where nothing is told but one fix: a few streets around it.
const NEAREST_FIT = 16;
const MAX_ZOOM = 19;
const TOWN_MIN_ZOOM = 12;
const LABEL_MIN_ZOOM = 14;

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
      const walked = tracks.flatMap(({ fixes }) =>
        fixes.flatMap(({ at, cell }) => (cell === null ? [at] : cornersOf(cell))),
      );
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

function toggle(map: L.Map, layer: L.Layer, isOn: boolean): void {
  if (isOn && !map.hasLayer(layer)) layer.addTo(map);
  if (!isOn && map.hasLayer(layer)) layer.remove();
}

/** What the canvas shows is told in words beside the map. */
function hideCanvas(host: HTMLElement): void {
  for (const canvas of host.querySelectorAll('canvas')) canvas.setAttribute('aria-hidden', 'true');
}
