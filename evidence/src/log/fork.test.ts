import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../bytes/bytes.ts';
import { testTextCodec } from '../testing/codec-contract.ts';
import { testSigner } from '../testing/key-fixture.ts';
import { createSiteLog } from '../testing/site-fixture.ts';
import { logKey, signCheckpoint } from './checkpoint.ts';
import { consistencyPath } from './consistency.ts';
import { judgeFork } from './fork.ts';
import { type ForkFile, formatFork, judgeForkFile, parseFork } from './fork-file.ts';
import { EMPTY_ROOT } from './merkle-tree.ts';

const ORIGIN = 'sigill.example/test/house';
const COMMON = 5;
// One key, two boxes: the same beginning, then each its own entries.
const [here, there] = ['here', 'there'].map((box) => {
  const log = createSiteLog(ORIGIN, { now: 0, beacon: null });
  for (let entry = 0; entry < 12; entry += 1)
    log.append(utf8(entry < COMMON ? String(entry) : `${box} ${entry}`));
  return log;
}) as [ReturnType<typeof createSiteLog>, ReturnType<typeof createSiteLog>];
const key = logKey(ORIGIN, here.signer.publicKey);
const beginning = (log: typeof here, at: number, size: number) => ({
  root: log.rootAt(at),
  path: consistencyPath(at, size, createHashes(log, size)),
});
const createHashes = (log: typeof here, size: number) => {
  const part = createSiteLog(ORIGIN, { now: 0, beacon: null });
  for (const entry of log.entries.slice(0, size)) part.append(entry);
  return part.hashes();
};

describe('two signed heads of one log', () => {
  it('of one size with two roots are a fork, in either order', () => {
    const heads = [here.checkpoint(8), there.checkpoint(8)] as const;
    const fork = { kind: 'fork', origin: ORIGIN, size: 8 };
    expect(judgeFork(heads[0], heads[1], key)).toEqual(fork);
    expect(judgeFork(heads[1], heads[0], key)).toEqual(fork);
  });

  it('that are the same head are one history, whoever cosigned which', () => {
    const note = here.checkpoint(COMMON);
    const cosigned = `${note}— witness.example/w AAAAAAAAAAAA\n`;
    expect(judgeFork(note, there.checkpoint(COMMON), key).kind).toBe('one history');
    expect(judgeFork(note, cosigned, key).kind).toBe('one history');
  });

  it('of different sizes show nothing by themselves: the log may have refused to prove', () => {
    expect(judgeFork(here.checkpoint(8), there.checkpoint(9), key).kind).toBe('not shown');
    expect(judgeFork(here.checkpoint(4), here.checkpoint(9), key).kind).toBe('not shown');
  });

  it('of different sizes are a fork where the larger is shown to have begun otherwise', () => {
    const heads = [here.checkpoint(8), there.checkpoint(12)] as const;
    const shown = beginning(there, 8, 12);
    expect(judgeFork(...heads, key, shown)).toEqual({ kind: 'fork', origin: ORIGIN, size: 8 });
    expect(judgeFork(heads[1], heads[0], key, shown).kind).toBe('fork');
  });

  it('of which one continues the other are one history', () => {
    const heads = [here.checkpoint(8), here.checkpoint(12)] as const;
    expect(judgeFork(...heads, key, beginning(here, 8, 12)).kind).toBe('one history');
    const common = [here.checkpoint(3), there.checkpoint(12)] as const;
    expect(judgeFork(...common, key, beginning(there, 3, 12)).kind).toBe('one history');
  });

  it('of which one says that nothing has a root are a fork by themselves', () => {
    const nothing = (root: Uint8Array) =>
      signCheckpoint({ origin: ORIGIN, size: 0, root }, here.signer);
    expect(judgeFork(nothing(here.rootAt(2)), here.checkpoint(8), key).kind).toBe('fork');
    expect(judgeFork(nothing(EMPTY_ROOT), here.checkpoint(8), key).kind).toBe('one history');
  });
});

describe('nobody is accused of a fork', () => {
  const note = here.checkpoint(8);

  it.each([
    ['by a head that another key signed', () => signed(8, testSigner('thief'))],
    ['by a head that was changed', () => there.checkpoint(8).replace('\n8\n', '\n9\n')],
    ['by a head without a signature', () => 'x'],
    ['by the head of another log', () => elsewhere()],
  ])('%s', (_, other) => {
    expect(() => judgeFork(note, other(), key)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^(NOTE|SIGNATURE|CHECKPOINT)_/) }),
    );
  });

  it.each([
    ['of another size', beginning(there, 7, 12)],
    ['with a root made up', { ...beginning(there, 8, 12), root: here.rootAt(9) }],
    ['with no path', { root: there.rootAt(8), path: [] }],
    ['of another log', beginning(here, 8, 12)],
  ])('by a beginning %s', (_, shown) => {
    expect(() => judgeFork(note, there.checkpoint(12), key, shown)).toThrow(
      expect.objectContaining({ code: 'CONSISTENCY_PROOF' }),
    );
  });

  function signed(size: number, signer: typeof here.signer): string {
    return signCheckpoint({ origin: ORIGIN, size, root: there.rootAt(size) }, signer);
  }

  function elsewhere(): string {
    const root = there.rootAt(8);
    return signCheckpoint({ origin: `${ORIGIN}/2`, size: 8, root }, here.signer);
  }
});

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
testTextCodec<ForkFile>('a fork file', {
  encode: formatFork,
  decode: parseFork,
  values: fc.record({
    log: fc.constant(key),
    notes: fc.tuple(fc.string(), fc.string()),
    beginning: fc.option(fc.record({ root: hash, path: fc.array(hash, { maxLength: 54 }) })),
  }),
});

describe('a fork file', () => {
  const file: ForkFile = {
    log: key,
    notes: [here.checkpoint(8), there.checkpoint(12)],
    beginning: beginning(there, 8, 12),
  };

  it('is judged by what is in it', () => {
    expect(judgeForkFile(parseFork(formatFork(file))).kind).toBe('fork');
    expect(judgeForkFile({ ...file, beginning: null }).kind).toBe('not shown');
  });

  it.each([
    ['three notes', (text: string) => text.replace('"notes":[', '"notes":["x",')],
    ['a cosigner’s key', (text: string) => text.replace(/"log":"[^"]*"/, `"log":"${WITNESS}"`)],
    ['a key that is not told whole', (text: string) => text.replace('/house+', '/hause+')],
    ['another format', (text: string) => text.replace('@v1', '@v2')],
    ['no end', (text: string) => text + ' '.repeat(300_000)],
  ])('with %s is refused', (_, change) => {
    expect(() => parseFork(change(formatFork(file)))).toThrow(
      expect.objectContaining({ name: 'EvidenceError' }),
    );
  });

  const WITNESS = 'witness.example/w1+d7744454+BPck7Ua4dLPhmJVWe2MJG+7FPf0ffZ5EmxoPjVCX221W';
});
