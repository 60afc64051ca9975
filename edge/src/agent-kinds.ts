/**
 * The readings an agent makes by itself, driver `sigill`. Field names and their meaning stand here and nowhere else.
 * Times are ms since the Unix epoch by the agent's clock; a field that is not known is left out.
 *
 * `boot`, in `~agent`, at each start of the agent:
 *   boot.id             the kernel's boot id, 16 bytes
 *   boot.software       version of the software
 *   boot.configuration  SHA-256 of the configuration
 *   boot.head.batch     the last batch closed before this start; left out before the first
 *   boot.head.hash      hash of its header
 * `plan`, in `~agent`, for each source whose promise changed:
 *   plan.source         the source it speaks of
 *   plan.state          `active`, or `retired`: from here on nothing is promised of this source
 *   plan.driver  plan.frames (`keep` or `hash`)  plan.heartbeats (`device` or `source`)
 *   plan.cadence        ms between two observations of a device; left out where there is no rhythm
 *   plan.heartbeat      the longest silence, ms
 *   plan.cell  plan.period   of a sensitive source: the side of its twins' cells, and their period, ms (cell-twin.ts)
 * `heartbeat`, in each promised stream that would otherwise stay silent for longer than promised:
 *   heartbeat.transport how the way to the device was then: open, connecting, waiting, closed
 * `gap`, in the stream it speaks of:
 *   gap.from  gap.to    nothing is known of the time between; from is left out where it is not known
 *   gap.count           readings known lost; left out where it is not known
 *   gap.cause           restart (of the agent), power (of the box: another kernel boot), full (no room in the journal),
 *                       disk (a write failed, or the disk was too slow), streams (more devices than are taken),
 *                       flood (far more than the cadence promises: not all was taken), rollback (the journal was older
 *                       than what the gateway holds, or damaged, and the agent went on after the gateway's head: from is
 *                       the last that the journal knew of the stream; count are those of its readings whose numbers were
 *                       taken, which are never sent)
 * @module
 */
import type { Decimal, Field, FieldValue } from '@sigill/evidence';
import type { SourcePlan } from './sources/source-plan.ts';

export type AgentKind = 'boot' | 'plan' | 'heartbeat' | 'gap';
export type GapCause = 'restart' | 'power' | 'full' | 'disk' | 'streams' | 'flood' | 'rollback';

export interface Boot {
  readonly id: Uint8Array;
  readonly software: string;
  readonly configuration: Uint8Array;
  readonly head: { readonly batch: number; readonly hash: Uint8Array } | null;
}

export interface Gap {
  readonly from: number | null;
  readonly to: number;
  readonly count: number | null;
  readonly cause: GapCause;
}

export function bootFields(boot: Boot): Field[] {
  return sortedFields({
    'boot.id': boot.id,
    'boot.software': boot.software,
    'boot.configuration': boot.configuration,
    'boot.head.batch': boot.head && toDecimal(boot.head.batch),
    'boot.head.hash': boot.head?.hash ?? null,
  });
}

export function bootIdOf(fields: readonly Field[]): Uint8Array | null {
  const value = readField(fields, 'boot.id');
  return value instanceof Uint8Array ? value : null;
}

export function planFields(plan: SourcePlan, state: 'active' | 'retired'): Field[] {
  return sortedFields({
    'plan.source': plan.name,
    'plan.state': state,
    'plan.driver': plan.driver,
    'plan.cadence': plan.cadenceMs === null ? null : toDecimal(plan.cadenceMs),
    'plan.heartbeat': toDecimal(plan.heartbeatMs),
    'plan.heartbeats': plan.heartbeats,
    'plan.frames': plan.frames,
    'plan.cell': plan.sensitive?.cell ?? null,
    'plan.period': plan.sensitive ? toDecimal(plan.sensitive.periodMs) : null,
  });
}

export function planOf(fields: readonly Field[]): {
  plan: SourcePlan;
  state: 'active' | 'retired';
} {
  const cadence = readField(fields, 'plan.cadence');
  const cell = readField(fields, 'plan.cell');
  const periodMs = toNumber(readField(fields, 'plan.period'));
  return {
    plan: {
      name: String(readField(fields, 'plan.source')),
      driver: String(readField(fields, 'plan.driver')),
      cadenceMs: cadence === null ? null : toNumber(cadence),
      heartbeatMs: toNumber(readField(fields, 'plan.heartbeat')),
      heartbeats: readField(fields, 'plan.heartbeats') === 'source' ? 'source' : 'device',
      frames: readField(fields, 'plan.frames') === 'keep' ? 'keep' : 'hash',
      sensitive: typeof cell === 'string' ? { cell, periodMs } : null,
    },
    state: readField(fields, 'plan.state') === 'retired' ? 'retired' : 'active',
  };
}

export function heartbeatFields(transport: string | null): Field[] {
  return sortedFields({ 'heartbeat.transport': transport });
}

export function gapFields(gap: Gap): Field[] {
  return sortedFields({
    'gap.from': gap.from === null ? null : toDecimal(gap.from),
    'gap.to': toDecimal(gap.to),
    'gap.count': gap.count === null ? null : toDecimal(gap.count),
    'gap.cause': gap.cause,
  });
}

export function isRollbackGap(kind: string, fields: readonly Field[]): boolean {
  return kind === 'gap' && readField(fields, 'gap.cause') === 'rollback';
}

const MILLISECONDS = new Set([
  'plan.cadence',
  'plan.heartbeat',
  'plan.period',
  'gap.from',
  'gap.to',
]);

function sortedFields(values: Readonly<Record<string, FieldValue | null>>): Field[] {
  return Object.entries(values)
    .flatMap(([name, value]) =>
      value === null
        ? []
        : [{ name, value, unit: MILLISECONDS.has(name) ? 'ms' : null, code: null }],
    )
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

function readField(fields: readonly Field[], name: string): FieldValue | null {
  return fields.find((field) => field.name === name)?.value ?? null;
}

function toDecimal(value: number): Decimal {
  return { mantissa: BigInt(Math.round(value)), exponent: 0 };
}

function toNumber(value: FieldValue | null): number {
  return typeof value === 'object' && value !== null && 'mantissa' in value
    ? Number(value.mantissa)
    : 0;
}
