import { describe, expect, it } from 'vitest';
import { anchorLogAddress, parseAddress } from '../anchor/anchor-log.ts';
import { sha256 } from '../crypto/index.ts';
import { consistencyPath } from '../log/consistency.ts';
import { inclusionPath } from '../log/inclusion.ts';
import {
  anchorLeaves,
  evidenceOf,
  honestWorld,
  optionsOf,
  policyOf,
} from '../testing/evidence-fixture.ts';
import { testBytes, testSigner } from '../testing/key-fixture.ts';
import type { SealOptions } from '../testing/site-fixture.ts';
import { DEPENDS, failuresOf, onEach } from '../testing/verdict-fixture.ts';
import type { EvidenceFile } from './evidence-file.ts';
import { judge } from './judge.ts';
import type { Policy } from './policy.ts';

const { world, house, batch, file, policy, options } = honestWorld();
const failures = (changed: EvidenceFile, changedPolicy: Policy = policy) =>
  failuresOf(judge(changed, changedPolicy, options));
const withoutLeaf = (at: number) => ({
  ...file,
  anchors: { ...file.anchors!, leaves: file.anchors!.leaves.filter(({ index }) => index !== at) },
});
const AFTER_THE_RECORD = ['logged', 'history', 'witnessed', 'called', 'bracket', 'clock'] as const;

describe('sealed does not hold', () => {
  it('when the reading is not the one at this place of the batch', () => {
    const other = { ...file.readings[0]!, bytes: batch.readings[0]! };
    expect(failures({ ...file, readings: [{ ...other, frame: null }] })).toEqual({
      sealed: 'no BATCH_SEQUENCE',
      decoded: 'not checked NO_FRAME',
      ...onEach(['bracket', 'clock'], DEPENDS),
    });
  });

  it('when another key signed the seal', () => {
    const changed = sealedOtherwise({ signer: testSigner('thief') });
    expect(changed).toEqual({
      sealed: 'no SIGNATURE_INVALID',
      ...onEach(['bracket', 'clock'], DEPENDS),
    });
  });
});

describe('registered does not hold', () => {
  it('under a policy that trusts another operator', () => {
    const other = policyOf(world, { operator: sha256(testSigner('another').publicKey) });
    expect(failures(file, other)).toEqual({
      ...onEach(['registered', 'unrevoked'], 'no RECORD_CHAIN'),
      ...onEach(AFTER_THE_RECORD, DEPENDS),
    });
  });

  it('when the agent was revoked before its seal was called', () => {
    const changed = sealedOtherwise({}, ({ world: other, house: site, meter }) =>
      other.revoke(site, meter.id),
    );
    expect(changed).toEqual({
      ...onEach(['registered', 'unrevoked'], 'no REVOKED'),
      ...onEach(AFTER_THE_RECORD, DEPENDS),
    });
  });

  it('when the seal is for another log', () => {
    expect(sealedOtherwise({ header: { log: testBytes('another log') } })).toEqual({
      registered: 'no OTHER_LOG',
      ...onEach(AFTER_THE_RECORD, DEPENDS),
    });
  });

  it('when the record was signed by a key that is not the operator’s', () => {
    const changed = sealedOtherwise({}, ({ world: other, house: site }) =>
      other.register(site, {}, testSigner('thief')),
    );
    expect(changed).toEqual({
      ...onEach(['registered', 'unrevoked'], 'no SIGNATURE_INVALID'),
      ...onEach(AFTER_THE_RECORD, DEPENDS),
    });
  });
});

describe('unrevoked does not hold', () => {
  it('when the agent was revoked after its seal was called', () => {
    const { world: other, house: site, meter, batch: sealed } = honestWorld();
    other.revoke(site, meter.id);
    other.anchor();
    const verdict = judge(evidenceOf(other, site, sealed, 1), policyOf(other), optionsOf(other));
    expect(failuresOf(verdict)).toEqual({ unrevoked: 'no REVOKED' });
  });

  it('when the newest record is withheld', () => {
    const records = { ...file.records, slot: file.records.slot.slice(0, 1) };
    expect(failures({ ...file, records })).toEqual({ unrevoked: 'no NOT_REGISTERED' });
  });

  it('when the operator’s newest record is withheld', () => {
    const { world: other, house: site, batch: sealed } = honestWorld();
    other.succeed({ nextKeyHash: testBytes('third key') }, other.operator);
    other.anchor();
    const full = evidenceOf(other, site, sealed, 1);
    const records = { ...full.records, operator: full.records.operator.slice(0, 1) };
    const verdict = judge({ ...full, records }, policyOf(other), optionsOf(other));
    expect(failuresOf(verdict)).toEqual({ unrevoked: 'no NOT_NEWEST' });
  });

  it('nor does history, when the roll-call given as newest is not of the newest anchor', () => {
    const { rollCalls, log } = evidenceOf(world, house, batch, 1, { anchors: 4 });
    const anchors = { size: 5, leaves: anchorLeaves(world.anchors, [0, 1, 2, 3]) };
    expect(failures({ ...file, rollCalls, log, anchors })).toEqual(
      onEach(['unrevoked', 'history'], 'no NOT_NEWEST'),
    );
  });
});

