import { describe, expect, it } from 'vitest';
import { parseNewCode, parseOverview } from './parse.ts';

const overview = {
  cloud: {
    ...{ url: 'https://cloud.example', certificate: null, origins: 'example.org' },
    ...{ holdsKey: true, operator: '0000 1111 2222 3333', now: 1, chain: ['0oRD'] },
    operatorSince: null,
  },
  waiting: [
    {
      ...{ box: 'ab', kind: 'gateway', name: 'house', fingerprint: '6f1c 09aa 41d7 e3b2' },
      ...{ madeFor: null, gateway: null, origin: 'example.org/house', address: '10.0.0.7' },
      ...{ askedAt: 1, clockOff: -5, request: 'gg==' },
    },
  ],
  slots: [
    {
      ...{ slot: 1, rev: 0, origin: 'example.org/a/2', record: '0oRD' },
      ...{ head: { size: 812, root: 'AA==' }, continues: 'example.org/a' },
      ...{ heardAt: 5, since: 4 },
      closed: { size: 812, cause: 'two histories' },
      agents: [
        {
          ...{ agent: 'cd', kind: 'agent', name: null, fingerprint: '6f1c', state: 'revoked' },
          ...{ since: 3, succeeds: 'ef' },
        },
      ],
    },
  ],
  invitations: [
    {
      ...{ id: '7K2M', kind: 'gateway', madeFor: 'x', madeAt: 1, expiresAt: 2, wrong: 0 },
      state: 'open',
    },
  ],
  erasures: {
    ...{ total: 7, open: 1 },
    newest: [{ agent: 'cd', seq: 9, source: 'a', device: '', n: 3, reason: 'why', at: 2 }],
  },
};

describe('the overview', () => {
  it('is read field by field; what only a signer needs is left out', () => {
    const read = parseOverview(structuredClone(overview));
    const [{ entries, ...slot } = { entries: 0 }] = read.slots;
    expect(overview).toMatchObject({ ...read, slots: [slot] });
    expect(entries).toBe(812);
    expect(read.waiting[0]).not.toHaveProperty('request');
  });

  it.each([
    ['waiting.0.kind', 'toaster', 'kind: gateway or agent or generation'],
    ['waiting.0.fingerprint', 7, 'fingerprint: a text'],
    ['waiting.0.clockOff', 1.5, 'clockOff: a whole number'],
    ['slots', null, 'slots: a list'],
    ['cloud', [], 'cloud: an object'],
    ['invitations.0.state', undefined, 'state: open or used'],
  ])('is refused with the place that does not fit: %s', (path, value, message) => {
    const spoiled: Record<string, unknown> = structuredClone(overview);
    const keys = path.split('.');
    let at = spoiled;
    for (const key of keys.slice(0, -1)) at = at[key] as Record<string, unknown>;
    at[keys.at(-1) as string] = value;
    expect(() => parseOverview(spoiled)).toThrow(message);
  });

  it('and a new code is one', () => {
    const made = { code: 'A', expiresAt: 1, url: 'https://cloud.example' };
    expect(parseNewCode(made)).toEqual(made);
    expect(() => parseNewCode(null)).toThrow('code: an object');
  });
});
