import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBase64, toHex, utf8 } from '../bytes/bytes.ts';
import { testTextCodec } from '../testing/codec-contract.ts';
import { testBytes, testSigner } from '../testing/key-fixture.ts';
import {
  type Checkpoint,
  formatCheckpoint,
  logKey,
  openCheckpoint,
  originHash,
  parseCheckpoint,
  signCheckpoint,
} from './checkpoint.ts';
import { formatReceipt, parseReceipt, type Receipt, verifyReceipt } from './receipt.ts';
import { formatNote, formatNoteKey, parseNote } from './signed-note.ts';
import { cosign } from './witnessing.ts';

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
testTextCodec<Checkpoint>('a checkpoint', {
  encode: formatCheckpoint,
  decode: parseCheckpoint,
  values: fc.record({
    origin: fc.stringMatching(/^[a-z0-9./é-]{1,40}$/),
    size: fc.maxSafeNat(),
    root: hash,
  }),
  codes: ['CHECKPOINT_SYNTAX', 'BASE64_SYNTAX'],
});
testTextCodec<Receipt>('a receipt', {
  encode: formatReceipt,
  decode: parseReceipt,
  values: fc.record({
    index: fc.maxSafeNat(),
    path: fc.array(hash, { maxLength: 53 }),
    note: fc.string(),
  }),
  codes: ['RECEIPT_SYNTAX', 'BASE64_SYNTAX'],
});

const origin = 'sigill.example/test/house';
const log = testSigner('log');
const checkpoint = { origin, size: 6, root: testBytes('root') };
const note = signCheckpoint(checkpoint, log);
const root = toBase64(checkpoint.root);

describe('openCheckpoint', () => {
  it('gives the checkpoint once its log signed it, and keeps other signatures unbelieved', () => {
    const cosigned =
      note + cosign(parseNote(note).text, 'w.example', testSigner('w'), 1_790_000_000);
    const opened = openCheckpoint(cosigned, origin, log.publicKey);
    expect(opened.checkpoint).toEqual(checkpoint);
    expect(opened.note.signatures.map(({ name }) => name)).toEqual([origin, 'w.example']);
  });

  it('refuses what the log did not sign', () => {
    const open =
      (text: string, of = origin, key = log.publicKey) =>
      () =>
        openCheckpoint(text, of, key);
    const code = (expected: string) => expect.objectContaining({ code: expected });
    expect(open(note.replace('\n6\n', '\n7\n'))).toThrow(code('SIGNATURE_INVALID'));
    expect(open(note, 'sigill.example/test/barn')).toThrow(code('CHECKPOINT_ORIGIN'));
    expect(open(note, origin, testSigner('other').publicKey)).toThrow(code('NOTE_UNSIGNED'));
    const [, line] = note.split('\n\n');
    expect(open(note + line)).toThrow(code('NOTE_UNSIGNED'));
    const cut = parseNote(note);
    const short = cut.signatures.map((one) => ({ ...one, blob: one.blob.slice(1) }));
    expect(open(formatNote({ ...cut, signatures: short }))).toThrow(code('SIGNATURE_FORM'));
  });
});

describe('parseCheckpoint', () => {
  it.each([
    ['a fourth line', `${origin}\n6\n${root}\nextension\n`],
    ['two lines', `${origin}\n6\n`],
    ['no newline at the end', `${origin}\n6\n${root}`],
    ['an empty line', `${origin}\n6\n${root}\n\n`],
    ['no origin', `\n6\n${root}\n`],
    ['an origin with a space', `a b\n6\n${root}\n`],
    ['an origin with a plus', `a+b\n6\n${root}\n`],
    ['a leading zero', `${origin}\n06\n${root}\n`],
    ['a sign', `${origin}\n+6\n${root}\n`],
    ['hexadecimal', `${origin}\n0x6\n${root}\n`],
    ['a size of 2^53', `${origin}\n9007199254740992\n${root}\n`],
    ['a size of twenty digits', `${origin}\n18446744073709551615\n${root}\n`],
    ['a root of 31 bytes', `${origin}\n6\n${toBase64(testBytes('r', 31))}\n`],
  ])('refuses %s', (_name, text) => {
    expect(() => parseCheckpoint(text)).toThrow(
      expect.objectContaining({ code: 'CHECKPOINT_SYNTAX' }),
    );
  });
});

describe('a log', () => {
  it('is named by the hash of its origin, and its key by the origin', () => {
    expect(toHex(originHash('a'))).toBe(
      'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb',
    );
    expect(formatNoteKey(logKey(origin, log.publicKey))).toMatch(/^sigill\.example\/test\/house\+/);
  });
});

describe('a receipt', () => {
  const receipt = { index: 0, path: [], note };
  const text = formatReceipt(receipt);

  it('says which checkpoint covers the entry', () => {
    const only = utf8('entry');
    const leaf = originHash('\0entry');
    const signed = signCheckpoint({ origin, size: 1, root: leaf }, log);
    expect(verifyReceipt({ ...receipt, note: signed }, only, origin, log.publicKey).size).toBe(1);
  });

  it.each([
    ['another version', text.replace('@v1', '@v2')],
    ['an extra line', text.replace('index', 'extra AAAA\nindex')],
    ['a leading zero', text.replace('index 0', 'index 00')],
    ['an index of 2^53', text.replace('index 0', 'index 9007199254740992')],
    ['carriage returns', text.replaceAll('\n', '\r\n')],
    ['no blank line', text.replaceAll('\n\n', '\n')],
    ['a path of 54', text.replace('index 0\n', `index 0\n${`${root}\n`.repeat(54)}`)],
    ['no index', text.replace('index 0\n', '')],
    ['nothing', ''],
  ])('with %s is refused', (_name, changed) => {
    expect(() => parseReceipt(changed)).toThrow(
      expect.objectContaining({ code: 'RECEIPT_SYNTAX' }),
    );
  });
});
