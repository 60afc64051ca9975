/** Attacks on logs, roll-calls, ledgers and clocks, as whoever verifies a file sees them. */
import { describe, expect, it } from 'vitest';
import { anchorLogAddress, parseAddress } from '../anchor/anchor-log.ts';
import { findChainProfile } from '../anchor/chain-profiles.ts';
import { callRoll } from '../anchor/roll-call.ts';
import { EvidenceError } from '../errors.ts';
import { signCheckpoint } from '../log/checkpoint.ts';
import { consistencyPath } from '../log/consistency.ts';
import { inclusionPath } from '../log/inclusion.ts';
import { EMPTY_ROOT } from '../log/merkle-tree.ts';
import { formatReceipt, parseReceipt, verifyReceipt } from '../log/receipt.ts';
import { judgeAddCheckpoint } from '../log/witnessing.ts';
import {
  evidenceOf,
  honestWorld,
  optionsOf,
  policyOf,
  rollCallOf,
} from '../testing/evidence-fixture.ts';
import { testBytes, testSigner } from '../testing/key-fixture.ts';
import { createSiteLog } from '../testing/site-fixture.ts';
import { failuresOf } from '../testing/verdict-fixture.ts';
import { type EvidenceFile, formatEvidence, parseEvidence } from './evidence-file.ts';
import { judge } from './judge.ts';

const { world, house, barn, meter, first, batch, file, policy, options } = honestWorld();
const failures = (changed: EvidenceFile) => failuresOf(judge(changed, policy, options));

describe('attacks on a log', () => {
  const forked = signCheckpoint(
    { origin: house.origin, size: 6, root: testBytes('fork') },
    house.signer,
  );

  it('the log rewritten behind a checkpoint', () => {
    const request = { oldSize: 4, path: consistencyPath(4, 6, house.hashes()), note: forked };
    expect(witnessed(4, request)).toBe('422 WITNESS_FORK');
    expect(witnessed(4, { ...request, note: house.checkpoint(6) })).toBe('200');
  });

  it('two checkpoints of one size', () => {
    const twice = { oldSize: 6, path: [], note: forked };
    expect(witnessed(6, twice)).toBe('422 WITNESS_FORK');
    const log = { ...file.log, checkpoint: world.witnessed(forked) };
    expect(failures({ ...file, log }).logged).toBe('no INCLUSION_PROOF');
  });

  it('a fork shown to one witness', () => {
    const two = {
      ...world,
      witnesses: [
        ...world.witnesses,
        { name: 'witness.example/w2', signer: testSigner('witness 2') },
      ],
    };
    const verdict = judge(file, policyOf(two), options);
    expect(failuresOf(verdict)).toEqual({ witnessed: 'no QUORUM_NOT_MET' });
  });

  it('the tail cut and continued', () => {
    const { world: cut, house: site, batch: sealed } = honestWorld();
    const fork = createSiteLog(site.origin, cut.surroundings);
    for (const entry of site.entries.slice(0, sealed.entry)) fork.append(entry);
    while (fork.entries.length < 10) fork.append(testBytes('continued'));
    cut.anchor((calls) => calls.with(1, { ...calls[1]!, root: fork.rootAt(10) }));
    const honest = evidenceOf(cut, site, sealed, 1);
    for (const read of [site.hashes(), fork.hashes()]) {
      const log = { ...honest.log, consistency: consistencyPath(6, 10, read) };
      const verdict = judge({ ...honest, log }, policyOf(cut), optionsOf(cut));
      expect(failuresOf(verdict)).toEqual({ history: 'no CONSISTENCY_PROOF' });
    }
  });

  it('a head called at t and swapped at t+1', () => {
    const { world: swapped, house: site, batch: sealed } = honestWorld();
    swapped.anchor((calls) => calls.with(1, { ...calls[1]!, root: testBytes('swapped') }));
    const verdict = judge(
      evidenceOf(swapped, site, sealed, 1),
      policyOf(swapped),
      optionsOf(swapped),
    );
    expect(failuresOf(verdict)).toEqual({ history: 'no CONSISTENCY_PROOF' });
    const last = world.anchors[4]!.calls;
    const head = { size: 10, root: testBytes('swapped'), path: [] };
    const { calls, refused } = callRoll(last, [
      { ...last[0]!, head: null },
      { ...last[1]!, head },
    ]);
    expect(refused.map(({ slot, error }) => [slot, error.code])).toEqual([[1, 'CALL_CONSISTENCY']]);
    expect(calls[1]).toEqual({ ...last[1]!, age: last[1]!.age + 1 });
  });

  it('an empty log called with a root of something', () => {
    const slot = { originHash: testBytes('o'), recordHash: testBytes('r') };
    const head = { size: 0, root: testBytes('not empty'), path: [] };
    const { calls, refused } = callRoll(
      [],
      [
        { ...slot, head: null },
        { ...slot, head },
      ],
    );
    expect(refused).toHaveLength(1);
    expect(calls[1]!.root).toEqual(EMPTY_ROOT);
  });

  it('a stale checkpoint sold as new', () => {
    expect(witnessed(6, { oldSize: 6, path: [], note: house.checkpoint(4) })).toBe(
      '400 WITNESS_OLD_SIZE',
    );
    const stale = evidenceOf(world, house, first, 0, { covering: 0 });
    const call = { ...stale.rollCalls![0]!, anchor: 4 };
    expect(failures({ ...stale, rollCalls: [call] })).toMatchObject({
      called: 'no INCLUSION_PROOF',
    });
  });

  it('a batch of the log left out of the file that continues it', () => {
    const { headers } = evidenceOf(world, house, meter.batches[3]!, 0);
    expect(headers).toHaveLength(1);
    expect(failures({ ...file, headers }).sealed).toBe('no BATCH_LINK');
    expect(codeOf(() => parseEvidence(formatEvidence({ ...file, headers: [] })))).toBe(
      'EVIDENCE_FORM',
    );
  });
});

