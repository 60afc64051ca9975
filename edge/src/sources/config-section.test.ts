import { expect, test } from 'vitest';
import { createConfigSection } from './config-section.ts';

const KEYS = ['name', 'count', 'mode', 'files', 'part', 'parts'];
const read = (written: unknown) => createConfigSection('box.yaml', '', written, KEYS);

test('what is not written gets its default; null counts as not written', () => {
  const section = read({ count: null });
  expect(section.isAbsent('count')).toBe(true);
  expect(section.value('count')).toBeUndefined();
  expect(section.text('name', /./, 'a name', 'box')).toBe('box');
  expect(section.count('count', 1, 500)).toBe(500);
  expect(section.choice('mode', ['keep', 'hash'], 'keep')).toBe('keep');
  expect(section.section('part', null).strings()).toEqual({});
  expect(section.sections('parts', [])).toEqual([]);
});

test('reads what is written', () => {
  const section = read({
    ...{ name: 'box', count: 7, mode: 'hash', files: ['a', 'b'] },
    ...{ part: { zone: 'Europe/Brussels', retries: 3, fast: true }, parts: [{ count: 8 }] },
  });
  expect(section.text('name', /./, 'a name')).toBe('box');
  expect(section.count('count', 1, 500)).toBe(7);
  expect(section.choice('mode', ['keep', 'hash'], 'keep')).toBe('hash');
  expect(section.texts('files', 'files')).toEqual(['a', 'b']);
  const options = { zone: 'Europe/Brussels', retries: '3', fast: 'true' };
  expect(section.section('part', null).strings()).toEqual(options);
  const counts = section.sections('parts', ['count']).map((part) => part.count('count', 1, 5));
  expect(counts).toEqual([8]);
});

const REFUSED: [message: string, reading: () => unknown][] = [
  ['box.yaml: found null; write keys out of name, count', () => read(null)],
  ['box.yaml: nmae: no such key; write one of name, count', () => read({ nmae: 'box' })],
  ['box.yaml: name: found nothing; write a name', () => read({}).text('name', /./, 'a name')],
  ['box.yaml: name: found 7; write a name', () => read({ name: 7 }).text('name', /./, 'a name')],
  [
    'box.yaml: count: found 10 s; write a whole number of at least 1, such as 500',
    () => read({ count: '10 s' }).count('count', 1, 500),
  ],
  ['box.yaml: count: found 0; write a whole', () => read({ count: 0 }).count('count', 1, 500)],
  [
    'box.yaml: mode: found drop; write keep or hash',
    () => read({ mode: 'drop' }).choice('mode', ['keep', 'hash'], 'keep'),
  ],
  ['box.yaml: files: found []; write files', () => read({ files: [] }).texts('files', 'files')],
  [
    'box.yaml: part: found 5; write keys with values',
    () => read({ part: 5 }).section('part', null),
  ],
  ['box.yaml: part: found 5; write { a }', () => read({ part: 5 }).section('part', ['a'], '{ a }')],
  [
    'box.yaml: part.zone: found []; write a text, a number, true or false',
    () =>
      read({ part: { zone: [] } })
        .section('part', null)
        .strings(),
  ],
  ['box.yaml: parts: found {}; write a list', () => read({ parts: {} }).sections('parts', [])],
  [
    'box.yaml: parts[1].b: no such key; write one of a',
    () => read({ parts: [{ a: 1 }, { b: 1 }] }).sections('parts', ['a']),
  ],
];

test.each(REFUSED)('refuses: %s', (message, reading) => {
  expect(reading).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(message) }),
  );
});
