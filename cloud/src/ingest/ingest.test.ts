import { decodeBatch, encodeBatch, encodeCbor, signSeal } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listAlarms, listQuarantined } from '../database/quarantine.ts';
import { type CoreFixture, openCoreFixture } from '../testing/core-fixture.ts';
import { createAgent, energy, type FixtureBatch, newSigner } from '../testing/site-fixture.ts';

let fixture: CoreFixture;
beforeEach(async () => {
  fixture = await openCoreFixture();
});
afterEach(() => fixture.dispose());

const send = (firstIndex: number, ...batches: readonly { bytes: Uint8Array }[]) =>
  fixture.core.ingest.batches(
    fixture.site.origin,
    firstIndex,
    batches.map(({ bytes }) => bytes),
  );

function seal(count: number, times: number): FixtureBatch[] {
  const { agent, enter } = fixture.site;
  const batches = Array.from({ length: times }, () => agent.seal(Array(count).fill({})));
  enter(...batches);
  return batches;
}

const alarms = async () => (await fixture.core.database.read(listAlarms)).map(({ code }) => code);
const quarantine = () =>
  fixture.core.database.read((sql) => listQuarantined(sql, fixture.site.origin));
const state = () => fixture.core.ingest.state(fixture.site.origin);
async function values(): Promise<number[]> {
  await fixture.core.idle();
  const name = { agent: fixture.site.agent.name, source: 'house-17', device: 'meter' };
  const all = { from: 0, to: 1e15, points: 10_000 };
  return [
    ...((await fixture.core.store.range({ ...name, field: 'energy.import' }, all))?.values ?? []),
  ];
}