describe('attacks on a path', () => {
  const { seal } = file;
  it.each<[string, Partial<EvidenceFile['seal']>]>([
    ['the path of another leaf', { path: inclusionPath(4, 6, house.hashes()) }],
    ['a path too long', { path: [...seal.path, EMPTY_ROOT] }],
    ['a path too short', { path: seal.path.slice(0, -1) }],
    ['an index beyond the size', { index: 6 }],
    ['an index whose path has the same shape', { index: 4 }],
  ])('%s', (_name, changes) => {
    expect(failures({ ...file, seal: { ...seal, ...changes } }).logged).toBe('no INCLUSION_PROOF');
  });

  it('a forged receipt', () => {
    const receipt = { index: 5, path: seal.path, note: file.log.checkpoint };
    const text = formatReceipt(receipt);
    const verify =
      (changed: string, entry = seal.bytes) =>
      () =>
        verifyReceipt(parseReceipt(changed), entry, house.origin, house.signer.publicKey);
    expect(verify(text)().size).toBe(6);
    expect(codeOf(verify(text.replace('index 5', 'index 4')))).toBe('INCLUSION_PROOF');
    expect(codeOf(verify(text, file.readings[0]!.bytes))).toBe('INCLUSION_PROOF');
    const thief = signCheckpoint(
      { origin: house.origin, size: 6, root: house.rootAt(6) },
      testSigner('thief'),
    );
    expect(codeOf(verify(formatReceipt({ ...receipt, note: thief })))).toBe('NOTE_UNSIGNED');
    const renamed = house.checkpoint(6).replaceAll(house.origin, barn.origin);
    expect(codeOf(verify(formatReceipt({ ...receipt, note: renamed })))).toBe('CHECKPOINT_ORIGIN');
  });
});

