import { expect, it } from 'vitest';
import { runFleet } from './fleet.ts';

const SEED = 17;

it('twenty gateways are anchored by one notary, and each proves its readings', async () => {
  const say = (line: string) => console.log(line);
  const report = await runFleet({ count: 20, intervals: 6, whole: 2, seed: SEED, say });
  expect({ unproven: report.unproven, complaints: report.complaints }).toEqual({
    unproven: [],
    complaints: [],
  });
  expect(report.anchors).toBe(6);
  expect(report.judged).toBeGreaterThan(20);
}, 180_000);
