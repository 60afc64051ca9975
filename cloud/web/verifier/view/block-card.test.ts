import { expect, it } from 'vitest';
import { hashIn } from './block-card.ts';

const HASH = 'a3c282c6d05284bd9c074dd9a49467a1f495a18706df008892c9aa314c5baa56';

it('finds the one hash in what was pasted, with or without 0x, in either case, with words around it', () => {
  for (const text of [HASH, `0x${HASH}`, ` 0x${HASH.toUpperCase()}\n`, `"hash":"0x${HASH}",`])
    expect(hashIn(text)).toBe(HASH);
});

it('finds none in what is shorter, longer or two', () => {
  for (const text of ['', HASH.slice(1), `${HASH}0`, `${HASH} ${HASH.replace('a', 'b')}`])
    expect(hashIn(text)).toBeNull();
});
