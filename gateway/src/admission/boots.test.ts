import { expect, test } from 'vitest';
import { createBoots } from './boots.ts';

const AGENT = new Uint8Array(16).fill(1);
const boot = (number: number) => new Uint8Array(16).fill(number);

function met(...numbers: number[]): string {
  const boots = createBoots();
  for (const number of numbers) boots.seen(AGENT, boot(number));
  return boots.kindOf(AGENT);
}

test('one box, started again and again, is one box', () => {
  expect(met(1, 1, 2, 2, 3)).toBe('rollback');
});

test('two starts that take turns are two boxes', () => {
  expect(met(1, 2, 1)).toBe('clone');
  expect(met(1, 2, 3, 2)).toBe('clone');
});

test('the moment they are seen to take turns is told once', () => {
  const boots = createBoots();
  expect([1, 1, 2, 2, 1, 1].map((number) => boots.seen(AGENT, boot(number)))).toEqual([
    ...[false, false, false, false, true, false],
  ]);
});

test('after the operator’s word it begins anew', () => {
  const boots = createBoots();
  for (const number of [1, 2, 1]) boots.seen(AGENT, boot(number));
  boots.forget();
  expect(boots.kindOf(AGENT)).toBe('rollback');
  expect(boots.seen(AGENT, boot(2))).toBe(false);
});

test('what the site log knows from before counts as earlier', () => {
  const boots = createBoots();
  boots.seen(AGENT, boot(2));
  boots.before(AGENT, [boot(1), boot(2)]);
  expect(boots.kindOf(AGENT)).toBe('rollback');
  boots.seen(AGENT, boot(1));
  expect(boots.kindOf(AGENT)).toBe('clone');
});
