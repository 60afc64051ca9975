/** How much of the value axis a curve gets. */

const FLOW_UNITS = new Set(['W', 'kW', 'MW', 'VA', 'kVA', 'var', 'kvar', 'A', 'm3/h', 'l/h']);

/** What flows is measured from nothing; a voltage, a temperature or a register is not. */
export const isFlow = (unit: string | null): boolean => unit !== null && FLOW_UNITS.has(unit);

const ROOM = 0.1;

/** A tenth of room around the values; a flat line gets room too, so that it is seen. */
export function valueRange(low: number, high: number, fromZero: boolean): [number, number] {
  const from = fromZero ? Math.min(0, low) : low;
  const to = fromZero ? Math.max(0, high) : high;
  const room = (to - from || Math.abs(to) || 1) * ROOM;
  return [fromZero && from === 0 ? 0 : from - room, to === from && to === 0 ? 1 : to + room];
}
