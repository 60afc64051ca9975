/** Evidence of a site whose log was closed and goes on in its next generation, and attacks on that. */
import { describe, expect, it } from 'vitest';
import { originHash } from '../log/checkpoint.ts';
import { evidenceOf, honestWorld, optionsOf, policyOf } from '../testing/evidence-fixture.ts';
import type { SealedBatch, SealOptions, SiteLog } from '../testing/site-fixture.ts';
import { failuresOf } from '../testing/verdict-fixture.ts';
import type { World } from '../testing/world-fixture.ts';
import { judge } from './judge.ts';
import { isProven } from './verdict.ts';

function verdictOn(world: World, site: SiteLog, batch: SealedBatch) {
  return judge(evidenceOf(world, site, batch, 0), policyOf(world), optionsOf(world));
}

/** The log of house-1 is closed; a batch enters its next generation, and both are anchored. */
function continued(options: SealOptions = {}) {
  const { world, house, meter, batch: before } = honestWorld();
  const next = world.continue(house);
  const batch = meter.seal(['21.00'], { into: next, ...options });
  world.anchor();
  return { world, house, meter, next, before, batch };
}

describe('a log in its next generation', () => {
  it('proves what was sealed before it was closed, and what came after', () => {
    const { world, house, next, before, batch } = continued();
    expect(isProven(verdictOn(world, house, before))).toBe(true);
    expect(isProven(verdictOn(world, next, batch))).toBe(true);
  });

  it('proves what its agent sealed for the closed log before it heard of this one', () => {
    const { world, next, batch } = continued({
      header: { log: originHash('sigill.example/test/house-1') },
    });
    expect(isProven(verdictOn(world, next, batch))).toBe(true);
  });

  it('proves it two generations later', () => {
    const { world, house, meter } = honestWorld();
    const third = world.continue(world.continue(house));
    expect(third.origin).toBe('sigill.example/test/house-1/3');
    const log = originHash(house.origin);
    const batch = meter.seal(['21.00'], { into: third, header: { log } });
    world.anchor();
    expect(isProven(verdictOn(world, third, batch))).toBe(true);
  });
});

describe('attacks on generations', () => {
  it('a seal for the next generation put into the closed one', () => {
    const { world, house, meter } = honestWorld();
    const log = originHash(`${house.origin}/2`);
    const batch = meter.seal(['21.00'], { header: { log } });
    world.anchor();
    expect(failuresOf(verdictOn(world, house, batch))).toMatchObject({
      registered: 'no OTHER_LOG',
    });
  });

  it('a seal for another log put into the next generation', () => {
    const { world, next, batch } = continued({
      header: { log: originHash('sigill.example/test/barn') },
    });
    expect(failuresOf(verdictOn(world, next, batch))).toMatchObject({ registered: 'no OTHER_LOG' });
  });

  it('a log that bears the name of a next generation and continues none', () => {
    const { world } = honestWorld();
    const false2 = world.addSite('sigill.example/test/barn/2', ['stranger']);
    const log = originHash('sigill.example/test/barn');
    const batch = false2.agents[0]!.seal(['21.00'], { header: { log } });
    world.anchor();
    expect(failuresOf(verdictOn(world, false2, batch))).toMatchObject({
      registered: 'no OTHER_LOG',
    });
  });

  it('a closed log that is called on behind its end', () => {
    const { world, house, meter, before } = continued();
    meter.seal(['21.10']);
    world.anchor();
    expect(failuresOf(verdictOn(world, house, before))).toEqual({ unrevoked: 'no OTHER_HEAD' });
  });

  it('a revoked agent that is not taken along', () => {
    const { world, house, meter } = honestWorld();
    world.revoke(house, meter.id);
    const next = world.continue(house);
    const batch = meter.seal(['21.00'], { into: next });
    world.anchor();
    expect(failuresOf(verdictOn(world, next, batch))).toMatchObject({
      registered: 'no NOT_REGISTERED',
    });
  });
});
