import { describe, expect, it } from 'vitest';
import { killSite } from './kill-site.ts';

// A thousand are `npm run campaign -- kill`.
const KILLS = 30;

describe('a site whose parts are killed', () => {
  it('keeps every reading it acknowledged, once, and tells each outage', async () => {
    const seed = Number(process.env.SIGILL_KILL_SEED ?? Date.now() % 100_000);
    console.log(`seed ${seed}`);
    const report = await killSite({ kills: KILLS, seed, longestMs: 1200, say: () => {} });
    expect(report).toMatchObject({ lost: [], twice: [], holes: [], untold: [], complaints: [] });
    expect(report.acknowledged).toBeGreaterThan(50);
  }, 300_000);
});
