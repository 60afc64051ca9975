import { describe, expect, it } from 'vitest';
import { toHex } from '../bytes/bytes.ts';
import { formatNoteKey } from '../log/signed-note.ts';
import { decodeTemperature } from '../testing/decode-fixture.ts';
import { evidenceOf, honestWorld, optionsOf, policyOf } from '../testing/evidence-fixture.ts';
import { testSigner } from '../testing/key-fixture.ts';
import { failuresOf, LEDGER_CLAIMS, onEach } from '../testing/verdict-fixture.ts';
import { createWorld } from '../testing/world-fixture.ts';
import { formatEvidence, parseEvidence } from './evidence-file.ts';
import { judge } from './judge.ts';
import { CLAIMS, isProven } from './verdict.ts';

const { world, house, first, batch, file, policy, options } = honestWorld();

describe('judge', () => {
  it('finds that every claim holds, in their order, and says what proved each', () => {
    const verdict = judge(parseEvidence(formatEvidence(file)), policy, options);
    expect(verdict.claims.map(({ claim }) => claim)).toEqual(CLAIMS);
    expect(failuresOf(verdict)).toEqual({});
    expect(verdict.claims.every(({ provenBy }) => provenBy !== '')).toBe(true);
    expect(isProven(verdict)).toBe(true);
    expect(verdict.reading?.seq).toBe(4);
    expect(verdict.block?.number).toBe(world.anchors[4]!.leaf.blockNumber + 2);
  });

  it('brackets the sealing between the block of the beacon and that of the covering anchor', () => {
    const { notBefore, notAfter } = judge(file, policy, options);
    expect(notBefore).toBe(world.anchors[1]!.leaf.blockTime * 1000);
    expect(notAfter).toBe(world.anchors[2]!.leaf.blockTime * 1000);
  });

  it('judges every reading of both logs, the first batch and the newest anchor included', () => {
    for (const site of world.sites)
      for (const sealed of site.agents.flatMap(({ batches }) => batches))
        for (const index of sealed.readings.keys()) {
          const verdict = judge(evidenceOf(world, site, sealed, index), policy, options);
          expect(failuresOf(verdict)).toEqual({});
        }
  });

  it('judges evidence as it stood at an earlier anchor, which was the newest then', () => {
    const earlier = evidenceOf(world, house, batch, 1, { anchors: 3 });
    expect(earlier.rollCalls).toHaveLength(1);
    expect(failuresOf(judge(earlier, policy, options))).toEqual({});
  });

  it('gives no lower bound to a batch whose agent knew no anchor, and says so', () => {
    const verdict = judge(evidenceOf(world, house, first, 0), policy, options);
    const { provenBy } = verdict.claims.find(({ claim }) => claim === 'bracket')!;
    expect(verdict.notBefore).toBeNull();
    expect(provenBy).toContain('no lower bound');
  });

  it('asks for no decoding of what an agent says of itself', () => {
    const own = createWorld();
    const site = own.addSite('sigill.example/test/own', ['gateway']);
    const reading = { kind: 'heartbeat', origin: { driver: 'sigill', frameHash: null } };
    const sealed = site.agents[0]!.seal(['1'], { reading });
    own.anchor();
    const evidence = evidenceOf(own, site, sealed, 0);
    const verdict = judge(evidence, policyOf(own), optionsOf(own));
    expect(verdict.claims.map(({ claim }) => claim)).not.toContain('decoded');
    expect(isProven(verdict)).toBe(true);
  });
});

