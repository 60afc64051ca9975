/** What goes, what stays and what nobody can call back, in words. Pure. */
import type { Erasable } from './erasable.ts';

const SHOWN_STREAMS = 20;

/** One line a stream, and what becomes of frames. */
export function describeErasable(readings: readonly Erasable[]): string {
  const streams = [
    ...Map.groupBy(
      readings,
      ({ agent, source, device }) => `${agent} ${source} ${device}`,
    ).values(),
  ];
  const lines = streams.slice(0, SHOWN_STREAMS).map(describeStream);
  const more = streams.length - lines.length;
  if (more > 0) lines.push(`  and ${more} more streams`);
  const kept = readings.filter(({ frame }) => frame === 'stays').length;
  if (kept > 0) {
    lines.push(
      `  The device’s own bytes of ${countOf(kept)} stay: readings that are not erased came in the same frame. They go with the last of those.`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function describeStream(readings: readonly Erasable[]): string {
  const [{ agent, source, device }] = readings as [Erasable];
  const numbers = readings.map(({ n }) => n);
  const times = readings.map(({ time }) => time);
  const span = (of: number[], words: (one: number) => string) => {
    const [least, greatest] = [
      of.reduce((a, b) => Math.min(a, b)),
      of.reduce((a, b) => Math.max(a, b)),
    ];
    return least === greatest ? words(least) : `${words(least)} to ${words(greatest)}`;
  };
  const name = device === '' ? source : `${source} ${device}`;
  const time = span(times, (one) => new Date(one).toISOString());
  return `  ${name}: ${countOf(readings.length)}, number ${span(numbers, String)}, ${time}, agent ${agent}`;
}

/** After it is done: the operator has promised more to somebody than a cloud can keep. */
export const WHAT_STAYS = `What stays: that these readings were there (agent, number, stream, the leaf hash, the day they were counted in)
and the operator’s word with its reason. Evidence of their neighbours holds as before.
What this cloud cannot reach: backups of its disk, evidence files and exports that left it, the gateway’s copy of the
batches (gone when its keepMs is over) and what an agent’s card still holds of them.
`;

export function countOf(readings: number): string {
  return readings === 1 ? 'one reading' : `${readings} readings`;
}