describe('logged, history, witnessed and called do not hold', () => {
  it('logged: when the path of the seal leads elsewhere', () => {
    const seal = { ...file.seal, path: file.seal.path.toReversed() };
    expect(failures({ ...file, seal })).toEqual({
      logged: 'no INCLUSION_PROOF',
      ...onEach(['history', 'witnessed', 'called', 'bracket', 'clock'], DEPENDS),
    });
  });

  it('history: when the consistency path is broken', () => {
    const log = { ...file.log, consistency: file.log.consistency.slice(1) };
    expect(failures({ ...file, log })).toEqual({ history: 'no CONSISTENCY_PROOF' });
  });

  it('witnessed: when the cosignature is missing, bad or of an unknown witness', () => {
    const bare = house.checkpoint(6);
    const [own, cosigned] = file.log.checkpoint.split('\n\n')[1]!.split('\n');
    const changes = [
      bare,
      `${bare}${cosigned!.replace('w1', 'w2')}\n`,
      `${bare}${cosigned!.replace(/.{8}$/, 'AAAAAAA=')}\n`,
      `${bare}${own!.replace(house.origin, 'witness.example/w1')}\n`,
    ];
    for (const checkpoint of changes)
      expect(failures({ ...file, log: { ...file.log, checkpoint } })).toEqual({
        witnessed: 'no QUORUM_NOT_MET',
      });
  });

  it('called: when the checkpoint is none that the roll-call names', () => {
    const read = house.hashes();
    const changed = {
      ...file,
      seal: { ...file.seal, path: inclusionPath(5, 7, read) },
      log: {
        ...file.log,
        checkpoint: world.witnessed(house.checkpoint(7)),
        consistency: consistencyPath(7, 10, read),
      },
    };
    expect(failures(changed)).toEqual({
      called: 'no OTHER_HEAD',
      ...onEach(['bracket', 'clock'], DEPENDS),
    });
  });
});

describe('anchored and block do not hold', () => {
  it('anchored: under a policy with another contract', () => {
    const roles = { operator: testBytes('x', 20), guardian: testBytes('y', 20) };
    const contract = anchorLogAddress(parseAddress(world.ledger.profile.factory), roles);
    const other = policyOf(world, { ledger: { ...world.ledger, ...roles, contract } });
    expect(failures(file, other)).toEqual({
      ...onEach(['anchored', 'block'], 'no TRIE_PROOF'),
      ...onEach(['unrevoked', 'history', 'bracket', 'clock'], DEPENDS),
    });
  });

  it('anchored: when the ledger holds another number of anchors', () => {
    const earlier = evidenceOf(world, house, batch, 1, { anchors: 4 });
    expect(failures({ ...file, ledger: earlier.ledger })).toEqual({
      ...onEach(['anchored', 'block'], 'no NOT_NEWEST'),
      ...onEach(['unrevoked', 'history', 'bracket', 'clock'], DEPENDS),
    });
  });

  it('block: when anybody has another block of that number', () => {
    const other = { ...options.blocks[4]!, hash: testBytes('fork'), source: 'another node' };
    const verdict = judge(file, policy, { ...options, blocks: [...options.blocks, other] });
    expect(failuresOf(verdict)).toEqual({ block: 'no OTHER_BLOCK' });
  });
});

