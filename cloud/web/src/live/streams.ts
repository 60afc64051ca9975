/** Which stream and which number a visitor wants to see first. */
import type { ReadingField, Stream, StreamField } from '../api/model.ts';

interface HasFields {
  readonly source: string;
  readonly fields: readonly StreamField[];
}

const POWER_UNITS = new Set(['W', 'kW', 'MW']);

/**
 * Readings about the agent itself (`~agent`), and signs of life of a source whose positions are shown as cells
 * (`x~cell` without a device), are streams too, but nothing that anyone reads off.
 */
export const isAboutAgent = (stream: {
  readonly source: string;
  readonly device?: string;
}): boolean =>
  stream.source.startsWith('~') || (stream.source.endsWith('~cell') && stream.device === '');

/** Power first, then other devices, then what an agent says about itself; otherwise in the server's order. */
export function sortStreams(streams: readonly Stream[]): Stream[] {
  const rank = (stream: Stream) =>
    isAboutAgent(stream) ? 2 : leadingPower(stream) === null ? 1 : 0;
  return streams.toSorted((a, b) => rank(a) - rank(b));
}

/** The number shown large: total power when the device tells it, else its first field with a unit. */
export function leadingField(stream: HasFields): StreamField | null {
  if (isAboutAgent(stream)) return null;
  const named = (name: string) => stream.fields.find((field) => field.name === name);
  // A tag and a place are no numbers: how strongly they were heard is not what they are about.
  if (named('tag.id') ?? named('position.latitude') ?? named('cell.id')) return null;
  return (
    leadingPower(stream) ??
    named('level') ??
    named('distance') ??
    stream.fields.find((field) => field.unit !== null) ??
    null
  );
}

/** The meter's sum before any other power it tells: a phase, a peak, a limit. */
export function leadingPower(stream: {
  readonly fields: readonly StreamField[];
}): StreamField | null {
  const powers = stream.fields.filter((field) => POWER_UNITS.has(field.unit ?? ''));
  const named = (name: string) => powers.find((field) => field.name === name);
  return named('power.import') ?? named('power.net') ?? powers[0] ?? null;
}

/** The reading's leading number; a meter that draws nothing but feeds in shows what it feeds in. */
export function leadingValue(
  reading: { readonly fields: readonly ReadingField[] },
  leading: StreamField,
): ReadingField | null {
  const named = (name: string) => reading.fields.find((field) => field.name === name) ?? null;
  const drawn = named(leading.name);
  if (drawn === null || Number(drawn.value) !== 0) return drawn;
  const fed = named(leading.name.replace('import', 'export'));
  return fed !== null && Number(fed.value) !== 0 ? fed : drawn;
}