describe('batches', () => {
  it('are taken in the order of the site log and can be queried', async () => {
    const [a, b, c] = seal(3, 3) as [FixtureBatch, FixtureBatch, FixtureBatch];
    expect(await send(0, a, b)).toEqual({ next: 2, quarantined: [] });
    expect(await send(2, c)).toEqual({ next: 3, quarantined: [] });
    expect(await values()).toEqual([0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5]);
    expect(await state()).toMatchObject({ next: 3 });
  });

  it('sent again change nothing, whole or overlapping', async () => {
    const [a, b, c] = seal(2, 3) as [FixtureBatch, FixtureBatch, FixtureBatch];
    await send(0, a, b);
    expect(await send(0, a, b)).toEqual({ next: 2, quarantined: [] });
    expect(await send(1, b, c)).toEqual({ next: 3, quarantined: [] });
    expect(await send(0)).toEqual({ next: 3, quarantined: [] });
    expect(await values()).toHaveLength(6);
    expect(await alarms()).toEqual([]);
  });

  it('sent twice at the same time are taken once', async () => {
    const [a] = seal(2, 1) as [FixtureBatch];
    expect(await Promise.all([send(0, a), send(0, a)])).toEqual([
      { next: 1, quarantined: [] },
      { next: 1, quarantined: [] },
    ]);
    expect(await values()).toHaveLength(2);
  });

  it('beyond what is expected are refused with the index expected', async () => {
    const [, b] = seal(1, 2) as [FixtureBatch, FixtureBatch];
    await expect(send(1, b)).rejects.toMatchObject({ code: 'ENTRIES_MISSING', facts: { next: 0 } });
  });

  it('with another seal under an index we hold are a fork: refused, with an alarm', async () => {
    const clone = fixture.site.agent.clone();
    const [a] = seal(1, 1) as [FixtureBatch];
    await send(0, a);
    await expect(send(0, clone.seal([{}]))).rejects.toMatchObject({
      code: 'ENTRY_CONFLICT',
      facts: { next: 1, index: 0 },
    });
    expect(await alarms()).toEqual(['ENTRY_CONFLICT']);
  });

  it('of a log that no record names are refused', async () => {
    const agent = createAgent('sigill.example/other');
    await expect(
      fixture.core.ingest.batches('sigill.example/other', 0, [agent.seal([{}]).bytes]),
    ).rejects.toMatchObject({ code: 'ORIGIN_UNKNOWN' });
  });

  it('of a closed log are refused', async () => {
    await fixture.core.register.admit(fixture.site.revise({ slot: 'closed' }));
    await expect(send(0, ...seal(1, 1))).rejects.toMatchObject({ code: 'ORIGIN_CLOSED' });
  });

  it('of too many gateways at once are told to come again', async () => {
    const [a] = seal(1, 1) as [FixtureBatch];
    const answers = await Promise.allSettled(Array.from({ length: 17 }, () => send(0, a)));
    const refused = answers.filter(({ status }) => status === 'rejected');
    expect(refused).toMatchObject([{ reason: { code: 'INGEST_BUSY', retryable: true } }]);
    expect(await send(0, a)).toEqual({ next: 1, quarantined: [] });
  });

  it('out of which no seal can be read are no entries: the whole request is refused', async () => {
    const [a] = seal(1, 1) as [FixtureBatch];
    await expect(send(0, a, { bytes: new Uint8Array([0x83, 1, 2, 3]) })).rejects.toMatchObject({
      code: 'BATCH_UNREADABLE',
      facts: { next: 0, index: 1 },
    });
    expect(await state()).toMatchObject({ next: 0 });
  });
});

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
    const good = seal(2, 1);
    const poison = spoil(() => agent.seal([{}, {}]));
    enter(poison as FixtureBatch);
    const after = seal(2, 1);
    const answer = await send(0, ...good, poison, ...after);
    expect(answer).toMatchObject({ next: 3, quarantined: [{ index: 1, code }] });
    expect(await values()).toEqual([0.5, 1.5, 4.5, 5.5]);
    expect(await quarantine()).toMatchObject([{ entry: 1, code }]);
    await fixture.core.ingest.receipt(fixture.site.checkpoint());
    expect(await send(3, ...seal(2, 1))).toEqual({ next: 4, quarantined: [] });
    expect(await values()).toHaveLength(6);
  });

  it('does not stop its agent either when the seal itself is forged', async () => {
    const { agent, enter } = fixture.site;
    const good = seal(1, 1);
    const clone = agent.clone();
    const forged = createAgent(fixture.site.origin, {
      ...newSigner(),
      publicKey: agent.signer.publicKey,
    }).seal([{}]);
    enter(forged);
    const after = clone.seal([{}]);
    enter(after);
    expect(await send(0, ...good, forged, after)).toMatchObject({
      next: 3,
      quarantined: [{ index: 1, code: 'SIGNATURE_INVALID' }],
    });
    expect(await values()).toEqual([0.5, 1.5]);
  });

  it('of an agent nobody enrolled is refused by name', async () => {
    const stranger = createAgent(fixture.site.origin);
    expect(await send(0, stranger.seal([{}]))).toMatchObject({
      quarantined: [{ index: 0, code: 'AGENT_UNKNOWN' }],
    });
  });

  it('of a revoked agent is refused, with an alarm', async () => {
    await send(0, ...seal(1, 1));
    await fixture.core.register.admit(fixture.site.revise({ agent: 'revoked' }));
    expect(await send(1, ...seal(1, 1))).toMatchObject({
      next: 2,
      quarantined: [{ index: 1, code: 'AGENT_REVOKED' }],
    });
    expect(await alarms()).toEqual(['AGENT_REVOKED']);
    expect(await values()).toHaveLength(1);
  });

  it('for another log is refused', async () => {
    const elsewhere = createAgent('sigill.example/other', fixture.site.agent.signer);
    expect(await send(0, elsewhere.seal([{}]))).toMatchObject({
      quarantined: [{ index: 0, code: 'BATCH_LOG' }],
    });
  });

  it('whose number is ahead of the chain is refused, and the chain goes on behind it', async () => {
    const { agent, enter } = fixture.site;
    agent.seal([{}]);
    const ahead = agent.seal([{}]);
    const next = agent.seal([{}]);
    enter(ahead, next);
    expect(await send(0, ahead, next)).toMatchObject({
      next: 2,
      quarantined: [{ index: 0, code: 'BATCH_LINK' }],
    });
    expect(await values()).toEqual([2.5]);
  });

  it('with a number the agent used before is a cloned card: refused, with an alarm', async () => {
    const clone = fixture.site.agent.clone();
    const good = seal(1, 2);
    const other = clone.seal([{ fields: [energy('99')] }]);
    expect(await send(0, ...good, other)).toMatchObject({
      next: 3,
      quarantined: [{ index: 2, code: 'BATCH_CONFLICT' }],
    });
    expect(await alarms()).toEqual(['BATCH_CONFLICT']);
    fixture.site.enter(other);
    expect(await send(3, ...seal(1, 1))).toEqual({ next: 4, quarantined: [] });
    expect(await values()).toEqual([0.5, 1.5, 2.5]);
  });

  it('is kept once however often it comes, and its bytes can be looked at', async () => {
    const stranger = createAgent(fixture.site.origin).seal([{}]);
    await send(0, stranger);
    await send(0, stranger);
    expect(await quarantine()).toHaveLength(1);
  });
});

