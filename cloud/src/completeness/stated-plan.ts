/** What an agent promises of a source: its `plan` readings. Pure. */
import { formatValue, type Reading } from '@sigill/evidence';

export interface StatedPlan {
  readonly source: string;
  /** Retired: from here on nothing is promised. */
  readonly active: boolean;
  /** Between two readings of a device; null where there is no rhythm. */
  readonly cadenceMs: number | null;
  /** The longest silence. */
  readonly heartbeatMs: number;
  /** Each device shows that it lives; else only the source as a whole does. */
  readonly devices: boolean;
}

const OWN_DRIVER = 'sigill';

/** Null for every other reading. */
export function statedPlan({ kind, fields, origin }: Reading): StatedPlan | null {
  if (kind !== 'plan' || origin.driver !== OWN_DRIVER) return null;
  const text = (name: string) => {
    const field = fields.find((one) => one.name === name);
    return field === undefined ? null : formatValue(field.value);
  };
  const ms = (name: string) => {
    const value = Number(text(name) ?? Number.NaN);
    return Number.isSafeInteger(value) ? value : null;
  };
  const source = text('plan.source');
  const heartbeatMs = ms('plan.heartbeat');
  if (source === null || heartbeatMs === null) return null;
  return {
    source,
    active: text('plan.state') !== 'retired',
    cadenceMs: ms('plan.cadence'),
    heartbeatMs,
    devices: text('plan.heartbeats') !== 'source',
  };
}
