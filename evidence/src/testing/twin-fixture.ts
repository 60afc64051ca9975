/** For tests: a collar whose exact fixes and their twins are sealed, as an agent does it. */
import { parseDecimal } from '../bytes/decimal.ts';
import type { CellOf } from '../judge/twin.ts';
import { leafHash } from '../log/merkle-tree.ts';
import type { Field, Reading } from '../reading/reading.ts';
import { evidenceOf, optionsOf, policyOf } from './evidence-fixture.ts';
import type { TestAgent } from './site-fixture.ts';
import { createWorld } from './world-fixture.ts';

export const PERIOD_MS = 3_600_000;

/** Cells of whole degrees, named by what stands before the point: a grid as good as another for the judge. */
export const wholeDegrees: CellOf = (grid, resolution, latitude, longitude) => {
  if (grid !== 'whole-degrees' || resolution.mantissa !== 1n || resolution.exponent !== 0)
    return null;
  const whole = ({ mantissa, exponent }: typeof latitude) =>
    Math.trunc(Number(mantissa) * 10 ** exponent);
  return `${whole(latitude)}/${whole(longitude)}`;
};

export function fixFields(latitude: string, longitude: string): Field[] {
  return [
    { name: 'position.latitude', value: parseDecimal(latitude), unit: 'lat', code: null },
    { name: 'position.longitude', value: parseDecimal(longitude), unit: 'lon', code: null },
  ];
}

/** What the agent seals of an exact reading. */
export function twinOf(
  exact: Uint8Array,
  time: number,
  cell: string,
  side = '1',
): Partial<Reading> {
  const periodMs = { mantissa: BigInt(PERIOD_MS), exponent: 0 };
  return {
    source: 'wolf~cell',
    device: 'w-1',
    kind: 'position',
    time: Math.floor(time / PERIOD_MS) * PERIOD_MS,
    clock: { quality: 1, maxErrorMs: PERIOD_MS + 60_000, deviceTime: null, uptimeMs: 0 },
    origin: { driver: 'sigill', frameHash: null },
    fields: [
      { name: 'cell.exact', value: leafHash(exact), unit: null, code: null },
      { name: 'cell.grid', value: 'whole-degrees', unit: null, code: null },
      { name: 'cell.id', value: cell, unit: null, code: null },
      { name: 'cell.period', value: periodMs, unit: 'ms', code: null },
      { name: 'cell.resolution', value: parseDecimal(side), unit: 'deg', code: null },
    ],
  };
}

/** A collar's agent in a world; each act is sealed in a batch, and the roll is called at the end. */
export function collarWorld() {
  const world = createWorld();
  const site = world.addSite('sigill.example/test/valley', ['collar', 'other collar']);
  const [collar, other] = site.agents as [TestAgent, TestAgent];
  world.anchor();
  const sealOne = (agent: TestAgent, reading: Partial<Reading>) => {
    const batch = agent.seal(['0'], { reading });
    return { batch, bytes: batch.readings[0]! };
  };
  return {
    world,
    site,
    collar,
    other,
    sealFix: (agent: TestAgent, latitude: string, longitude: string, source = 'wolf') =>
      sealOne(agent, {
        ...{ source, device: 'w-1', kind: 'position' },
        fields: fixFields(latitude, longitude),
      }),
    sealTwin: (agent: TestAgent, reading: Partial<Reading>) => sealOne(agent, reading),
    /** When readings are stamped; twins are sealed when the period is over. */
    periodOver() {
      world.surroundings.now = (Math.floor(world.surroundings.now / PERIOD_MS) + 1) * PERIOD_MS;
    },
    now: () => world.surroundings.now,
    /** Evidence of the only reading of a batch, and whom to trust. */
    evidence(batch: ReturnType<typeof sealOne>['batch']) {
      return evidenceOf(world, site, batch, 0);
    },
    trust() {
      const policy = policyOf(world);
      return { policy, options: { ...optionsOf(world), decodeAgain: agrees } };
    },
  };
}

const agrees = () => ({ agrees: true, detail: '' });
