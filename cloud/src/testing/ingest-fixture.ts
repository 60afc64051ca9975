/** For tests of what comes in: a core, and a gateway that seals, enters and sends. */
import { listAlarms, listQuarantined, type QuarantineRow } from '../database/quarantine.ts';
import type { IngestState } from '../ingest/ingest.ts';
import type { BatchesTaken } from '../ingest/take-batches.ts';
import { type CoreFixture, openCoreFixture } from './core-fixture.ts';
import type { FixtureBatch } from './site-fixture.ts';

export interface IngestFixture extends CoreFixture {
  send(firstIndex: number, ...batches: readonly { bytes: Uint8Array }[]): Promise<BatchesTaken>;
  /** So many batches of so many readings, entered in the site log and not sent. */
  seal(readings: number, batches: number): FixtureBatch[];
  alarms(): Promise<string[]>;
  quarantine(): Promise<QuarantineRow[]>;
  state(): Promise<IngestState>;
  /** Of the meter's energy, once everything taken in is written. */
  values(): Promise<number[]>;
}

export async function openIngestFixture(): Promise<IngestFixture> {
  const fixture = await openCoreFixture();
  const { site } = fixture;
  return {
    ...fixture,
    get core() {
      return fixture.core;
    },
    send: (firstIndex, ...batches) =>
      fixture.core.ingest.batches(
        site.origin,
        firstIndex,
        batches.map(({ bytes }) => bytes),
      ),
    seal(readings, count) {
      const batches = Array.from({ length: count }, () =>
        site.agent.seal(Array(readings).fill({})),
      );
      site.enter(...batches);
      return batches;
    },
    alarms: async () => (await fixture.core.database.read(listAlarms)).map(({ code }) => code),
    quarantine: async () =>
      (
        await fixture.core.database.read((sql) => listQuarantined(sql, site.origin, 100))
      ).toReversed(),
    state: () => fixture.core.ingest.state(site.origin),
    async values() {
      await fixture.core.idle();
      const name = { agent: site.agent.name, source: 'house-17', device: 'meter' };
      const all = { from: 0, to: 1e15, points: 10_000 };
      const range = await fixture.core.store.range({ ...name, field: 'energy.import' }, all);
      return [...(range?.values ?? [])];
    },
  };
}
