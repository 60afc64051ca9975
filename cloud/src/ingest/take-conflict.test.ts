import { createSign1, encodeCbor, type Signer } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listAlarms } from '../database/quarantine.ts';
import { type IngestFixture, openIngestFixture } from '../testing/ingest-fixture.ts';
import { createAgent, energy, newSigner } from '../testing/site-fixture.ts';

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

interface Told {
  readonly rev: number;
  readonly kind: string;
  readonly agent: Uint8Array;
  readonly batch: number;
  readonly seal: Uint8Array | null;
  readonly key: Signer;
}

function tell(change: Partial<Told> = {}): Promise<void> {
  const { origin, agent, log } = fixture.site;
  const told: Told = {
    rev: 0,
    kind: 'rollback',
    agent: agent.id,
    batch: 1,
    seal,
    key: log,
    ...change,
  };
  const said = [origin, told.rev, told.kind, told.agent, told.batch, told.seal];
  const signed = createSign1(encodeCbor(['sigill.conflict.1', ...said]), told.key);
  return fixture.core.ingest.conflict(origin, signed);
}

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
    await expect(tell({ seal: null })).rejects.toMatchObject(refusal);
    await expect(tell({ agent: new Uint8Array(16) })).rejects.toMatchObject(refusal);
    await expect(tell({ kind: 'other' })).rejects.toMatchObject(refusal);
    expect(await alarms()).toEqual([]);
  });

  it('that another signs than the log’s owner are refused', async () => {
    await expect(tell({ key: newSigner() })).rejects.toMatchObject({ code: 'REQUEST_SIGNATURE' });
    await expect(
      fixture.core.ingest.conflict(fixture.site.origin, new Uint8Array(3)),
    ).rejects.toMatchObject({ code: 'REQUEST_SIGNATURE' });
  });

  it('are believed of two boxes on the gateway’s word alone', async () => {
    await tell({ kind: 'clone', seal: null });
    expect((await alarms())[0]?.detail).toContain('its card was copied and both run');
  });

  it('wait for the entries that prove them', async () => {
    const [, later] = [fixture.site.agent.seal([{}]), fixture.site.agent.seal([{}])];
    await expect(tell({ seal: later.seal })).rejects.toMatchObject({ code: 'ENTRIES_MISSING' });
  });
});
