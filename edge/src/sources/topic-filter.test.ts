import { describe, expect, it } from 'vitest';
import { createTopicMatch, isTopicFilter } from './topic-filter.ts';

describe('a topic filter', () => {
  it.each([
    ['a/b', 'a/b', true],
    ['a/b', 'a/b/c', false],
    ['a/b', 'A/b', false],
    ['a/+/c', 'a/b/c', true],
    ['a/+/c', 'a//c', true],
    ['a/+/c', 'a/b/b/c', false],
    ['a/+', 'a', false],
    ['+', '/a', false],
    ['+/+', '/a', true],
    ['a/#', 'a/b/c', true],
    ['a/#', 'a', true],
    ['a/#', 'ab', false],
    ['#', 'a/b', true],
    ['#', '$SYS/uptime', false],
    ['+/uptime', '$SYS/uptime', false],
    ['$SYS/#', '$SYS/uptime', true],
  ])('%s takes %s: %s', (filter, topic, taken) => {
    expect(createTopicMatch(filter)(topic)).toBe(taken);
  });

  it.each(['a', '/', 'a/+/b/#', '#', '+', 'a b', '$SYS/#'])('may be %s', (filter) => {
    expect(isTopicFilter(filter)).toBe(true);
  });

  it.each(['', 'a/#/b', 'a#', 'a/b+', 'a\0', 'x'.repeat(65_536)])('may not be %j', (filter) => {
    expect(isTopicFilter(filter)).toBe(false);
  });
});