describe('witnesses that the operator runs itself', () => {
  const own = createWorld();
  const site = own.addSite('sigill.example/test/own', ['meter']);
  own.witnesses.push({ name: 'cloud.example', signer: testSigner('the operator’s cloud') });
  const keys = own.witnesses.map(({ name, signer }) =>
    formatNoteKey({ name, type: 4, publicKey: signer.publicKey }),
  );
  own.succeed({ witnesses: keys.slice(1) }, own.operator);
  const sealed = site.agents[0]!.seal(['1']);
  own.anchor();
  const evidence = evidenceOf(own, site, sealed, 0);
  const witnessedUnder = (...witnessLines: string[]) => {
    const { claims } = judge(evidence, policyOf(own, { witnessLines }), optionsOf(own));
    return claims.find(({ claim }) => claim === 'witnessed')!;
  };
  const both = [`witness other ${keys[0]}`, `witness own ${keys[1]}`];

  it('count when the policy names them, and the verdict tells whom one then trusts', () => {
    expect(witnessedUnder(...both, 'quorum other').trust).toEqual(['witnesses']);
    const any = witnessedUnder(...both, 'group g any other own', 'quorum g');
    expect(any.trust).toEqual(['witnesses']);
    const all = witnessedUnder(...both, 'group g all other own', 'quorum g');
    expect(all.trust).toEqual(['witnesses', 'own-witnesses']);
    expect(all.provenBy).toContain('the operator’s own: own');
    expect(all.facts.own).toBe('own');
  });

  it('are all there is when nobody else counts', () => {
    expect(witnessedUnder(both[1]!, 'quorum own').trust).toEqual(['own-witnesses']);
  });
});

describe('judge without all that a verdict needs', () => {
  it('establishes nothing but sealing and decoding without a policy', () => {
    const verdict = judge(file, null, options);
    const rest = CLAIMS.filter((claim) => claim !== 'sealed' && claim !== 'decoded');
    expect(failuresOf(verdict)).toEqual(onEach(rest, 'not checked NO_POLICY'));
    expect(isProven(verdict)).toBe(false);
    expect([verdict.notBefore, verdict.notAfter, verdict.block]).toEqual([null, null, null]);
  });

  it('checks nothing of the ledger under a policy that names none', () => {
    const verdict = judge(file, policyOf(world, { ledger: null }), options);
    expect(failuresOf(verdict)).toEqual(onEach(LEDGER_CLAIMS, 'not checked NO_LEDGER_IN_POLICY'));
  });

  it('says what a reading that is not anchored yet still lacks', () => {
    const young = createWorld();
    const site = young.addSite('sigill.example/test/young', ['meter']);
    site.agents[0]!.seal(['1']);
    const sealed = site.agents[0]!.seal(['2']);
    const evidence = parseEvidence(formatEvidence(evidenceOf(young, site, sealed, 0)));
    const verdict = judge(evidence, policyOf(young), optionsOf(young));
    expect(failuresOf(verdict)).toEqual(onEach(LEDGER_CLAIMS, 'not checked NOT_ANCHORED'));
    expect(isProven(verdict, LEDGER_CLAIMS)).toBe(true);
    expect(isProven(verdict, LEDGER_CLAIMS.slice(1))).toBe(false);
    const { provenBy } = verdict.claims.find(({ claim }) => claim === 'registered')!;
    expect(provenBy).toContain('the operator’s signature alone');
  });

  it('leaves the block unchecked when nobody gave its header, and tells the hash to compare', () => {
    const verdict = judge(file, policy, { decodeAgain: decodeTemperature });
    expect(failuresOf(verdict)).toEqual({ block: 'not checked NO_BLOCK_HEADER' });
    const { detail } = verdict.claims.find(({ claim }) => claim === 'block')!;
    expect(detail).toContain(toHex(options.blocks[4]!.hash));
    expect(isProven(verdict, ['block'])).toBe(true);
  });

  it('leaves the witnesses unchecked under a policy that asks for none', () => {
    const none = policyOf(world, { witnessLines: ['quorum none'] });
    expect(failuresOf(judge(file, none, options))).toEqual({
      witnessed: 'not checked NO_WITNESS_IN_POLICY',
    });
  });

  it('leaves decoding unchecked without a frame or a decoder', () => {
    const withoutFrame = { ...file, readings: [{ ...file.readings[0]!, frame: null }] };
    expect(failuresOf(judge(withoutFrame, policy, options))).toEqual({
      decoded: 'not checked NO_FRAME',
    });
    expect(failuresOf(judge(file, policy, { blocks: options.blocks }))).toEqual({
      decoded: 'not checked NO_DECODER',
    });
  });

  it('takes "not checked" for proven only where it is waived by name, and "no" never', () => {
    const bare = { ...file, log: { ...file.log, checkpoint: house.checkpoint(6) } };
    expect(isProven(judge(bare, policy, options), ['witnessed'])).toBe(false);
  });
});
