/** For tests of a site whose log was closed: a core, and gateways of one generation after another. */
import type { Witness } from '../witness/witness.ts';
import { type CoreFixture, openCoreFixture } from './core-fixture.ts';
import type { FixtureAgent, FixtureBatch, FixtureReading, FixtureSite } from './site-fixture.ts';

export interface GenerationsFixture extends CoreFixture {
  /** One more batch of the site's agent, or of another, in its log and at the cloud. */
  send(
    site: FixtureSite,
    readings?: readonly FixtureReading[],
    agent?: FixtureAgent,
  ): Promise<FixtureBatch>;
  /** The log's newest checkpoint, with our receipt and our witness's cosignature. */
  checkpoint(site: FixtureSite): Promise<string>;
  /** Both records are signed and here: the log is closed, and its next generation open. */
  goOn(site: FixtureSite, size?: number): Promise<FixtureSite>;
}

export async function openGenerationsFixture(): Promise<GenerationsFixture> {
  const fixture = await openCoreFixture();
  const cosigned = new Map<string, number>();
  return {
    ...fixture,
    get core() {
      return fixture.core;
    },
    async send(site, readings = [{}], agent = site.agent) {
      const batch = agent.seal(readings);
      const index = site.seals.length;
      site.enter(batch);
      await fixture.core.ingest.batches(site.origin, index, [batch.bytes]);
      return batch;
    },
    async checkpoint(site) {
      const note = site.checkpoint();
      await fixture.core.ingest.receipt(note);
      const body = site.addCheckpoint(cosigned.get(site.origin) ?? 0, note);
      await (fixture.core.witness as Witness).addCheckpoint(body);
      cosigned.set(site.origin, site.seals.length);
      return note;
    },
    async goOn(site, size) {
      const next = site.continue(size);
      await fixture.core.register.admit(site.slotRecord());
      await fixture.core.register.admit(next.slotRecord());
      return next;
    },
  };
}
