/** What is drawn of readings: tracks with a dot for each fix, and the places of sources that stand still. */
import * as L from 'leaflet';
import { cornersOf } from './cells.ts';
import type { Fix } from './fixes.ts';

/** A colour of the design, by its name. */
export type Colour = (name: string) => string;

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

export const toLatLng = ([latitude, longitude]: readonly [number, number]): L.LatLng =>
  L.latLng(latitude, longitude);

export function drawTrack(
  group: L.LayerGroup,
  { name, fixes }: Track,
  colour: Colour,
  onPick: (fix: Fix) => void,
): void {
  const [newest] = fixes;
  if (newest === undefined) return;
  if (newest.cell !== null) {
    drawCells(group, name, fixes, colour, onPick);
    return;
  }
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

/** Squares alone: a dot or a line would say more than is known. */
function drawCells(
  group: L.LayerGroup,
  name: string,
  fixes: readonly Fix[],
  colour: Colour,
  onPick: (fix: Fix) => void,
): void {
  const drawn = new Set<string>();
  for (const fix of fixes) {
    if (fix.cell === null || drawn.has(fix.cell.id)) continue; // the newest of a square stands for it
    const isNewest = drawn.size === 0;
    drawn.add(fix.cell.id);
    const [southWest, northEast] = cornersOf(fix.cell).map(toLatLng) as [L.LatLng, L.LatLng];
    const square = L.rectangle(L.latLngBounds(southWest, northEast), {
      weight: isNewest ? 2.5 : 1,
      color: colour(fix.state),
      fillColor: colour(fix.state),
      fillOpacity: isNewest ? 0.25 : 0.1,
    });
    square.on('click', () => onPick(fix));
    if (isNewest)
      square.bindTooltip(escapeText(name), {
        permanent: true,
        direction: 'center',
        className: 'map-name',
      });
    square.addTo(group);
  }
}

/** A link of the page's own, so that keys and screen readers find it as they find every other. */
export function standingMarker({ name, at, href }: Standing): L.Layer {
  const link = document.createElement('a');
  Object.assign(link, { href, title: name });
  link.setAttribute('aria-label', name);
  const icon = L.divIcon({ className: 'map-source', html: link, iconSize: [28, 28] });
  return L.marker(toLatLng(at), { icon, interactive: false, keyboard: false });
}

/** Names come from configurations: text, never markup. */
export function escapeText(text: string): string {
  const holder = document.createElement('span');
  holder.textContent = text;
  return holder.innerHTML;
}
