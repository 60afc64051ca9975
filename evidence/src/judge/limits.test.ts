/** What no evidence can catch, and that the verdict says so: whom it trusts, and what it does not prove. */
import { describe, expect, it } from 'vitest';
import { evidenceOf, honestWorld, optionsOf, policyOf } from '../testing/evidence-fixture.ts';
import { rangeOf, rangeWorld, sealTurns } from '../testing/range-fixture.ts';
import { failuresOf } from '../testing/verdict-fixture.ts';
import { judge } from './judge.ts';
import { judgeRange } from './judge-range.ts';
import { isProven, LIMIT } from './verdict.ts';

const trustOf = ({ claims }: Pick<ReturnType<typeof judge>, 'claims'>, wanted: string) =>
  claims.find(({ claim }) => claim === wanted)!.trust;

function sealedIn(honest: ReturnType<typeof honestWorld>, temperature: string) {
  const sealed = honest.meter.seal([temperature]);
  honest.world.anchor();
  return judge(
    evidenceOf(honest.world, honest.house, sealed, 0),
    policyOf(honest.world),
    optionsOf(honest.world),
  );
}

describe('what cannot be caught', () => {
  it('a sensor that lies: all is proven but that it is true, which the limit says', () => {
    const verdict = sealedIn(honestWorld(), '-273.16');
    expect(isProven(verdict)).toBe(true);
    expect(trustOf(verdict, 'decoded')).toEqual(['agent']);
    expect(LIMIT).toContain('measured the world rightly');
  });

  it('a host taken over before sealing: what was sealed rests on the agent, and is said to', () => {
    const verdict = sealedIn(honestWorld(), '21.00');
    expect(trustOf(verdict, 'sealed')).toEqual(['agent']);
    expect(LIMIT).toContain('rests on the device and the agent');
  });

  it('what was lost before the first checkpoint left: the history that did leave proves itself alone', () => {
    // The first batches are sealed into a log that nobody saw; the box begins again, and that log is the one.
    const [lost, kept] = [honestWorld(), honestWorld()];
    lost.meter.seal(['66.60']);
    const verdict = sealedIn(kept, '20.00');
    expect(isProven(verdict)).toBe(true);
    expect(trustOf(verdict, 'logged')).toEqual(['gateway']);
  });

  it('what a stolen key inserts, until its revocation is anchored: then all of its batches are doubtful', () => {
    const honest = honestWorld();
    const stolen = honest.meter.seal(['66.60']);
    honest.world.anchor();
    const file = () => evidenceOf(honest.world, honest.house, stolen, 0);
    const before = judge(file(), policyOf(honest.world), optionsOf(honest.world));
    expect(isProven(before)).toBe(true);
    expect(trustOf(before, 'unrevoked')).toEqual(['operator', 'ledger']);
    honest.world.revoke(honest.house, honest.meter.id);
    honest.world.anchor();
    const after = judge(file(), policyOf(honest.world), optionsOf(honest.world));
    expect(failuresOf(after)).toEqual({ unrevoked: 'no REVOKED' });
  });

  it('a revocation newer than the file: it is proven as of its block, and the verdict names the block', () => {
    const honest = honestWorld();
    const { file, policy } = honest;
    honest.world.revoke(honest.house, honest.meter.id);
    honest.world.anchor();
    const verdict = judge(file, policy, optionsOf(honest.world));
    expect(isProven(verdict)).toBe(true);
    expect(verdict.block!.number).toBeLessThan(honest.world.anchors.at(-1)!.leaf.blockNumber);
  });

  it('an operator that lies to a verifier without an anchor: nothing that needs one holds', () => {
    const honest = honestWorld();
    const sealed = honest.meter.seal(['21.00']);
    const evidence = evidenceOf(honest.world, honest.house, sealed, 0);
    const verdict = judge(evidence, policyOf(honest.world), optionsOf(honest.world));
    const open = verdict.claims.filter(({ holds }) => holds === 'not checked');
    expect(open.map(({ claim }) => claim)).toEqual([
      ...['unrevoked', 'history', 'called', 'anchored', 'block', 'bracket', 'clock'],
    ]);
    expect(trustOf(verdict, 'registered')).toEqual(['operator']);
    expect(isProven(verdict)).toBe(false);
  });

  it('a chain that one machine makes: the verdict says on what the block rests', () => {
    const { file, policy, options } = honestWorld();
    const block = judge(file, policy, options).claims.find(({ claim }) => claim === 'block')!;
    expect(block.provenBy).toContain('proves nothing to anybody else');
    expect(block.trust).toEqual(['header-source', 'ledger']);
  });

  it('a block that nobody compares: it is not proven, and its hash is told', () => {
    const { file, policy, options } = honestWorld();
    const verdict = judge(file, policy, { ...options, blocks: [] });
    expect(failuresOf(verdict)).toEqual({ block: 'not checked NO_BLOCK_HEADER' });
    expect(verdict.block!.hash).toHaveLength(32);
  });

  it('a clock that grants itself a large error: the verdict says how large', () => {
    const honest = honestWorld();
    const time = honest.world.surroundings.now - 3_600_000;
    const clock = { quality: 2 as const, maxErrorMs: 7_200_000, deviceTime: null, uptimeMs: 1 };
    const sealed = honest.meter.seal(['1.0'], { reading: { time, clock } });
    honest.world.anchor();
    const evidence = evidenceOf(honest.world, honest.house, sealed, 0);
    const verdict = judge(evidence, policyOf(honest.world), optionsOf(honest.world));
    const judged = verdict.claims.find(({ claim }) => claim === 'clock')!;
    expect(judged).toMatchObject({ holds: 'yes', facts: { errorMs: 7_200_000 } });
  });

  it('a second reading under one number, where the agent shows only one: completeness rests on the agent', () => {
    const twice = rangeWorld();
    sealTurns(twice.meter, [10, 11], twice.times);
    twice.meter.seal(['66.6'], { each: () => ({ n: 11, device: 'probe-1' }) });
    twice.world.anchor();
    const choice = { device: 'probe-1', first: 10, count: 2, period: null };
    const whole = rangeOf(twice.world, twice.house, twice.meter, choice);
    const options = optionsOf(twice.world);
    expect(failuresOf(judgeRange(whole, twice.policy, options))).toEqual({
      complete: 'no OTHER_STREAM',
    });
    // The same without the batch in which the number stands again.
    twice.meter.batches.length -= 1;
    const shown = rangeOf(twice.world, twice.house, twice.meter, choice);
    const verdict = judgeRange(shown, twice.policy, options);
    expect(isProven(verdict)).toBe(true);
    expect(trustOf(verdict, 'complete')).toEqual(['agent']);
  });

  it('cosignatures that the quorum can do without: they change nothing that is claimed', () => {
    const { file, policy, options } = honestWorld();
    const stray = '— stranger.example/w 13REVAAAAABqsUdIPuW0rF/aa3k6QZAXhBOtXfE263mgIvQXWWm4';
    const log = { ...file.log, checkpoint: `${file.log.checkpoint}${stray}\n` };
    const verdict = judge({ ...file, log }, policy, options);
    expect(verdict.claims).toEqual(judge(file, policy, options).claims);
  });
});
