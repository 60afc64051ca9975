/**
 * What a meter's registers hold, as data, and how few requests read them.
 * @module
 */
/** Multi-word types are high word first; `…-swapped` are low word first. Bytes in a word are always high first. */
export type RegisterType =
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int32-swapped'
  | 'uint32-swapped'
  | 'int64'
  | 'float32';

export interface Point {
  /** As it goes over the line, counted from 0. */
  readonly register: number;
  readonly type: RegisterType;
  /** Of quantities.ts, or `other.modbus-meter.…`. */
  readonly name: string;
  readonly unit: string | null;
  /** The value is what the registers hold × 10^exponent. */
  readonly exponent: number;
}

export interface RegisterMap {
  readonly id: string;
  readonly title: string;
  readonly spec: string;
  /** Modbus function: 3 reads holding registers, 4 input registers. */
  readonly read: 3 | 4;
  readonly points: readonly Point[];
  /** The most registers the meter answers in one go. */
  readonly maxRegisters: number;
}

/** Registers read with one request. */
export interface Block {
  readonly start: number;
  readonly count: number;
}

// [MODBUS Application Protocol V1.1b3 §6.3, §6.4]
export const MAX_REGISTERS = 125;

// A request with its answer costs some thirty registers' time on the line, so small gaps are read along.
const LARGEST_GAP = 20;

const SIZES: Readonly<Record<RegisterType, number>> = {
  int16: 1,
  uint16: 1,
  int32: 2,
  uint32: 2,
  'int32-swapped': 2,
  'uint32-swapped': 2,
  int64: 4,
  float32: 2,
};

export function sizeOf({ type }: Point): number {
  return SIZES[type];
}

export function pointsIn({ points }: RegisterMap, { start, count }: Block): readonly Point[] {
  return points.filter(
    (point) => point.register >= start && point.register + sizeOf(point) <= start + count,
  );
}

/** The fewest requests that read these points, in the order of registers. */
export function planBlocks(points: readonly Point[], maxRegisters: number): Block[] {
  const blocks: Block[] = [];
  for (const point of [...points].sort((a, b) => a.register - b.register)) {
    const end = point.register + sizeOf(point);
    const last = blocks.at(-1);
    const gap = last ? point.register - (last.start + last.count) : 0;
    if (last && gap <= LARGEST_GAP && end - last.start <= maxRegisters)
      blocks[blocks.length - 1] = {
        start: last.start,
        count: Math.max(last.count, end - last.start),
      };
    else blocks.push({ start: point.register, count: end - point.register });
  }
  return blocks;
}

/** The meter's own name for it, as manuals write it. */
export function codeOf({ read }: RegisterMap, { register }: Point): string {
  return `${read === 3 ? 'holding' : 'input'} 0x${hex4(register)}`;
}

export function hex4(number: number): string {
  return number.toString(16).padStart(4, '0');
}
