/**
 * What a meter counted in a period: the difference of one of its registers.
 *
 *     assumptions = { "device": text, "register": field name }
 *
 * From the last telling of the register before the period (the reading that bounds it, if it tells the register, else
 * the first inside) to the last inside. Days laid end to end so add up to what the register counted over all of them.
 * A register that falls, changes its unit, or stands beside another device identifier is another meter or was set back:
 * then there is no number.
 * @module
 */
import {
  type Decimal,
  formatDecimal,
  isDecimal,
  parseDecimal,
  type Reading,
} from '@sigill/evidence';
import { parseAssumptions, text } from './assumptions.ts';
import { compare, subtract } from './exact.ts';
import { type Projection, ProjectionError, streamOf } from './projection.ts';

interface Telling {
  readonly n: number;
  readonly value: Decimal;
  readonly unit: string;
  readonly meter: string | null;
}

export const consumption: Projection = {
  name: 'consumption@v1',
  project(streams, period, assumptions) {
    const { device, register } = parseAssumptions(assumptions, { device: text, register: text });
    if (period === null) throw new ProjectionError('a period expected');
    const stream = streamOf(streams, device);
    const end = stream.first + stream.count;
    const tellings = stream.readings
      .filter(({ n }) => n < end)
      .flatMap((reading) => tellingIn(reading, register) ?? []);
    const [first, last] = [tellings[0], tellings.at(-1)];
    if (first === undefined || last === undefined || first === last)
      throw new ProjectionError(
        `register ${register} is not told twice up to the end of the period`,
      );
    for (const [at, telling] of tellings.entries())
      if (at > 0) assertSameMeter(tellings[at - 1] as Telling, telling, register);
    return { value: formatDecimal(subtract(last.value, first.value)), unit: first.unit };
  },
};

function tellingIn({ n, fields }: Reading, register: string): Telling | null {
  const field = fields.find(({ name }) => name === register);
  if (field === undefined) return null;
  const value = isDecimal(field.value) ? field.value : toDecimal(field.value);
  if (value === null || field.unit === null)
    throw new ProjectionError(`${register} in reading ${n} is no number with a unit`);
  const meter = fields.find(({ name }) => name === 'device.id')?.value;
  return { n, value, unit: field.unit, meter: typeof meter === 'string' ? meter : null };
}

/** Digits beyond 64 bits travel as text. */
function toDecimal(value: unknown): Decimal | null {
  try {
    return typeof value === 'string' ? parseDecimal(value) : null;
  } catch {
    return null;
  }
}

function assertSameMeter(before: Telling, now: Telling, register: string): void {
  const between = `between reading ${before.n} and reading ${now.n}`;
  if (before.unit !== now.unit)
    throw new ProjectionError(`the unit changes from ${before.unit} to ${now.unit} ${between}`);
  if (before.meter !== null && now.meter !== null && before.meter !== now.meter)
    throw new ProjectionError(`the meter changes ${between}: another device identifier`);
  if (compare(now.value, before.value) < 0)
    throw new ProjectionError(
      `${register} falls from ${formatDecimal(before.value)} to ${formatDecimal(now.value)} ${between}: the meter was exchanged, or its register set back`,
    );
}
