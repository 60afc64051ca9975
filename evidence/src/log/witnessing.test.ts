import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, toBase64, utf8 } from '../bytes/bytes.ts';
import { testTextCodec } from '../testing/codec-contract.ts';
import { testBytes, testSigner } from '../testing/key-fixture.ts';
import { createSiteLog } from '../testing/site-fixture.ts';
import { signCheckpoint } from './checkpoint.ts';
import { consistencyPath } from './consistency.ts';
import { EMPTY_ROOT } from './merkle-tree.ts';
import { formatSignatureLine, noteKeyId, parseNote, parseSignatureLine } from './signed-note.ts';
import {
  type AddCheckpointRequest,
  cosign,
  cosignedAt,
  formatAddCheckpoint,
  judgeAddCheckpoint,
  parseAddCheckpoint,
  type WitnessedLog,
} from './witnessing.ts';

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
testTextCodec<AddCheckpointRequest>('an add-checkpoint request', {
  encode: formatAddCheckpoint,
  decode: parseAddCheckpoint,
  values: fc.record({
    oldSize: fc.maxSafeNat(),
    path: fc.array(hash, { maxLength: 63 }),
    note: fc.string(),
  }),
  codes: ['NOTE_SYNTAX', 'BASE64_SYNTAX'],
});

const site = createSiteLog('sigill.example/test/house', { now: 0, beacon: null });
for (let entry = 0; entry < 12; entry += 1) site.append(utf8(String(entry)));
const at = (size: number): WitnessedLog => ({
  origin: site.origin,
  publicKey: site.signer.publicKey,
  size,
  root: site.rootAt(size),
});
const request = (oldSize: number, size: number): AddCheckpointRequest => ({
  oldSize,
  path: consistencyPath(oldSize, size, site.hashes()),
  note: site.checkpoint(size),
});
const signed = (size: number, root: Uint8Array, signer = site.signer) =>
  signCheckpoint({ origin: site.origin, size, root }, signer);

describe('judgeAddCheckpoint', () => {
  it.each([
    [0, 0],
    [0, 5],
    [5, 5],
    [5, 8],
    [8, 12],
  ])('cosigns a log that grew from %i to %i', (old, size) => {
    const decision = judgeAddCheckpoint(request(old, size), () => at(old));
    expect(decision).toMatchObject({ status: 200, checkpoint: { size } });
    expect(decision).toMatchObject({ text: parseNote(site.checkpoint(size)).text });
  });

  it('asks for the log by its origin, and answers 404 for one it does not know', () => {
    const asked: string[] = [];
    const decision = judgeAddCheckpoint(request(0, 5), (origin) => {
      asked.push(origin);
      return undefined;
    });
    expect(asked).toEqual([site.origin]);
    expect(decision).toMatchObject({ status: 404, code: 'WITNESS_UNKNOWN_LOG' });
  });

  it('answers 403 to a checkpoint that the log did not sign', () => {
    const thief = testSigner('thief');
    for (const note of [
      signed(5, site.rootAt(5), thief),
      site.checkpoint(5).replace('\n5\n', '\n6\n'),
    ])
      expect(judgeAddCheckpoint({ ...request(0, 5), note }, () => at(0))).toMatchObject({
        status: 403,
        code: 'WITNESS_UNSIGNED',
      });
  });

  it('answers 400 to an old size beyond the checkpoint', () => {
    const beyond = { oldSize: 6, path: [], note: site.checkpoint(5) };
    expect(judgeAddCheckpoint(beyond, () => at(6))).toMatchObject({
      status: 400,
      code: 'WITNESS_OLD_SIZE',
    });
  });

  it('answers 409 and its own size to an old size that is not the one it holds', () => {
    for (const held of [3, 8])
      expect(judgeAddCheckpoint(request(5, 8), () => at(held))).toEqual({
        status: 409,
        size: held,
      });
  });

  it.each<[string, AddCheckpointRequest, number]>([
    [
      'a path that does not fit',
      { ...request(5, 8), path: consistencyPath(4, 8, site.hashes()) },
      5,
    ],
    ['no path', { ...request(5, 8), path: [] }, 5],
    ['a path from size 0', { ...request(0, 8), path: [EMPTY_ROOT] }, 0],
    ['another root of the same size', { oldSize: 5, path: [], note: signed(5, testBytes('x')) }, 5],
    [
      'size 0 with a root of something',
      { oldSize: 0, path: [], note: signed(0, testBytes('x')) },
      0,
    ],
    ['hashes of 31 bytes', { ...request(5, 8), path: [testBytes('x', 31)] }, 5],
  ])('answers 422 to %s', (_name, asked, held) => {
    expect(judgeAddCheckpoint(asked, () => at(held))).toMatchObject({
      status: 422,
      code: 'WITNESS_FORK',
    });
  });

  it('throws for what is no note: that is a bad request', () => {
    expect(() => judgeAddCheckpoint({ ...request(0, 5), note: 'x' }, () => at(0))).toThrow(
      expect.objectContaining({ code: 'NOTE_SYNTAX' }),
    );
  });
});