describe('attacks on a roll-call', () => {
  it('a slot moved', () => {
    const { world: moved, house: site, meter: agent } = honestWorld();
    const sealed = agent.seal(['1.0']);
    const anchor = moved.anchor((calls) => [
      calls[0]!,
      { ...calls[2]!, slot: 1 },
      { ...calls[1]!, slot: 2 },
    ]);
    const evidence = {
      ...evidenceOf(moved, site, sealed, 0, { covering: 5 }),
      records: { operator: moved.operatorRecords, slot: moved.records[0]!.slice(-1) },
      rollCalls: [rollCallOf(anchor, 2)],
    };
    const claims = failuresOf(judge(evidence, policyOf(moved), optionsOf(moved)));
    expect(claims).toMatchObject({ registered: 'no OTHER_SLOT', unrevoked: 'no OTHER_SLOT' });
  });

  it('a slot reused', () => {
    const { world: reused, house: site, batch: sealed } = honestWorld();
    reused.anchor((calls) => calls.with(1, { ...calls[2]!, slot: 1 }));
    const verdict = judge(evidenceOf(reused, site, sealed, 1), policyOf(reused), optionsOf(reused));
    expect(failuresOf(verdict)).toMatchObject({
      unrevoked: 'no NOT_REGISTERED',
      history: 'no OTHER_SLOT',
    });
  });
});

describe('attacks on the ledger', () => {
  it('an anchor shown twice', () => {
    const [leaf, ...leaves] = file.anchors!.leaves;
    const twice = { ...file, anchors: { size: 5, leaves: [leaf!, leaf!, ...leaves] } };
    expect(codeOf(() => parseEvidence(formatEvidence(twice)))).toBe('EVIDENCE_FORM');
    const renamed = { ...file.anchors!.leaves[2]!, index: 3 };
    const moved = { ...file, anchors: { size: 5, leaves: file.anchors!.leaves.with(3, renamed) } };
    expect(codeOf(() => failures(moved))).toBe('EVIDENCE_FORM');
  });

  it('a second contract with a seeded history', () => {
    const roles = { operator: world.ledger.operator, guardian: testBytes('thief', 20) };
    const contract = anchorLogAddress(parseAddress(world.ledger.profile.factory), roles);
    const seeded = { ...world, ledger: { ...world.ledger, ...roles, contract } };
    const ledger = evidenceOf(seeded, house, batch, 1).ledger;
    expect(failures({ ...file, ledger })).toMatchObject({ anchored: 'no TRIE_PROOF' });
  });

  it('a development chain sold as the real one', () => {
    const profile = findChainProfile('ethereum')!;
    const roles = { operator: world.ledger.operator, guardian: world.ledger.guardian };
    const contract = anchorLogAddress(parseAddress(profile.factory), roles);
    const real = policyOf(world, {
      ledger: { ...roles, profile, chainId: 1, contract, endpoints: [] },
    });
    expect(failuresOf(judge(file, real, options)).anchored).toBe('no INCLUSION_PROOF');
  });

  it('a reading moved to another contract or chain, whose address the policy cannot even name', () => {
    const ledger = { ...world.ledger, contract: testBytes('other', 20) };
    expect(codeOf(() => policyOf(world, { ledger }))).toBe('POLICY_FORM');
    expect(codeOf(() => policyOf(world, { ledger: { ...world.ledger, chainId: 2 } }))).toBe(
      'POLICY_FORM',
    );
  });
});

