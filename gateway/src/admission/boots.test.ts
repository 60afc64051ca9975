import { expect, test } from 'vitest';
import { createBoots } from './boots.ts';

const AGENT = new Uint8Array(16).fill(1);
const boot = (number: number) => new Uint8Array(16).fill(number);

function tookTurns(...numbers: number[]): boolean[] {
  const boots = createBoots();
  return numbers.map((number) => boots.seen(AGENT, boot(number)));
}

test('one box, started again and again, is one box', () => {
  expect(tookTurns(1, 1, 2, 2, 3)).not.toContain(true);
});

test('two starts that take turns are two boxes, told at each turn', () => {
  expect(tookTurns(1, 1, 2, 2, 1, 1)).toEqual([false, false, false, false, true, false]);
  expect(tookTurns(1, 2, 3, 2, 3)).toEqual([false, false, false, true, true]);
});

test('agents are told apart', () => {
  const boots = createBoots();
  boots.seen(AGENT, boot(1));
  boots.seen(AGENT, boot(2));
  expect(boots.seen(new Uint8Array(16), boot(1))).toBe(false);
});

test('after the operator’s word it begins anew', () => {
  const boots = createBoots();
  for (const number of [1, 2, 1]) boots.seen(AGENT, boot(number));
  boots.forget();
  expect(boots.seen(AGENT, boot(2))).toBe(false);
});
