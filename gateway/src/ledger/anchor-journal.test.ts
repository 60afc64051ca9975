import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnchorLeaf, LedgerProof } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAnchorJournal, type PendingAnchor } from './anchor-journal.ts';
import { rollRootOf } from './roll-root-fixture.ts';

const log = { chainId: 5, contract: new Uint8Array(20).fill(9) };
const pending: PendingAnchor = {
  rollRoot: '0x01',
  slots: 2,
  index: 3,
  nonce: 4,
  transactions: ['0x02', '0xab'],
  signedAt: 5,
};

const proof: LedgerProof = {
  header: Uint8Array.of(1),
  account: [Uint8Array.of(2)],
  storage: [[Uint8Array.of(3)], []],
};

describe('the anchor journal', () => {
  let directory: string;
  const open = () => openAnchorJournal(directory, log);
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'journal-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('is empty at first', async () => {
    const journal = await open();
    expect([journal.count, journal.pending, journal.proof]).toEqual([0, [], null]);
    expect(await journal.read(0, 10)).toEqual([]);
    await journal.close();
  });

  it('gives back after a restart what it was given', async () => {
    const first = await open();
    await first.settle([leaf(0), leaf(1)], proof, []);
    await first.settle([leaf(2)], proof, [pending]);
    await first.close();
    const second = await open();
    expect([second.count, second.pending, second.proof]).toEqual([3, [pending], proof]);
    expect(await second.read(1, 10)).toEqual([leaf(1), leaf(2)]);
    expect(await second.read(3, 10)).toEqual([]);
    await second.close();
  });

  it('cuts a torn tail, wherever it is torn, and goes on from there', async () => {
    for (const torn of [1, 91, 92 + 5]) {
      const path = join(directory, 'anchors.log');
      writeFileSync(path, '');
      const first = await open();
      await first.settle([leaf(0), leaf(1), leaf(2)], proof, []);
      await first.close();
      truncateSync(path, 3 * 92 - torn);
      const second = await open();
      const left = Math.floor((3 * 92 - torn) / 92);
      expect(second.count).toBe(left);
      await second.settle([leaf(left)], proof, []);
      expect(await second.read(0, 10)).toEqual(Array.from({ length: left + 1 }, (_, n) => leaf(n)));
      await second.close();
    }
  });

  it('cuts what power loss left as zeros', async () => {
    const first = await open();
    await first.settle([leaf(0)], proof, []);
    await first.close();
    appendFileSync(join(directory, 'anchors.log'), new Uint8Array(92 * 2));
    const second = await open();
    expect(second.count).toBe(1);
    await second.close();
  });

  it('refuses a record or a file that was changed', async () => {
    const first = await open();
    await first.settle([leaf(0), leaf(1)], proof, []);
    await first.close();
    const path = join(directory, 'anchors.log');
    const bytes = readFileSync(path);
    bytes[40]! ^= 1;
    writeFileSync(path, bytes);
    const second = await open();
    await expect(second.read(0, 1)).rejects.toMatchObject({ code: 'LEDGER_JOURNAL_DAMAGED' });
    await second.close();
    writeFileSync(join(directory, 'pending.json'), '[{');
    await expect(open()).rejects.toMatchObject({ code: 'LEDGER_JOURNAL_DAMAGED' });
  });
});

function leaf(index: number): AnchorLeaf {
  return {
    ...log,
    index,
    rollRoot: rollRootOf(index),
    slots: 2,
    blockNumber: index + 7,
    blockTime: 1_760_000_000,
    parentHash: rollRootOf(index + 100),
  };
}
