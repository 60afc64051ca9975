import { cosign, signCheckpoint } from '@sigill/evidence';
import { expect, it } from 'vitest';
import { newSigner } from '../testing/site-fixture.ts';
import { mergeNotes } from './merge-notes.ts';

const note = signCheckpoint(
  { origin: 'log.example', size: 1, root: new Uint8Array(32) },
  newSigner(),
);
const text = note.slice(0, note.indexOf('\n\n') + 1);
const [one, two] = [newSigner(), newSigner()];
const line = (name: string, signer: typeof one, seconds: number) =>
  cosign(text, name, signer, seconds);

it('keeps every signature of both, each signer once', () => {
  const first = note + line('one', one, 1);
  const second = note + line('two', two, 1);
  const merged = mergeNotes(first, second);
  expect(merged).toBe(note + line('one', one, 1) + line('two', two, 1));
  expect(mergeNotes(merged, merged)).toBe(merged);
});

it('takes a newer signature of the same signer in place of the older', () => {
  const merged = mergeNotes(note + line('one', one, 1), note + line('one', one, 2));
  expect(merged).toBe(note + line('one', one, 2));
});

it('keeps one signature of a signer who stands twice in one note', () => {
  const twice = note + line('one', one, 1) + line('one', one, 2);
  expect(mergeNotes(note, twice)).toBe(note + line('one', one, 2));
});
