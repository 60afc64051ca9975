import { cosign, formatNoteKey, parseNote, parseWitnessQuorum } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CoreFixture, openCoreFixture } from '../testing/core-fixture.ts';
import { newSigner } from '../testing/site-fixture.ts';
import { checkpointToShow } from './witnessed-checkpoint.ts';

const NAMES = ['w0', 'w1', 'w2'] as const;
const witnesses = NAMES.map((name) => ({ name, signer: newSigner() }));
const quorum = (line: string) =>
  parseWitnessQuorum([
    ...witnesses.map(
      ({ name, signer }) =>
        `witness ${name} ${formatNoteKey({ name, type: 4, publicKey: signer.publicKey })}`,
    ),
    'group two 2 w0 w1 w2',
    `quorum ${line}`,
  ]);

let fixture: CoreFixture;
beforeEach(async () => {
  fixture = await openCoreFixture();
});
afterEach(() => fixture.dispose());

/** One batch more, and a checkpoint that these cosigned. */
async function grow(...seenBy: readonly string[]): Promise<void> {
  const { site, core } = fixture;
  const batch = site.agent.seal([{}]);
  await core.ingest.batches(site.origin, site.seals.length, [batch.bytes]);
  site.enter(batch);
  const note = site.checkpoint();
  const lines = witnesses
    .filter(({ name }) => seenBy.includes(name))
    .map(({ name, signer }) => cosign(parseNote(note).text, name, signer, 1_790_000_000));
  await core.ingest.receipt(note);
  await core.ingest.receipt(note + lines.join(''));
}

const shown = (entry: number, line = 'two') =>
  fixture.core.database.read(async (sql) => {
    const { origin } = fixture.site;
    return (await checkpointToShow(sql, { origin, entry }, quorum(line))).size;
  });

describe('the checkpoint that an entry is shown under', () => {
  it('is the smallest that the policy’s witnesses saw: one that was away has seen a later one', async () => {
    await grow('w0');
    await grow('w1');
    await grow('w0', 'w2');
    await grow('w0', 'w1', 'w2');
    expect(await shown(0)).toBe(3);
    expect(await shown(2)).toBe(3);
    expect(await shown(3)).toBe(4);
  });

  it('is the smallest where none was seen by enough, or nobody is asked for', async () => {
    await grow('w0');
    await grow('w1');
    expect(await shown(0)).toBe(1);
    expect(await shown(0, 'none')).toBe(1);
  });

  it('is the newest after a long time in which a quorum was away', async () => {
    for (let count = 0; count < 40; count += 1) await grow('w0');
    await grow('w0', 'w1');
    expect(await shown(0)).toBe(41);
  });
});
