/** The vectors for other implementers: they are what the script makes, and our code answers them as they say. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import ed25519Vectors from './keys/ed25519.vectors.json' with { type: 'json' };
import p256Vectors from './keys/p256.vectors.json' with { type: 'json' };
import { vectorFiles } from './testing/vector-files-fixture.ts';
import { answerTo, type Json, QUESTIONS } from './testing/vector-questions-fixture.ts';
import type { Asked } from './testing/vector-world-fixture.ts';

const folder = new URL('../vectors/', import.meta.url);
const made = vectorFiles();
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');

interface VectorFile {
  readonly vectors: readonly (Asked & { readonly expected: Json })[];
}

describe('vectors', () => {
  it('are files for each question, and no others', () => {
    const there = readdirSync(folder).filter((name) => name.endsWith('.json'));
    expect(there.toSorted()).toEqual([...made.keys()].toSorted());
    const listed = [...read('README.md').matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
    expect(listed).toEqual(Object.keys(QUESTIONS));
  });

  it.each([...made.keys()])('%s: is what `npm run vectors` makes', (name) => {
    expect(read(name) === made.get(name), 'npm run vectors').toBe(true);
  });

  it.each([...made.keys()])('%s: is answered as it says', (name) => {
    const { vectors } = JSON.parse(read(name)) as VectorFile;
    for (const { name: title, input, expected } of vectors)
      expect(answerTo(name.replace('.vectors.json', ''), input), title).toEqual(expected);
  });

  it.each([...made.keys()])('%s: has good ones and bad ones', (name) => {
    const { vectors } = JSON.parse(read(name)) as VectorFile;
    const bad = vectors.filter(({ expected }) => Object.hasOwn(expected as object, 'error'));
    expect(bad.length).toBeLessThan(vectors.length);
    // Questions that take anything of the right shape have no bad ones.
    const total = ['tree-roots', 'tiles', 'quorums'];
    if (!total.includes(name.replace('.vectors.json', ''))) expect(bad.length).toBeGreaterThan(0);
  });
});

describe('each sentence of the signature rules in FORMAT.md', () => {
  const page = readFileSync(new URL('../FORMAT.md', import.meta.url), 'utf8');
  const rules = page.split('\n## 2 ')[1]!.split('\n## 3 ')[0]!;
  const ed25519 = (about: RegExp, verdict: string) => [ed25519Vectors, about, verdict] as const;
  const p256 = (about: RegExp, verdict: string) => [p256Vectors, about, verdict] as const;

  it.each<[string, ReturnType<typeof ed25519 | typeof p256>[]]>([
    ['R ‖ S, 64 bytes', [ed25519(/^6[35] bytes/, 'SIGNATURE_FORM')]],
    ['S < L', [ed25519(/^S = L$/, 'SIGNATURE_FORM'), ed25519(/^S = L - 1/, 'SIGNATURE_INVALID')]],
    [
      'A and R are canonical',
      [
        ed25519(/^a key with y written/, 'KEY_WEAK'),
        ed25519(/^an R with y written/, 'SIGNATURE_FORM'),
      ],
    ],
    [
      'neither A nor R is one of the eight points of small order',
      [
        ed25519(/^a key of small order, 8 of 8/, 'KEY_WEAK'),
        ed25519(/^R of small order, 8 of 8/, 'SIGNATURE_FORM'),
      ],
    ],
    [
      '**reduced modulo L**',
      [
        ed25519(/for the hash reduced modulo L/, 'valid'),
        ed25519(/for the hash that is not reduced/, 'SIGNATURE_INVALID'),
      ],
    ],
    ['equals R byte for byte', [ed25519(/^R with the sign of x flipped/, 'SIGNATURE_INVALID')]],
    [
      'The cofactor is not multiplied in',
      [ed25519(/only the cofactor would hide it/, 'SIGNATURE_INVALID')],
    ],
    ['0 < r < n', [p256(/^r = 0$/, 'SIGNATURE_FORM'), p256(/^r = n$/, 'SIGNATURE_FORM')]],
    ['0 < s ≤ n/2', [p256(/^s = 0$/, 'SIGNATURE_FORM'), p256(/^s just above/, 'SIGNATURE_FORM')]],
    ['the key is a point of the curve', [p256(/no point of the curve/, 'SIGNATURE_INVALID')]],
  ])('%s: has its vectors', (sentence, expected) => {
    expect(rules).toContain(sentence);
    for (const [vectors, about, verdict] of expected) {
      const found = vectors.filter(({ name }) => about.test(name));
      expect(found.length, String(about)).toBeGreaterThan(0);
      expect(new Set(found.map((one) => one.verdict))).toEqual(new Set([verdict]));
    }
  });
});
