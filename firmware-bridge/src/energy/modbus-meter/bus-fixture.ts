/**
 * A bus for tests: a session on one end, meters on the other, and a clock that runs from event to event.
 * @module
 */
import type { DecodedObservation, Rejection, Session, Step } from '../../driver.ts';

/** What a meter sends when it hears something on the bus, and how long it takes to. */
export type BusMeter = (
  heard: Uint8Array,
  ms: number,
) => readonly { readonly afterMs: number; readonly bytes: Uint8Array }[];

export interface BusRun {
  readonly observations: readonly (DecodedObservation & { readonly atMs: number })[];
  readonly rejected: readonly (Rejection & { readonly atMs: number })[];
  readonly asked: readonly { readonly atMs: number; readonly bytes: Uint8Array }[];
  readonly resets: readonly string[];
}

/** Everything the session tells in `forMs` of the bus's time. */
export function runBus(session: Session, meters: readonly BusMeter[], forMs: number): BusRun {
  const observations: (DecodedObservation & { atMs: number })[] = [];
  const rejected: (Rejection & { atMs: number })[] = [];
  const asked: { atMs: number; bytes: Uint8Array }[] = [];
  const resets: string[] = [];
  const underway: { atMs: number; bytes: Uint8Array }[] = [];
  let tickMs: number | null = 0;

  const take = (step: Step, atMs: number): void => {
    for (const observation of step.observations) observations.push({ ...observation, atMs });
    for (const rejection of step.rejected) rejected.push({ ...rejection, atMs });
    if (step.reset) resets.push(step.reset);
    for (const bytes of step.send) {
      asked.push({ atMs, bytes });
      for (const meter of meters)
        for (const { afterMs, bytes: answer } of meter(bytes, atMs))
          underway.push({ atMs: atMs + afterMs, bytes: answer });
    }
    tickMs = step.nextTickMs;
  };

  for (;;) {
    underway.sort((a, b) => a.atMs - b.atMs);
    const arrival = underway[0]?.atMs ?? Number.POSITIVE_INFINITY;
    const due = tickMs ?? Number.POSITIVE_INFINITY;
    if (Math.min(arrival, due) > forMs) break;
    if (arrival <= due) {
      const { bytes } = underway.shift() as { bytes: Uint8Array };
      take(session.receive({ bytes }, arrival), arrival);
    } else take(session.tick(due), due);
  }
  return { observations, rejected, asked, resets };
}
