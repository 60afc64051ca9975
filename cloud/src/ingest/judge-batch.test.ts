import { decodeBatch, encodeBatch, encodeCbor } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IngestFixture, openIngestFixture } from '../testing/ingest-fixture.ts';
import { createAgent, energy, type FixtureBatch, newSigner } from '../testing/site-fixture.ts';

let fixture: IngestFixture;
beforeEach(async () => {
  fixture = await openIngestFixture();
});
afterEach(() => fixture.dispose());

describe('a batch that is not believed', () => {
  const poisons: readonly [
    string,
    string,
    (next: () => FixtureBatch) => { bytes: Uint8Array; seal: Uint8Array },
  ][] = [
    [
      'a reading was changed',
      'BATCH_ROOT',
      (next) => {
        const batch = next();
        const { readings, frames } = decodeBatch(batch.bytes);
        const changed = readings.map((bytes) =>
          Uint8Array.from(bytes, (b, i) => (i === 60 ? b ^ 1 : b)),
        );
        return {
          seal: batch.seal,
          bytes: encodeBatch({ seal: batch.seal, readings: changed, frames }),
        };
      },
    ],
    [
      'what follows the seal is no batch',
      'BATCH_FORM',
      (next) => {
        const { seal } = next();
        return { seal, bytes: encodeCbor([seal, 7, null]) };
      },
    ],
    [
      'a reading is no reading',
      'BATCH_ROOT',
      (next) => {
        const { seal } = next();
        return {
          seal,
          bytes: encodeBatch({
            seal,
            readings: [new Uint8Array(40), new Uint8Array(41)],
            frames: [null, null],
          }),
        };
      },
    ],
    [
      'readings are missing',
      'BATCH_SEQUENCE',
      (next) => {
        const { seal } = next();
        return { seal, bytes: encodeBatch({ seal, readings: [], frames: [] }) };
      },
    ],
  ];

  it.each(poisons)('goes into quarantine and the next is taken: %s', async (_, code, spoil) => {
    const { agent, enter } = fixture.site;
    const good = fixture.seal(2, 1);
    const poison = spoil(() => agent.seal([{}, {}]));
    enter(poison as FixtureBatch);
    const after = fixture.seal(2, 1);
    const answer = await fixture.send(0, ...good, poison, ...after);
    expect(answer).toMatchObject({ next: 3, quarantined: [{ index: 1, code }] });
    expect(await fixture.values()).toEqual([0.5, 1.5, 4.5, 5.5]);
    expect(await fixture.quarantine()).toMatchObject([{ entry: 1, code }]);
    await fixture.core.ingest.receipt(fixture.site.checkpoint());
    expect(await fixture.send(3, ...fixture.seal(2, 1))).toEqual({ next: 4, quarantined: [] });
    expect(await fixture.values()).toHaveLength(6);
  });

  it('does not stop its agent either when the seal itself is forged', async () => {
    const { agent, enter } = fixture.site;
    const good = fixture.seal(1, 1);
    const clone = agent.clone();
    const forged = createAgent(fixture.site.origin, {
      ...newSigner(),
      publicKey: agent.signer.publicKey,
    }).seal([{}]);
    enter(forged);
    const after = clone.seal([{}]);
    enter(after);
    expect(await fixture.send(0, ...good, forged, after)).toMatchObject({
      next: 3,
      quarantined: [{ index: 1, code: 'SIGNATURE_INVALID' }],
    });
    expect(await fixture.values()).toEqual([0.5, 1.5]);
  });

  it('of an agent nobody enrolled is refused by name', async () => {
    const stranger = createAgent(fixture.site.origin);
    expect(await fixture.send(0, stranger.seal([{}]))).toMatchObject({
      quarantined: [{ index: 0, code: 'AGENT_UNKNOWN' }],
    });
  });

  it('of a revoked agent is refused, with an alarm', async () => {
    await fixture.send(0, ...fixture.seal(1, 1));
    await fixture.core.register.admit(fixture.site.revise({ agent: 'revoked' }));
    expect(await fixture.send(1, ...fixture.seal(1, 1))).toMatchObject({
      next: 2,
      quarantined: [{ index: 1, code: 'AGENT_REVOKED' }],
    });
    expect(await fixture.alarms()).toEqual(['AGENT_REVOKED']);
    expect(await fixture.values()).toHaveLength(1);
  });

  it('for another log is refused', async () => {
    const elsewhere = createAgent('sigill.example/other', fixture.site.agent.signer);
    expect(await fixture.send(0, elsewhere.seal([{}]))).toMatchObject({
      quarantined: [{ index: 0, code: 'BATCH_LOG' }],
    });
  });

  it('whose number is ahead of the chain is refused, and the chain goes on behind it', async () => {
    const { agent, enter } = fixture.site;
    agent.seal([{}]);
    const ahead = agent.seal([{}]);
    const next = agent.seal([{}]);
    enter(ahead, next);
    expect(await fixture.send(0, ahead, next)).toMatchObject({
      next: 2,
      quarantined: [{ index: 0, code: 'BATCH_LINK' }],
    });
    expect(await fixture.values()).toEqual([2.5]);
  });

  it('with a number the agent used before is a cloned card: refused, with an alarm', async () => {
    const clone = fixture.site.agent.clone();
    const good = fixture.seal(1, 2);
    const other = clone.seal([{ fields: [energy('99')] }]);
    expect(await fixture.send(0, ...good, other)).toMatchObject({
      next: 3,
      quarantined: [{ index: 2, code: 'BATCH_CONFLICT' }],
    });
    expect(await fixture.alarms()).toEqual(['BATCH_CONFLICT']);
    fixture.site.enter(other);
    expect(await fixture.send(3, ...fixture.seal(1, 1))).toEqual({ next: 4, quarantined: [] });
    expect(await fixture.values()).toEqual([0.5, 1.5, 2.5]);
  });

  it('is kept once however often it comes, and its bytes can be looked at', async () => {
    const stranger = createAgent(fixture.site.origin).seal([{}]);
    await fixture.send(0, stranger);
    await fixture.send(0, stranger);
    expect(await fixture.quarantine()).toHaveLength(1);
  });
});
