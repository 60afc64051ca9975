import { expect, it } from 'vitest';
import { townPlace, townSource } from './town-sources.ts';

it('knows the town’s sources on a demonstration, and none elsewhere', () => {
  expect(townSource('fish-ladder', true)?.title.sv).toBe('Fisktrappan');
  expect(townPlace('fish-ladder', true)?.name).toBe('fishLadder');
  expect(townSource('fish-ladder', false)).toBeNull();
  expect(townPlace('fish-ladder', false)).toBeNull();
});

it('knows no place of what walks, nor of a source that is not the town’s', () => {
  expect(townPlace('fox-collar', true)).toBeNull();
  for (const source of ['house-18', 'constructor', '__proto__'])
    expect(townSource(source, true)).toBeNull();
});
