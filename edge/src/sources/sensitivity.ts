/**
 * What a configuration file says of a source whose positions endanger whom they follow.
 * @module
 */
import { SQUARE_SIDES, type SquareSide } from '@sigill/firmware-bridge';
import type { ConfigSection } from './config-section.ts';

/** How coarse the twins are that may be shown to anyone. */
export interface Sensitivity {
  /** `0.1 deg`, a side of c-squares, or `10000 m`, at least that much both ways. */
  readonly cell: string;
  readonly periodMs: number;
}

export type CellSize = { readonly side: SquareSide } | { readonly metres: number };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
// Below, a square says where the den is; above, hardly which country.
const METRES = { least: 100, most: 1_000_000 };
const MOST_DAYS = 31;
const CELL = /^(\d{1,7}|\d{1,2}\.\d{1,3}) ?(m|deg|degrees?)$/;
const TIME = /^(\d{1,2}) ?(minute|hour|day)s?$/;
const UNIT_MS = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS };

const CELL_EXPECTED = `metres from ${METRES.least} to ${METRES.most}, such as 10000, or a side of c-squares: ${SQUARE_SIDES.map((side) => `${side} deg`).join(', ')}`;
const TIME_EXPECTED =
  'a period that begins alike each day: minutes that divide an hour, hours that divide a day, or 1 to 31 days, such as 15 minutes, 6 hours, 1 day';

/** Null where the source is not marked. @throws ConfigError */
export function readSensitivity(source: ConfigSection): Sensitivity | null {
  if (source.isAbsent('sensitive')) return null;
  const section = source.section(
    'sensitive',
    ['cell', 'time'],
    'how coarse its positions are shown, such as { cell: 10000, time: 1 day }',
  );
  const found = section.value('cell');
  const cell = parseCell(typeof found === 'number' ? `${found} m` : String(found ?? ''));
  if (cell === null) throw section.invalid('cell', found ?? 'nothing', CELL_EXPECTED);
  const time = section.value('time');
  const periodMs = parsePeriod(String(time ?? ''));
  if (periodMs === null) throw section.invalid('time', time ?? 'nothing', TIME_EXPECTED);
  return { cell: formatCell(cell), periodMs };
}

export function parseCell(text: string): CellSize | null {
  const [, digits = '', unit] = CELL.exec(text) ?? [];
  if (unit === 'm') {
    const metres = Number(digits);
    const isAllowed = Number.isInteger(metres) && metres >= METRES.least && metres <= METRES.most;
    return isAllowed ? { metres } : null;
  }
  const side = SQUARE_SIDES.find((known) => known === digits);
  return side === undefined ? null : { side };
}

function formatCell(cell: CellSize): string {
  return 'side' in cell ? `${cell.side} deg` : `${cell.metres} m`;
}

function parsePeriod(text: string): number | null {
  const [, digits = '', unit] = TIME.exec(text) ?? [];
  const count = Number(digits);
  if (count === 0 || unit === undefined) return null;
  const periodMs = count * UNIT_MS[unit as keyof typeof UNIT_MS];
  if (periodMs <= HOUR_MS) return HOUR_MS % periodMs === 0 ? periodMs : null;
  if (periodMs <= DAY_MS)
    return periodMs % HOUR_MS === 0 && DAY_MS % periodMs === 0 ? periodMs : null;
  return unit === 'day' && count <= MOST_DAYS ? periodMs : null;
}
