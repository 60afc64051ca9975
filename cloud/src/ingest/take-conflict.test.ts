import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listAlarms } from '../database/quarantine.ts';
import { type IngestFixture, openIngestFixture } from '../testing/ingest-fixture.ts';
import { createAgent, energy } from '../testing/site-fixture.ts';
import type { ToldConflict } from './take-conflict.ts';

let fixture: IngestFixture;
let seal: Uint8Array;

beforeEach(async () => {
  fixture = await openIngestFixture();
  await fixture.send(0, ...fixture.seal(1, 1));
  const clone = fixture.site.agent.clone();
  await fixture.send(1, ...fixture.seal(1, 2));
  ({ seal } = clone.seal([{ fields: [energy('99')] }]));
});
afterEach(() => fixture.dispose());

const tell = (change: Partial<ToldConflict> = {}) =>
  fixture.core.ingest.conflict({
    ...{ origin: fixture.site.origin, rev: 0, kind: 'rollback', seal },
    ...change,
  });
const alarms = () => fixture.core.database.read(listAlarms);

describe('two histories of an agent, told by its gateway', () => {
  it('are an alarm that says what the operator does, and once for one trouble', async () => {
    await tell();
    await tell();
    const [alarm, ...more] = await alarms();
    expect(more).toEqual([]);
    expect(alarm).toMatchObject({ code: 'BATCH_CONFLICT', times: 2 });
    expect(alarm?.about).toBe(`agent ${fixture.site.agent.name} under revision 0`);
    expect(alarm?.detail).toContain('let the key in again (sigill cloud approve cloud.yaml');
  });

  it('are understood anew when the gateway has met two boxes', async () => {
    await tell();
    await tell({ kind: 'clone' });
    expect((await alarms())[0]?.detail).toContain('its card was copied and both run');
  });

  it('are settled by the operator’s next record, and not raised again by an older word', async () => {
    await tell();
    await fixture.core.register.admit(fixture.site.revise({}));
    expect(await alarms()).toEqual([]);
    await tell();
    expect(await alarms()).toEqual([]);
    await tell({ rev: 1 });
    expect(await alarms()).toHaveLength(1);
  });

  it('that follow another header than the one held are proven by that', async () => {
    const clone = fixture.site.agent.clone();
    clone.seal([{ fields: [energy('7')] }]);
    const after = clone.seal([{}]);
    await fixture.send(3, ...fixture.seal(1, 1));
    await tell({ seal: after.seal });
    expect(await alarms()).toHaveLength(1);
  });

  it('that nothing proves are refused', async () => {
    const refusal = { code: 'CONFLICT_UNPROVEN' };
    await expect(tell({ seal: fixture.site.seals[1] as Uint8Array })).rejects.toMatchObject(
      refusal,
    );
    const stranger = createAgent(fixture.site.origin).seal([{}]);
    await expect(tell({ seal: stranger.seal })).rejects.toMatchObject(refusal);
    const elsewhere = createAgent('sigill.example/other', fixture.site.agent.signer).seal([{}]);
    await expect(tell({ seal: elsewhere.seal })).rejects.toMatchObject(refusal);
    await expect(tell({ seal: new Uint8Array(9) })).rejects.toMatchObject(refusal);
    expect(await alarms()).toEqual([]);
  });

  it('wait for the entries that prove them', async () => {
    const [, later] = [fixture.site.agent.seal([{}]), fixture.site.agent.seal([{}])];
    await expect(tell({ seal: later.seal })).rejects.toMatchObject({ code: 'ENTRIES_MISSING' });
  });
});