describe('attacks on clocks and keys', () => {
  const sealedAt = (shift: number) => {
    const honest = honestWorld();
    const time = honest.world.surroundings.now + shift;
    const sealed = honest.meter.seal(['1.0'], { reading: { time }, header: { closedAt: time } });
    honest.world.anchor();
    const evidence = evidenceOf(honest.world, honest.house, sealed, 0);
    return failuresOf(judge(evidence, policyOf(honest.world), optionsOf(honest.world)));
  };

  it('a back-dated clock', () => {
    expect(sealedAt(0)).toEqual({});
    expect(sealedAt(-3_600_000)).toEqual({ clock: 'no BEFORE_BEACON' });
  });

  it('a post-dated clock', () => {
    expect(sealedAt(3_600_000)).toEqual({ clock: 'no CLOSED_AFTER_ANCHOR' });
  });

  it('a revoked key used, and its revocation withheld', () => {
    const honest = honestWorld();
    const [open] = honest.world.records[0]!.slice(-1);
    honest.world.revoke(honest.house, honest.meter.id);
    const sealed = honest.meter.seal(['1.0']);
    honest.world.anchor();
    const evidence = evidenceOf(honest.world, honest.house, sealed, 0);
    const verdictOf = (changed: EvidenceFile) =>
      failuresOf(judge(changed, policyOf(honest.world), optionsOf(honest.world)));
    expect(verdictOf(evidence).registered).toBe('no REVOKED');
    const withheld = { ...evidence.records, slot: [open!] };
    expect(verdictOf({ ...evidence, records: withheld })).toMatchObject({
      registered: 'no NOT_REGISTERED',
      unrevoked: 'no NOT_REGISTERED',
    });
  });
});

describe('second forms of one file', () => {
  it('a record that nothing refers to, given twice, or out of order', () => {
    const [one, two] = file.records.slot;
    const withSlot = (slot: Uint8Array[]) =>
      failures({ ...file, records: { ...file.records, slot } });
    expect(withSlot([two!, one!])).toEqual({ unrevoked: 'no EVIDENCE_FORM' });
    const early = evidenceOf(world, house, first, 0, { anchors: 2 });
    expect(early.rollCalls).toHaveLength(2);
    for (const slot of [
      [one!, two!],
      [one!, one!],
    ]) {
      const records = { ...early.records, slot };
      expect(failures({ ...early, records })).toEqual({ unrevoked: 'no EVIDENCE_FORM' });
    }
  });

  it('a leaf that nothing refers to', () => {
    const stray = evidenceOf(world, house, first, 0);
    const leaves = [...stray.anchors!.leaves.slice(0, 1), ...file.anchors!.leaves.slice(1)];
    expect(codeOf(() => failures({ ...stray, anchors: { size: 5, leaves } }))).toBe(
      'EVIDENCE_FORM',
    );
  });

  it('a frame beside a reading that came from no device', () => {
    const honest = honestWorld();
    const reading = { kind: 'heartbeat', origin: { driver: 'sigill', frameHash: null } };
    const sealed = honest.meter.seal(['1'], { reading });
    honest.world.anchor();
    const evidence = evidenceOf(honest.world, honest.house, sealed, 0);
    const framed = { ...evidence, readings: [{ ...evidence.readings[0]!, frame: testBytes('x') }] };
    const judged = () => judge(framed, policyOf(honest.world), optionsOf(honest.world));
    expect(codeOf(judged)).toBe('EVIDENCE_FORM');
  });

  it('a measurement that an agent calls its own word, so that nobody decodes it', () => {
    const honest = honestWorld();
    const reading = { kind: 'meter', origin: { driver: 'sigill', frameHash: null } };
    const sealed = honest.meter.seal(['1'], { reading });
    honest.world.anchor();
    const evidence = evidenceOf(honest.world, honest.house, sealed, 0);
    const { claims } = judge(evidence, policyOf(honest.world), optionsOf(honest.world));
    expect(claims.find(({ claim }) => claim === 'decoded')).toMatchObject({
      holds: 'not checked',
      reason: 'NO_FRAME',
    });
  });
});

function witnessed(size: number, request: Parameters<typeof judgeAddCheckpoint>[0]): string {
  const { origin, signer } = house;
  const log = { origin, publicKey: signer.publicKey, size, root: house.rootAt(size) };
  const decision = judgeAddCheckpoint(request, () => log);
  return 'code' in decision ? `${decision.status} ${decision.code}` : String(decision.status);
}

function codeOf(action: () => unknown): string | null {
  try {
    action();
    return null;
  } catch (error) {
    if (error instanceof EvidenceError) return error.code;
    throw error;
  }
}
