import { expect, it } from 'vitest';
import { createFakeTimers, settle } from '../timers-fake.ts';
import { createGroupCommit } from './group-commit.ts';

it('what came while a commit ran follows it when its own window has ended, not a window later', async () => {
  const timers = createFakeTimers();
  const groups: string[][] = [];
  let finish: () => void = () => undefined;
  const commits = createGroupCommit<string>({
    timers,
    windowMs: 200,
    commit: (group) => {
      groups.push([...group]);
      return new Promise((resolve) => {
        finish = resolve;
      });
    },
  });
  void commits.add('a', 1, 0);
  await settle();
  void commits.add('b', 1);
  await timers.advance(150);
  finish();
  await timers.advance(49);
  expect(groups).toEqual([['a']]);
  await timers.advance(1);
  expect(groups).toEqual([['a'], ['b']]);

  void commits.add('c', 1);
  await timers.advance(500);
  finish();
  await settle();
  expect(groups).toEqual([['a'], ['b'], ['c']]);
});
