/**
 * Other people's vectors: RFC 6962 proofs, a whole C2SP log, CBOR, COSE and Ed25519. They lie in the
 * folder that SIGILL_CORPUS names, in `evidence/`; nothing of them is kept here.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromBase64, fromHex, toHex, utf8 } from './bytes/bytes.ts';
import { decodeCbor, encodeCbor } from './bytes/canonical-cbor.ts';
import * as native from './crypto/native.ts';
import * as noble from './crypto/noble.ts';
import { EvidenceError } from './errors.ts';
import { createSign1, decodeSign1, openSign1 } from './keys/cose-sign1.ts';
import { withLowS } from './keys/p256.ts';
import { verifySignature } from './keys/signer.ts';
import { ed25519Spki } from './keys/spki.ts';
import { openCheckpoint } from './log/checkpoint.ts';
import { consistencyPath, verifyConsistency } from './log/consistency.ts';
import { inclusionPath, verifyInclusion } from './log/inclusion.ts';
import { hashesOf, leafHash, rootAt } from './log/merkle-tree.ts';
import { multiInclusionPath, rootFromMultiInclusion } from './log/multi-inclusion.ts';
import { parseNoteKey } from './log/signed-note.ts';
import {
  decodeEntryBundle,
  encodeEntryBundle,
  entryBundlePath,
  hashesInTiles,
  type TileCoordinates,
  tilePath,
  tilesAfterAppend,
  tilesAt,
} from './log/tiles.ts';

const corpus = process.env.SIGILL_CORPUS;
const folder = join(corpus ?? '', 'evidence');
const title = corpus === undefined ? ' (skipped: no SIGILL_CORPUS)' : '';
const read = (...path: string[]) => readFileSync(join(folder, ...path));
const readJson = <T>(...path: string[]) => JSON.parse(read(...path).toString()) as T;
const filesIn = (...path: string[]) =>
  corpus === undefined
    ? []
    : readdirSync(join(folder, ...path), { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.endsWith('.json'),
      );

interface Proof {
  readonly proof: readonly string[] | null;
  readonly desc: string;
  readonly wantErr: boolean;
}

describe.skipIf(corpus === undefined)(`RFC 6962 proofs of transparency-dev/merkle${title}`, () => {
  it('inclusion: each is taken or refused as it must be', () => {
    type Inclusion = Proof & { leafIdx: number; treeSize: number; root: string; leafHash: string };
    const [names, differ] = judgeAll<Inclusion>('inclusion', (vector, path) =>
      verifyInclusion(
        vector.leafIdx,
        vector.treeSize,
        bytes(vector.leafHash),
        path,
        bytes(vector.root),
      ),
    );
    expect(names).toBeGreaterThan(40);
    expect(differ).toEqual([]);
  });

  it('consistency: each is taken or refused as it must be', () => {
    type Consistency = Proof & { size1: number; size2: number; root1: string; root2: string };
    const [names, differ] = judgeAll<Consistency>('consistency', (vector, path) =>
      verifyConsistency(vector.size1, vector.size2, bytes(vector.root1), bytes(vector.root2), path),
    );
    expect(names).toBeGreaterThan(40);
    expect(differ).toEqual([]);
  });
});

/** How many vectors there are, and those that we judge otherwise than they say. */
function judgeAll<Vector extends Proof>(
  kind: string,
  verify: (vector: Vector, path: Uint8Array[]) => void,
): [number, string[]] {
  const names = filesIn('rfc6962', kind);
  const differ = names.filter((name) => {
    const vector = readJson<Vector>('rfc6962', kind, name);
    const refused = isRefused(() => verify(vector, (vector.proof ?? []).map(bytes)));
    return refused !== vector.wantErr;
  });
  return [names.length, differ];
}