describe('bracket and clock do not hold', () => {
  it('when the leaf of the anchor that the seal or the header before names is missing', () => {
    expect(failures(withoutLeaf(1))).toEqual({ bracket: 'no NO_LEAF' });
    expect(failures(withoutLeaf(0))).toEqual({ clock: 'no NO_LEAF' });
  });

  it('bracket: when the beacon is no anchor of this ledger', () => {
    const beacon = { anchorIndex: 1, anchorLeafHash: testBytes('no anchor') };
    expect(sealedOtherwise({ beacon })).toEqual({ bracket: 'no NO_LEAF' });
  });

  it('bracket: when the beacon came after the anchor that covers the seal', () => {
    // Anchor 6 calls the head of anchor 4 again, so that it can be known before the seal is made.
    const build = (sealing: SealOptions) => {
      const { world: other, house: site, meter } = honestWorld();
      const sealed = meter.seal(['1.0'], sealing);
      other.anchor();
      other.anchor((calls) => calls.with(1, other.anchors[4]!.calls[1]!));
      return { other, site, sealed };
    };
    const beacon = build({}).other.surroundings.beacon!;
    const { other, site, sealed } = build({ beacon });
    const verdict = judge(evidenceOf(other, site, sealed, 0), policyOf(other), optionsOf(other));
    expect(failuresOf(verdict)).toEqual({
      history: 'no CONSISTENCY_PROOF',
      bracket: 'no BEFORE_BEACON',
    });
  });

  it('clock: when it was read before the anchor that the agent knew of', () => {
    const known = world.anchors[3]!.leaf.blockTime * 1000; // named by the header before
    const at = (time: number) => sealedOtherwise({ reading: { time } });
    expect(at(known - 200)).toEqual({});
    expect(at(known - 201)).toEqual({ clock: 'no BEFORE_BEACON' });
  });

  it('clock: when it was read after its batch was closed', () => {
    const closedAt = world.surroundings.now + 1500;
    const at = (time: number) => sealedOtherwise({ reading: { time } });
    expect(at(closedAt + 200)).toEqual({});
    expect(at(closedAt + 201)).toEqual({ clock: 'no AFTER_CLOSE' });
  });

  it('clock: when the batch was closed after it was anchored', () => {
    const anchored = Math.floor((world.surroundings.now + 601_500) / 1000) * 1000;
    const at = (closedAt: number) => sealedOtherwise({ header: { closedAt } });
    expect(at(anchored + 1200)).toEqual({});
    expect(at(anchored + 1201)).toEqual({ clock: 'no CLOSED_AFTER_ANCHOR' });
  });

  it('clock: grants the policy’s error where the clock states none', () => {
    const clock = { quality: 0 as const, maxErrorMs: null, deviceTime: null, uptimeMs: 1 };
    const closedAt = world.surroundings.now + 1500;
    const at = (time: number) => sealedOtherwise({ reading: { time, clock } });
    expect(at(closedAt + 2000)).toEqual({});
    expect(at(closedAt + 2001)).toEqual({ clock: 'no AFTER_CLOSE' });
  });

  it('clock: says so of times that no calendar has', () => {
    const time = Number.MAX_SAFE_INTEGER;
    expect(sealedOtherwise({ reading: { time } })).toEqual({ clock: 'no AFTER_CLOSE' });
    expect(sealedOtherwise({ header: { closedAt: time } })).toEqual({
      clock: 'no CLOSED_AFTER_ANCHOR',
    });
  });
});

describe('decoded does not hold', () => {
  it('when the decoder throws', () => {
    const decodeAgain = () => {
      throw new RangeError('offset is outside the bounds');
    };
    const verdict = judge(file, policy, { ...options, decodeAgain });
    expect(failuresOf(verdict)).toEqual({ decoded: 'no OTHER_READING' });
  });

  it('when the frame is another than the reading names', () => {
    const frame = new TextEncoder().encode('temperature 99.99 Cel\r\n');
    expect(failures({ ...file, readings: [{ ...file.readings[0]!, frame }] })).toEqual({
      decoded: 'no OTHER_FRAME',
    });
  });

  it('when the frame decodes to something else', () => {
    const fields = [{ name: 'temperature', value: { mantissa: 1n, exponent: 0 }, unit: 'Cel' }];
    const reading = { fields: fields.map((field) => ({ ...field, code: null })) };
    expect(sealedOtherwise({ reading })).toEqual({ decoded: 'no OTHER_READING' });
  });
});

/** What does not hold of one more batch that was sealed in this way, in an honest world. */
function sealedOtherwise(
  sealing: SealOptions,
  before: (honest: ReturnType<typeof honestWorld>) => void = () => {},
): Record<string, string> {
  const honest = honestWorld();
  before(honest);
  const sealed = honest.meter.seal(['1.00'], sealing);
  honest.world.anchor();
  const evidence = evidenceOf(honest.world, honest.house, sealed, 0);
  return failuresOf(judge(evidence, policyOf(honest.world), optionsOf(honest.world)));
}
