/**
 * Outlines of a round world on a flat map. The atlas leaves them whole where they cross the date line; drawn as they are,
 * they would run across the whole map. Pure.
 */

/** Longitude, latitude in degrees. */
export type Line = readonly (readonly number[])[];

/** The same line without a leap of the longitude; it may leave the range of 180 degrees. */
export function unwrapLine(line: Line): [number, number][] {
  let before: number | null = null;
  return line.map(([longitude = 0, latitude = 0]) => {
    const turns: number = before === null ? 0 : Math.round((before - longitude) / 360);
    before = longitude + 360 * turns;
    return [before, latitude];
  });
}

/** One that goes around a pole does not come back to where it began: it is closed along that pole. */
export function unwrapRing(ring: Line): [number, number][] {
  const line = unwrapLine(ring);
  const [first, last] = [line[0], line.at(-1)];
  if (first === undefined || last === undefined || Math.abs(last[0] - first[0]) < 180) return line;
  const pole = first[1] < 0 ? -90 : 90;
  return [...line, [last[0], pole], [first[0], pole], first];
}

/** The line, and again on the other side of the map where it leaves it on one. */
export function onBothSides(line: readonly [number, number][]): [number, number][][] {
  const longitudes = line.map(([longitude]) => longitude);
  const shifted = (by: number) =>
    line.map(([longitude, latitude]): [number, number] => [longitude + by, latitude]);
  const copies = [shifted(0)];
  if (Math.max(...longitudes) > 180) copies.push(shifted(-360));
  if (Math.min(...longitudes) < -180) copies.push(shifted(360));
  return copies;
}