describe.skipIf(corpus === undefined)(`the log of transparency-dev/tessera${title}`, () => {
  // Printed in that project's documentation of its test log; its key ID is the one the notes carry.
  const key = parseNoteKey(
    'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx',
  );
  const SIZE = 15;
  const open = (size: number) =>
    openCheckpoint(read('tessera-log', `checkpoint.${size}`).toString(), key.name, key.publicKey)
      .checkpoint;
  const entriesAt = (size: number) =>
    decodeEntryBundle(read('tessera-log', entryBundlePath(0, size)));
  const readTile = (tile: TileCoordinates) =>
    read('tessera-log', tilePath(tile.level, tile.index, tile.width));

  it('opens: each checkpoint is signed by its key', () => {
    for (let size = 0; size <= SIZE; size += 1) expect(open(size).size).toBe(size);
    expect(read('tessera-log', 'checkpoint').equals(read('tessera-log', 'checkpoint.15'))).toBe(
      true,
    );
  });

  it('has the roots that follow from its tiles, and from its entries', () => {
    for (let size = 1; size <= SIZE; size += 1) {
      const { root } = open(size);
      expect(toHex(rootAt(size, hashesInTiles(size, readTile)))).toBe(toHex(root));
      const leaves = entriesAt(size).map(leafHash);
      expect(leaves).toHaveLength(size);
      expect(toHex(rootAt(size, hashesOf(leaves)))).toBe(toHex(root));
    }
  });

  it('has the files that we would write for its entries, byte for byte', () => {
    const entries = entriesAt(SIZE);
    for (let size = 1; size <= SIZE; size += 1) {
      expect(encodeEntryBundle(entries.slice(0, size))).toEqual(
        new Uint8Array(read('tessera-log', entryBundlePath(0, size))),
      );
      const leaf = leafHash(entries[size - 1]!);
      const [tile] = tilesAfterAppend(size - 1, [leaf], readTile);
      expect(tilesAt(size)).toEqual([{ level: 0, index: 0, width: size }]);
      expect(tile!.bytes).toEqual(new Uint8Array(readTile(tile!)));
    }
  });

  it('proves its entries and its growth', () => {
    const hashes = hashesInTiles(SIZE, readTile);
    const { root } = open(SIZE);
    for (const [index, entry] of entriesAt(SIZE).entries()) {
      verifyInclusion(index, SIZE, leafHash(entry), inclusionPath(index, SIZE, hashes), root);
      const path = consistencyPath(index, SIZE, hashes);
      verifyConsistency(index, SIZE, open(index).root, root, path);
    }
  });
});

describe.skipIf(corpus === undefined)(`ranges of the tessera log’s entries${title}`, () => {
  it('lead to the roots its checkpoints sign, whichever entries are shown', () => {
    const readTile = (tile: TileCoordinates) =>
      read('tessera-log', tilePath(tile.level, tile.index, tile.width));
    const leaves = decodeEntryBundle(read('tessera-log', entryBundlePath(0, 15))).map(leafHash);
    const hashes = hashesInTiles(15, readTile);
    const root = toHex(rootAt(15, hashes));
    for (let first = 0; first < 15; first += 1)
      for (let end = first + 1; end <= 15; end += 1) {
        const indexes = Array.from({ length: end - first }, (_, at) => first + at);
        const path = multiInclusionPath(indexes, 15, hashes);
        const shown = indexes.map((index) => ({ index, hash: leaves[index]! }));
        expect(toHex(rootFromMultiInclusion(shown, 15, path))).toBe(root);
        const other = shown.with(0, { index: first, hash: leaves[(first + 1) % 15]! });
        expect(toHex(rootFromMultiInclusion(other, 15, path))).not.toBe(root);
      }
  });
});

describe.skipIf(corpus === undefined)(`RFC 8949, appendix A${title}`, () => {
  interface Example {
    readonly hex: string;
    readonly roundtrip: boolean;
    readonly decoded?: unknown;
  }

  it('what we use decodes and encodes to the same bytes; maps, floats, tags and all else are refused', () => {
    const examples = readJson<Example[]>('cbor', 'appendix_a.json');
    const [used, unused] = [examples.filter(isUsed), examples.filter((one) => !isUsed(one))];
    for (const { hex, decoded } of used) {
      const value = decodeCbor(fromHex(hex));
      expect(toHex(encodeCbor(value))).toBe(hex);
      if (decoded !== undefined && typeof value !== 'bigint') expect(value).toEqual(decoded);
    }
    for (const { hex } of unused)
      expect(
        isRefused(() => decodeCbor(fromHex(hex))),
        hex,
      ).toBe(true);
    expect([used.length, unused.length]).toEqual([32, 50]);
  });

  /** Integers, strings, arrays, true, false and null, of definite length. */
  function isUsed({ hex, decoded, roundtrip }: Example): boolean {
    if (!roundtrip || /^([a-e]|f[0-37-9a-f])/.test(hex)) return false;
    return !JSON.stringify(decoded ?? 0).includes('{');
  }
});

