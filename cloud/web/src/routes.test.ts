import { describe, expect, it } from 'vitest';
import { AGENT } from '../testing/page-fixture.ts';
import { formatRoute, parseRoute, type Route } from './routes.ts';

describe('addresses within the page', () => {
  it.each<Route>([
    { page: 'home' },
    { page: 'verify', agent: AGENT, seq: 0 },
    { page: 'meter', stream: { agent: AGENT, source: 'house-17', device: 'a/b %' } },
    { page: 'meter', stream: { agent: AGENT, source: '~agent', device: '' } },
  ])('come back as they went: $page', (route) => {
    expect(parseRoute(formatRoute(route))).toEqual(route);
  });

  it.each([
    '',
    '#',
    '#/nowhere',
    '#/verify/xyz/3',
    `#/verify/${AGENT}/-1`,
    `#/verify/${AGENT}/007`,
    `#/verify/${AGENT}/9007199254740993`,
    `#/verify/${AGENT}/1/2`,
    '#/meter/%E0%A4%A/x/y',
  ])('that are none of ours lead home: %s', (hash) => {
    expect(parseRoute(hash)).toEqual({ page: 'home' });
  });
});
