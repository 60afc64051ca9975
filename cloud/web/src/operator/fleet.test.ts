import { describe, expect, it } from 'vitest';
import { findSites, SILENT_MS } from './fleet.ts';
import type { Site } from './generations.ts';
import type { AgentView, SlotView } from './model.ts';

const NOW = 1_000_000_000;
const agent = (name: string, state: AgentView['state'] = 'active'): AgentView => ({
  ...{ agent: `${name}-id`, kind: 'agent', name, fingerprint: '6f1c 09aa 41d7 e3b2' },
  ...{ state, since: null, succeeds: null },
});
const site = (origin: string, change: Partial<SlotView> = {}): Site => ({
  newest: {
    ...{ slot: 1, rev: 0, origin, entries: 1, closed: null, continues: null },
    ...{ heardAt: NOW, agents: [agent('own')], ...change },
  },
  earlier: [],
});
const fleet = [
  site('a.example/north'),
  site('a.example/south', { heardAt: NOW - SILENT_MS - 1, agents: [agent('barn', 'revoked')] }),
  site('a.example/east', { heardAt: null }),
  site('a.example/west', { heardAt: null, closed: { size: 1, cause: 'x' } }),
];
const names = (search: string, show: Parameters<typeof findSites>[2] = 'all') =>
  findSites(fleet, search, show, NOW).map(({ newest }) => newest.origin.slice(10));

describe('a fleet', () => {
  it('is searched by name, agent and fingerprint, as people write them', () => {
    expect(names('')).toHaveLength(4);
    expect(names(' NORTH ')).toEqual(['north']);
    expect(names('barn')).toEqual(['south']);
    expect(names('6F1C-09aa')).toHaveLength(4);
    expect(names('6f1c 09aa 41d7 e3b2')).toHaveLength(4);
    expect(names('nowhere')).toEqual([]);
  });

  it('is shown by how its sites stand', () => {
    expect(names('', 'silent')).toEqual(['south', 'east']);
    expect(names('', 'closed')).toEqual(['west']);
    expect(names('', 'revoked')).toEqual(['south']);
  });

  it('of a thousand is searched at once', () => {
    const many = Array.from({ length: 1000 }, (_, i) => site(`a.example/house-${i}`));
    expect(findSites(many, 'house-77', 'all', NOW)).toHaveLength(11);
  });
});