describe.skipIf(corpus === undefined)(`COSE examples of cose-wg${title}`, () => {
  interface Example {
    readonly input: {
      readonly plaintext: string;
      readonly sign0?: { readonly alg: string; readonly key: Jwk; readonly external?: string };
    };
    readonly intermediates: { readonly ToBeSign_hex: string };
    readonly output: { readonly cbor: string; readonly cbor_diag: string };
  }
  interface Jwk {
    readonly crv: string;
    readonly x?: string;
    readonly y?: string;
    readonly x_hex?: string;
  }
  const examples = filesIn('cose').map((name) => ({ name, ...readJson<Example>('cose', name) }));
  const signed = examples.flatMap(({ name, input: { sign0 }, intermediates, output }) => {
    const parts = [...output.cbor_diag.matchAll(/h'([0-9A-F]*)'/g)].map(([, hex]) =>
      fromHex(hex!.toLowerCase()),
    );
    const isOurs = sign0 !== undefined && ['EdDSA', 'ES256'].includes(sign0.alg);
    const [protectedHeader, payload, signature] = [parts[0]!, parts.at(-2)!, parts.at(-1)!];
    const isProtected =
      toHex(protectedHeader).startsWith('a1') || toHex(protectedHeader).startsWith('a2');
    if (!isOurs || !isProtected || !['Ed25519', 'P-256'].includes(sign0.key.crv)) return [];
    const toBeSigned = intermediates.ToBeSign_hex.toLowerCase();
    return [{ name, sign0, protectedHeader, payload, signature, toBeSigned }];
  });

  it('their forms are not ours: each is refused', () => {
    expect(examples.length).toBeGreaterThan(10);
    for (const { name, output } of examples)
      expect(
        isRefused(() => decodeSign1(fromHex(output.cbor.toLowerCase()))),
        name,
      ).toBe(true);
  });

  it('sign the same structure as we do', () => {
    expect(signed.length).toBe(4);
    for (const { name, sign0, protectedHeader, payload, signature, toBeSigned } of signed) {
      const external = fromHex(sign0.external ?? '');
      const structure = encodeCbor(['Signature1', protectedHeader, external, payload]);
      expect(toHex(structure), name).toBe(toBeSigned);
      const isP256 = sign0.key.crv === 'P-256';
      verifySignature(spkiOf(sign0.key), structure, isP256 ? withLowS(signature) : signature);
    }
  });

  it('open when they are put in our envelope', () => {
    const same = signed.filter(
      ({ sign0, protectedHeader }) =>
        sign0.external === undefined && toHex(protectedHeader) === 'a10126',
    );
    expect(same.length).toBe(1);
    for (const { sign0, payload, signature } of same) {
      const signer = {
        algorithm: 'ES256' as const,
        publicKey: spkiOf(sign0.key),
        sign: () => withLowS(signature),
      };
      expect(openSign1(createSign1(payload, signer), signer.publicKey)).toEqual(
        utf8('This is the content.'),
      );
    }
  });

  function spkiOf({ crv, x = '', y = '', x_hex = '' }: Jwk): Uint8Array {
    if (crv === 'Ed25519') return ed25519Spki(fromHex(x_hex));
    const point = [x, y].map((part) => Buffer.from(part, 'base64url').toString('hex')).join('');
    return fromHex(`3059301306072a8648ce3d020106082a8648ce3d03010703420004${point}`);
  }
});

describe.skipIf(corpus === undefined)(`Ed25519 of Wycheproof${title}`, () => {
  it('is judged as they say, in both back ends', () => {
    interface Group {
      readonly publicKey: { readonly pk: string };
      readonly tests: readonly { tcId: number; msg: string; sig: string; result: string }[];
    }
    const { testGroups } = readJson<{ testGroups: Group[] }>('wycheproof', 'ed25519_test.json');
    let count = 0;
    for (const { publicKey, tests } of testGroups)
      for (const { tcId, msg, sig, result } of tests) {
        const spki = fromHex(`302a300506032b6570032100${publicKey.pk}`);
        const [message, signature] = [fromHex(msg), fromHex(sig)];
        const code = codeOf(() => verifySignature(spki, message, signature));
        expect(code === null, String(tcId)).toBe(result === 'valid');
        if (code === null || code === 'SIGNATURE_INVALID')
          for (const { ed25519Equation } of [native, noble])
            expect(ed25519Equation(spki, message, signature), String(tcId)).toBe(code === null);
        count += 1;
      }
    expect(count).toBeGreaterThan(100);
  });
});

it.skipIf(corpus === undefined)(`the corpus is there${title}`, () => {
  expect(existsSync(folder)).toBe(true);
});

function bytes(text: string): Uint8Array {
  return fromBase64(text);
}

function isRefused(action: () => unknown): boolean {
  return codeOf(action) !== null;
}

function codeOf(action: () => unknown): string | null {
  try {
    action();
    return null;
  } catch (error) {
    if (error instanceof EvidenceError) return error.code;
    throw error;
  }
}