describe('parseAddCheckpoint', () => {
  const body = formatAddCheckpoint(request(5, 8));
  it.each([
    ['no old line', body.replace(/^old 5\n/, '')],
    ['a leading zero', body.replace('old 5', 'old 05')],
    ['a size of 2^53', body.replace('old 5', 'old 9007199254740992')],
    ['64 hashes', `old 5\n${`${toBase64(EMPTY_ROOT)}\n`.repeat(64)}\nnote`],
    ['no blank line', 'old 5\n'],
    ['nothing', ''],
  ])('refuses %s', (_name, changed) => {
    expect(() => parseAddCheckpoint(changed)).toThrow(
      expect.objectContaining({ code: 'NOTE_SYNTAX' }),
    );
  });
});

describe('a cosignature', () => {
  const signer = testSigner('witness');
  const key = { name: 'witness.example/w1', type: 4 as const, publicKey: signer.publicKey };
  const note = site.checkpoint(8);
  const { text } = parseNote(note);
  const line = cosign(text, key.name, signer, 1_790_000_000);

  it('signs the time and the whole checkpoint, as C2SP cosignature/v1 says', () => {
    const { keyId, blob } = parseSignatureLine(line.slice(0, -1));
    expect(keyId).toEqual(noteKeyId(key));
    expect(blob.slice(0, 8)).toEqual(Uint8Array.of(0, 0, 0, 0, 0x6a, 0xb1, 0x3b, 0x80));
    const message = utf8(`cosignature/v1\ntime 1790000000\n${text}`);
    expect(blob.slice(8)).toEqual(signer.sign(message));
    expect(cosignedAt(note + line, key)).toBe(1_790_000_000);
  });

  it('is not there for another witness', () => {
    expect(cosignedAt(note, key)).toBeNull();
    expect(cosignedAt(note + line, { ...key, name: 'witness.example/w2' })).toBeNull();
    expect(
      cosignedAt(note + line, { ...key, publicKey: testSigner('other').publicKey }),
    ).toBeNull();
  });

  it('is refused under the witness’s name when it is bad', () => {
    const { keyId, blob } = parseSignatureLine(line.slice(0, -1));
    const withBlob = (changed: Uint8Array) =>
      note + formatSignatureLine({ name: key.name, keyId, blob: changed });
    const changes: [Uint8Array, string][] = [
      [blob.with(7, 0x81), 'SIGNATURE_INVALID'],
      [blob.with(20, blob[20]! ^ 1), 'SIGNATURE_INVALID'],
      [blob.slice(1), 'SIGNATURE_FORM'],
      [concatBytes(blob, Uint8Array.of(0)), 'SIGNATURE_FORM'],
      [blob.with(0, 0xff), 'SIGNATURE_FORM'],
    ];
    for (const [changed, code] of changes)
      expect(() => cosignedAt(withBlob(changed), key)).toThrow(expect.objectContaining({ code }));
    expect(() => cosignedAt((note + line).replace('\n8\n', '\n9\n'), key)).toThrow(
      expect.objectContaining({ code: 'SIGNATURE_INVALID' }),
    );
  });
});
