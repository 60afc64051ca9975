/**
 * Sigillstad: a small Swedish town that does not exist, where the simulated devices stand and walk. Its river runs from
 * the forest in the north to the lake in the south; a weir with a fish ladder dams it above the old bridge.
 * Drawn in metres around the market square, told in WGS 84. The map of the page draws the same streets. Pure.
 * @module
 */

export interface Point {
  /** Degrees, WGS 84, six digits: a tenth of a metre. */
  readonly latitude: number;
  readonly longitude: number;
}

export type PlaceName =
  | 'square'
  | 'house'
  | 'recyclingYard'
  | 'weighbridge'
  | 'fishLadder'
  | 'bridge'
  | 'portal'
  | 'forestEdge'
  | 'den';

export type StreetKind = 'road' | 'street' | 'path' | 'river';

export interface Place {
  readonly name: PlaceName;
  readonly label: { readonly en: string; readonly sv: string };
  readonly at: Point;
}

export interface Street {
  readonly name: string;
  readonly kind: StreetKind;
  readonly line: readonly Point[];
}

/** The market square, in the woods of Hälsingland, where no town is. */
export const CENTRE: Point = { latitude: 61.42, longitude: 14.88 };
/** What a metre north or east of the square is in degrees: one in 111,436 and one in 53,392 on the ellipsoid there. */
export const METRES_A_DEGREE = { north: 111_436, east: 53_392 } as const;

type Metres = readonly [east: number, north: number];

const point = ([east, north]: Metres): Point => ({
  latitude: rounded(CENTRE.latitude + north / METRES_A_DEGREE.north),
  longitude: rounded(CENTRE.longitude + east / METRES_A_DEGREE.east),
});
const rounded = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;
const place = (name: PlaceName, en: string, sv: string, metres: Metres): Place => ({
  name,
  label: { en, sv },
  at: point(metres),
});
const street = (name: string, kind: StreetKind, ...line: readonly Metres[]): Street => ({
  name,
  kind,
  line: line.map(point),
});

export const places: readonly Place[] = [
  place('square', 'Market square', 'Stortorget', [0, 0]),
  place('house', 'Björkgatan 4', 'Björkgatan 4', [-230, 165]),
  place('recyclingYard', 'Recycling yard', 'Återvinningscentralen', [610, -320]),
  place('weighbridge', 'Weighbridge', 'Fordonsvågen', [560, -290]),
  place('fishLadder', 'Fish ladder at the weir', 'Fisktrappan vid dammen', [305, 410]),
  place('bridge', 'Old bridge', 'Gamla bron', [255, 40]),
  place(
    'portal',
    'Gate of the cooperative’s store',
    'Porten till Kooperativets lager',
    [420, -150],
  ),
  place('forestEdge', 'Edge of the forest', 'Skogsbrynet', [-120, 620]),
  place('den', 'Fox earth', 'Rävgrytet', [-420, 1150]),
];

export const streets: readonly Street[] = [
  street(
    'Sigillån',
    'river',
    [420, 1400],
    [380, 1000],
    [310, 640],
    [305, 410],
    [270, 200],
    [255, 40],
    [210, -220],
    [150, -520],
    [90, -900],
  ),
  street(
    'Storgatan',
    'road',
    [-900, -60],
    [-420, -20],
    [0, 0],
    [255, 40],
    [420, 30],
    [760, 90],
    [1300, 160],
  ),
  street('Kyrkogatan', 'street', [0, 0], [-15, 170], [-40, 330], [-120, 620]),
  street('Björkgatan', 'street', [-15, 170], [-230, 160], [-430, 190]),
  street('Strandgatan', 'street', [0, 0], [60, -180], [95, -420], [60, -640]),
  street('Industrivägen', 'road', [420, 30], [425, -150], [560, -290], [640, -330], [900, -350]),
  street('Dammvägen', 'street', [255, 40], [230, 220], [285, 410]),
  street('Åstigen', 'path', [285, 410], [290, 640], [355, 1000], [390, 1380]),
  street(
    'Skogsstigen',
    'path',
    [-120, 620],
    [-210, 780],
    [-330, 930],
    [-420, 1150],
    [-300, 1320],
    [-60, 1290],
    [60, 1060],
    [-20, 820],
    [-120, 620],
  ),
];

export function findPlace(name: PlaceName): Place {
  const found = places.find((one) => one.name === name);
  if (found === undefined) throw new RangeError(`Sigillstad has no ${name}`);
  return found;
}

export function findStreet(name: string): Street {
  const found = streets.find((one) => one.name === name);
  if (found === undefined) throw new RangeError(`Sigillstad has no street ${name}`);
  return found;
}

/** How far apart two points of the town are, in metres: the town is small enough to be flat. */
export function metresBetween(a: Point, b: Point): number {
  return Math.hypot(
    (a.latitude - b.latitude) * METRES_A_DEGREE.north,
    (a.longitude - b.longitude) * METRES_A_DEGREE.east,
  );
}
