import { describe, expect, it } from 'vitest';
import { covers, isFilter, isTopic } from './topics.ts';

describe('a grant', () => {
  it.each([
    ['a/b', 'a/b'],
    ['#', 'a/b'],
    ['a/#', 'a'],
    ['a/#', 'a/b/c'],
    ['a/#', 'a/+/c'],
    ['a/#', 'a/b/#'],
    ['a/+', 'a/b'],
    ['a/+', 'a/+'],
    ['a/+', 'a/'],
    ['+/+', 'a/b'],
    ['$x/#', '$x/y'],
  ])('of %s covers %s', (granted, wanted) => expect(covers(granted, wanted)).toBe(true));

  it.each([
    ['a/b', 'a/c'],
    ['a/b', 'a/b/c'],
    ['a/b', 'a/+'],
    ['a/+', 'a/#'],
    ['a/+', 'a'],
    ['a/+', 'a/b/c'],
    ['a/b/#', 'a/#'],
    ['a/#', '#'],
    ['#', '$SYS/x'],
    ['+/x', '$SYS/x'],
    ['a/#', 'ab'],
  ])('of %s does not cover %s', (granted, wanted) => expect(covers(granted, wanted)).toBe(false));
});

it('a filter has + for whole levels and # at its end alone', () => {
  for (const filter of ['a', '+', '#', 'a/+/b', '+/a/#', '/', 'a//b'])
    expect(isFilter(filter)).toBe(true);
  for (const filter of ['', 'a#', '#/a', 'a/b+', 'a/#/b', 'a\0'])
    expect(isFilter(filter)).toBe(false);
});

it('a topic has no wildcard and at most 32 levels and 1,024 characters', () => {
  expect(isTopic('a/b')).toBe(true);
  for (const topic of ['a/+', '#', '', 'a\0']) expect(isTopic(topic)).toBe(false);
  expect(isTopic(Array(32).fill('a').join('/'))).toBe(true);
  expect(isTopic(Array(33).fill('a').join('/'))).toBe(false);
  expect(isTopic('a'.repeat(1_025))).toBe(false);
});
