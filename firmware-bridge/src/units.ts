/**
 * Dimensions, their units and the exact way between them.
 * Symbols: SenML units (RFC 8428, RFC 8798), else UCUM. The first unit of each dimension is its base.
 * @module
 */
import { type Decimal, parseDecimal } from '@sigill/evidence';

/** `base = value × factor`, the factor exact. */
const FACTORS = {
  energy: {
    J: '1',
    kJ: '1000',
    MJ: '1000000',
    GJ: '1000000000',
    Wh: '3600',
    kWh: '3600000',
    MWh: '3600000000',
  },
  reactiveEnergy: { vars: '1', varh: '3600', kvarh: '3600000', Mvarh: '3600000000' },
  apparentEnergy: { VAs: '1', VAh: '3600', kVAh: '3600000' },
  power: { W: '1', kW: '1000', MW: '1000000' },
  reactivePower: { var: '1', kvar: '1000', Mvar: '1000000' },
  apparentPower: { VA: '1', kVA: '1000', MVA: '1000000' },
  voltage: { V: '1', mV: '0.001', kV: '1000' },
  current: { A: '1', mA: '0.001' },
  frequency: { Hz: '1' },
  volume: { m3: '1', l: '0.001' },
  mass: {
    kg: '1',
    g: '0.001',
    t: '1000',
    '[lb_av]': '0.45359237',
    '[oz_av]': '0.028349523125',
    '[oz_tr]': '0.0311034768',
    '[pwt_tr]': '0.00155517384',
    '[ston_av]': '907.18474',
  },
  length: { m: '1', mm: '0.001', cm: '0.01', km: '1000' },
  // The only base in which a knot and a metre per second are both exact.
  speed: { 'km/h': '1', 'm/s': '3.6', '[kn_i]': '1.852' },
  angle: { deg: '1' },
  latitude: { lat: '1' },
  longitude: { lon: '1' },
  temperature: { Cel: '1' },
  humidity: { '%RH': '1' },
  pressure: { Pa: '1', hPa: '100', kPa: '1000', bar: '100000' },
  level: { '%': '1' },
  signal: { dBm: '1' },
  decibel: { dB: '1' },
  duration: { s: '1', ms: '0.001', min: '60', h: '3600' },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

/** Numbers with a unit; numbers without one (`count`, `ratio`, `state`); texts; times as RFC 3339 UTC text; flags. */
export type Dimension =
  | keyof typeof FACTORS
  | 'count'
  | 'ratio'
  | 'state'
  | 'text'
  | 'time'
  | 'flag';

/** The units a dimension accepts, base first; empty for those that carry none. */
export function unitsOf(dimension: Dimension): readonly string[] {
  return Object.keys(factorsOf(dimension));
}

/** Whether a field of this dimension may carry this unit. */
export function isUnitOf(dimension: Dimension, unit: string | null): boolean {
  const factors = factorsOf(dimension);
  return unit === null ? Object.keys(factors).length === 0 : Object.hasOwn(factors, unit);
}

/** The value in the dimension's base unit, exactly; null if the unit is not one of the dimension's. */
export function toBaseUnit(
  value: Decimal,
  dimension: Dimension,
  unit: string | null,
): Decimal | null {
  if (!isUnitOf(dimension, unit)) return null;
  if (unit === null) return value;
  const factor = parseDecimal(factorsOf(dimension)[unit] ?? '1');
  return {
    mantissa: value.mantissa * factor.mantissa,
    exponent: value.exponent + factor.exponent,
  };
}

function factorsOf(dimension: Dimension): Readonly<Record<string, string>> {
  return Object.hasOwn(FACTORS, dimension) ? FACTORS[dimension as keyof typeof FACTORS] : {};
}