describe('a checkpoint', () => {
  it('of what we hold is answered with its size and root', async () => {
    await send(0, ...seal(2, 3));
    const note = fixture.site.checkpoint();
    const receipt = await fixture.core.ingest.receipt(note);
    expect(receipt).toEqual({ origin: fixture.site.origin, size: 3, root: fixture.site.root(3) });
    expect(await fixture.core.ingest.receipt(note)).toEqual(receipt);
    expect(await state()).toMatchObject({ next: 3, checkpointSize: 3 });
  });

  it('of fewer entries than we hold is answered too', async () => {
    await send(0, ...seal(1, 5));
    expect(await fixture.core.ingest.receipt(fixture.site.checkpoint(2))).toMatchObject({
      size: 2,
    });
  });

  it('of more than we hold is told what is missing', async () => {
    const [a] = seal(1, 2) as [FixtureBatch];
    await send(0, a);
    await expect(fixture.core.ingest.receipt(fixture.site.checkpoint())).rejects.toMatchObject({
      code: 'ENTRIES_MISSING',
      facts: { next: 1 },
    });
  });

  it('with another root than our entries is refused with an alarm, and entries nobody signed for are asked again', async () => {
    await send(0, ...seal(1, 2));
    await fixture.core.ingest.receipt(fixture.site.checkpoint());
    const { agent, enter } = fixture.site;
    const damaged = agent.clone().seal([{}]);
    await send(2, damaged);
    const real = agent.seal([{}]);
    enter(real);
    const note = fixture.site.checkpoint();
    await expect(fixture.core.ingest.receipt(note)).rejects.toMatchObject({
      code: 'CHECKPOINT_ROOT',
      facts: { next: 2 },
    });
    expect(await alarms()).toEqual(['CHECKPOINT_ROOT']);
    expect(await send(2, real)).toMatchObject({
      next: 3,
      quarantined: [{ code: 'ARCHIVE_CONFLICT' }],
    });
    expect(await fixture.core.ingest.receipt(note)).toMatchObject({ size: 3 });
    expect(await send(3, ...seal(1, 1))).toEqual({ next: 4, quarantined: [] });
  });

  it('that rewrites what an earlier one fixed is refused for ever', async () => {
    await send(0, ...seal(1, 2));
    await fixture.core.ingest.receipt(fixture.site.checkpoint());
    fixture.site.seals[1] = signSeal(new Uint8Array([1]), newSigner());
    const note = fixture.site.checkpoint();
    for (let i = 0; i < 2; i++) {
      await expect(fixture.core.ingest.receipt(note)).rejects.toMatchObject({
        code: 'CHECKPOINT_ROOT',
        facts: { next: 2 },
      });
    }
    expect(await alarms()).toEqual(['CHECKPOINT_ROOT']);
    expect(await state()).toMatchObject({ next: 2, checkpointSize: 2 });
  });

  it('by another key, or that is none, is refused', async () => {
    await send(0, ...seal(1, 1));
    const note = fixture.site.checkpoint();
    const forged = note.replace(/base64|[A-Za-z0-9+/]{20}=?\n$/, (text) =>
      text.replace(/[a-m]/, 'z'),
    );
    await expect(fixture.core.ingest.receipt(forged)).rejects.toMatchObject({
      code: 'CHECKPOINT_REFUSED',
    });
    await expect(fixture.core.ingest.receipt('hello')).rejects.toMatchObject({
      code: 'REQUEST_FORM',
    });
    await expect(
      fixture.core.ingest.receipt(note.replaceAll(fixture.site.origin, 'sigill.example/other')),
    ).rejects.toMatchObject({ code: 'ORIGIN_UNKNOWN' });
  });
});

describe('a restart', () => {
  it('forgets nothing and repeats nothing', async () => {
    const batches = seal(3, 4);
    await send(0, ...batches.slice(0, 2));
    await fixture.core.ingest.receipt(fixture.site.checkpoint(2));
    await fixture.restart();
    expect(await state()).toMatchObject({ next: 2, checkpointSize: 2 });
    expect(await send(1, ...batches.slice(1))).toEqual({ next: 4, quarantined: [] });
    expect(await values()).toHaveLength(12);
  });

  it('between archive and database lets the batch come again', async () => {
    const [a, b] = seal(2, 2) as [FixtureBatch, FixtureBatch];
    await send(0, a);
    await fixture.core.archive.append({ agent: fixture.site.agent.id, batch: 1 }, b.bytes);
    await fixture.restart();
    expect(await send(1, b)).toEqual({ next: 2, quarantined: [] });
    expect(await values()).toHaveLength(4);
  });

  it('before the readings were written brings them from the archive', async () => {
    const batches = seal(2, 100);
    await send(0, ...batches);
    await fixture.restart();
    expect(await values()).toHaveLength(200);
  });
});
