import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase64, toBase64, toHex, utf8 } from '../bytes/bytes.ts';
import { testTextCodec } from '../testing/codec-contract.ts';
import { testSigner, testSignerP256 } from '../testing/key-fixture.ts';
import {
  formatNote,
  formatNoteKey,
  MAX_NOTE_CHARS,
  type NoteKey,
  type NoteSignature,
  noteKeyId,
  parseNote,
  parseNoteKey,
  type SignedNote,
  signaturesOf,
} from './signed-note.ts';

const name = fc.stringMatching(/^[A-Za-z0-9./_é-]{1,40}$/);
const signature: fc.Arbitrary<NoteSignature> = fc.record({
  name,
  keyId: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  blob: fc.uint8Array({ minLength: 1, maxLength: 80 }),
});
testTextCodec<SignedNote>('a signed note', {
  encode: formatNote,
  decode: parseNote,
  values: fc.record({
    text: fc
      .stringMatching(/^[a-zé0-9 ]{1,20}(\n{1,2}[a-z0-9]{1,20}){0,3}$/)
      .map((text) => `${text}\n`),
    signatures: fc.array(signature, { minLength: 1, maxLength: 4 }),
  }),
  codes: ['NOTE_SYNTAX', 'BASE64_SYNTAX'],
});

const signers = ['one', 'two'].map((each) => testSigner(each).publicKey);
testTextCodec<NoteKey>('a note key', {
  encode: formatNoteKey,
  decode: parseNoteKey,
  values: fc.record({
    name,
    type: fc.constantFrom(1 as const, 4 as const),
    publicKey: fc.constantFrom(...signers),
  }),
  codes: ['NOTE_SYNTAX', 'BASE64_SYNTAX', 'KEY_FORM', 'KEY_WEAK'],
});

const line = (blob: Uint8Array) => `— example.com/log ${toBase64(blob)}\n`;
const good = `text\n\n${line(new Uint8Array(68))}`;

describe('parseNote', () => {
  it('splits text and signatures at the last blank line', () => {
    const { text, signatures } = parseNote(`a\n\nb\n\n${line(Uint8Array.of(1, 2, 3, 4, 5))}`);
    expect(text).toBe('a\n\nb\n');
    expect(signatures).toEqual([
      { name: 'example.com/log', keyId: Uint8Array.of(1, 2, 3, 4), blob: Uint8Array.of(5) },
    ]);
  });

  it('takes as many as 64 signatures', () => {
    expect(parseNote(good + line(new Uint8Array(68)).repeat(63)).signatures).toHaveLength(64);
    expect(() => parseNote(good + line(new Uint8Array(68)).repeat(64))).toThrow('over 64');
  });

  it.each([
    ['no blank line', good.replace('\n\n', '\n')],
    ['no signature', 'text\n\n'],
    ['no newline at the end', good.slice(0, -1)],
    ['a blank line at the end', `${good}\n`],
    ['a hyphen for the dash', good.replace('—', '-')],
    ['two spaces', good.replace('— ', '—  ')],
    ['a carriage return', good.replace('text', 'text\r')],
    ['a tab', good.replace('text', 'te\txt')],
    ['a null character', good.replace('text', 'te\0xt')],
    ['a lone surrogate', good.replace('text', '\ud800')],
    ['a name with a plus', good.replace('/log', '+log')],
    ['no name', good.replace('example.com/log', '')],
    ['a key ID alone', `text\n\n${line(new Uint8Array(4))}`],
    ['something after the signature', good.replace(/\n$/, ' x\n')],
    ['more than 32,768 characters', `${'x'.repeat(MAX_NOTE_CHARS)}\n\n${line(new Uint8Array(68))}`],
  ])('refuses %s', (_name, note) => {
    expect(() => parseNote(note)).toThrow(expect.objectContaining({ code: 'NOTE_SYNTAX' }));
  });

  it('refuses base64 that is not canonical', () => {
    expect(() => parseNote(good.replace(/A=\n$/, 'B=\n'))).toThrow(
      expect.objectContaining({ code: 'BASE64_SYNTAX' }),
    );
  });
});

describe('a note key', () => {
  // The key of golang.org/x/mod/sumdb/note's package example, as its documentation prints it.
  const peterNeumann = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';

  it('is that of other implementations', () => {
    const key = parseNoteKey(peterNeumann);
    expect([key.name, key.type, toHex(noteKeyId(key))]).toEqual(['PeterNeumann', 1, 'c74f20a3']);
    expect(formatNoteKey(key)).toBe(peterNeumann);
  });

  it('has another ID for another name or type', () => {
    const named = { name: 'a', type: 1 as const, publicKey: signers[0]! };
    const others = [named, { ...named, name: 'b' }, { ...named, type: 4 as const }];
    const ids = new Set(others.map((other) => toHex(noteKeyId(other))));
    expect(ids.size).toBe(3);
  });

  const key = formatNoteKey({ name: 'a', type: 4, publicKey: signers[0]! });
  const [, id = '', encoded = ''] = /^a\+(.{8})\+(.*)$/.exec(key)!;
  const withType = (type: number) => toBase64(Uint8Array.of(type, ...fromBase64(encoded).slice(1)));
  it.each([
    ['another name', `b+${id}+${encoded}`, 'NOTE_SYNTAX'],
    ['another ID', `a+00000000+${encoded}`, 'NOTE_SYNTAX'],
    ['an ID in capitals', `a+${id.toUpperCase()}+${encoded}`, 'NOTE_SYNTAX'],
    ['type 2, ECDSA', `a+${id}+${withType(2)}`, 'NOTE_SYNTAX'],
    ['type 6, ML-DSA-44', `a+${id}+${withType(6)}`, 'NOTE_SYNTAX'],
    ['31 bytes', `a+${id}+${toBase64(fromBase64(encoded).slice(0, -1))}`, 'NOTE_SYNTAX'],
    [
      'a key of small order',
      `a+${id}+${toBase64(Uint8Array.of(4, ...new Uint8Array(32)))}`,
      'KEY_WEAK',
    ],
    ['no ID', `a+${encoded}`, 'NOTE_SYNTAX'],
    ['nothing', '', 'NOTE_SYNTAX'],
  ])('with %s is refused', (_name, text, code) => {
    expect(() => parseNoteKey(text)).toThrow(expect.objectContaining({ code }));
  });

  it('is Ed25519', () => {
    const publicKey = testSignerP256('element').publicKey;
    expect(() => noteKeyId({ name: 'a', type: 1, publicKey })).toThrow(
      expect.objectContaining({ code: 'KEY_FORM' }),
    );
  });
});

describe('signaturesOf', () => {
  it('finds the signatures with a key’s name and ID, and no others', () => {
    const own: NoteKey = { name: 'a', type: 1, publicKey: signers[0]! };
    const keyId = noteKeyId(own);
    const blob = utf8('signature');
    const note = {
      text: 'x\n',
      signatures: [
        { name: 'a', keyId, blob },
        { name: 'b', keyId, blob },
        { name: 'a', keyId: Uint8Array.of(0, 0, 0, 0), blob },
      ],
    };
    expect(signaturesOf(note, own)).toEqual([note.signatures[0]]);
    expect(signaturesOf(note, { ...own, publicKey: signers[1]! })).toEqual([]);
  });
});
