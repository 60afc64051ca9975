/**
 * Judges an evidence file under a policy. Pure: block headers seen elsewhere and the decoder of
 * device frames are handed in.
 * @module
 */
import { equalBytes } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';
import { openCheckpoint, originHash } from '../log/checkpoint.ts';
import { verifyConsistency } from '../log/consistency.ts';
import { verifyInclusion } from '../log/inclusion.ts';
import { leafHash } from '../log/merkle-tree.ts';
import { decodeReading, isOwnReading } from '../reading/reading.ts';
import { decodeSeal } from '../seal/seal.ts';
import {
  assertLeavesReferred,
  checkAnchor,
  checkLedger,
  checkNewest,
  checkRollCall,
  ledgerOf,
} from './anchoring.ts';
import { judgeBlock, type SeenBlock } from './block.ts';
import { Claims, need, Refuted, Unchecked } from './claims.ts';
import { type DecodeAgain, judgeDecoding } from './decoding.ts';
import type { EvidenceFile } from './evidence-file.ts';
import type { Policy } from './policy.ts';
import { checkOperatorChain, judgeRegistered, judgeUnrevoked } from './registration.ts';
import { judgeSealing } from './sealing.ts';
import { judgeBracket, judgeClock, type Timed } from './timing.ts';
import type { Verdict } from './verdict.ts';
import { judgeWitnessed } from './witnessed.ts';

export interface JudgeOptions {
  readonly blocks?: readonly SeenBlock[];
  readonly decodeAgain?: DecodeAgain;
}

/** @throws EvidenceError EVIDENCE_FORM for a part that nothing refers to */
export function judge(
  file: EvidenceFile,
  policy: Policy | null,
  options: JudgeOptions = {},
): Verdict {
  const claims = new Claims();
  const reading = tryTo(() => decodeReading(file.readings[0]!.bytes));
  const sealHeader = tryTo(() => decodeSeal(file.seal.bytes).header);
  const covering = tryTo(() => checkRollCall(file, 'covering'));
  const newest = tryTo(() => checkRollCall(file, 'newest'));
  const chain = tryTo(() => checkOperatorChain(file, policy));
  const ledger = policy?.ledger ?? null;
  const state = ledger && tryTo(() => checkLedger(file, ledger));

  const sealed = claims.judge('sealed', () => judgeSealing(file));

  const record = claims.judge('registered', () =>
    judgeRegistered(file, policy, reading, sealHeader),
  );

  claims.judge('unrevoked', () => judgeUnrevoked(file, policy, reading, state, covering));

  const checkpoint = claims.judge('logged', () => {
    if (policy === null) throw new Unchecked('NO_POLICY', 'no policy says who the operator is');
    const { logKey, origin } = need(record, 'the log’s key');
    const opened = openCheckpoint(file.log.checkpoint, origin, logKey);
    const { size, root } = opened.checkpoint;
    const { bytes, index, path } = file.seal;
    verifyInclusion(index, size, leafHash(bytes), path, root);
    return {
      value: opened.checkpoint,
      provenBy: `the path of entry ${index} to the log’s signed checkpoint of ${size} entries`,
      trust: ['gateway'] as const,
      facts: { entry: index, size, origin },
    };
  });

  claims.judge('history', () => {
    const called = checkNewest(file, state, ledgerOf(policy));
    assertCalled(called.slot, file.log.origin, need(record, 'the slot’s record').slot);
    const { size, root } = need(checkpoint, 'the checkpoint');
    verifyConsistency(size, called.slot.size, root, called.slot.root, file.log.consistency);
    return {
      value: null,
      provenBy: `the consistency path from ${size} to the ${called.slot.size} entries that anchor ${called.anchor.index} calls`,
      trust: ['ledger'] as const,
      facts: { size, newestSize: called.slot.size, anchor: called.anchor.index },
    };
  });

  claims.judge('witnessed', () => judgeWitnessed(file, policy, checkpoint, chain));

  const head = claims.judge('called', () => {
    ledgerOf(policy);
    const called = checkRollCall(file, 'covering');
    assertCalled(called.slot, file.log.origin, need(record, 'the slot’s record').slot);
    const { size, root } = need(checkpoint, 'the checkpoint');
    if (called.slot.size !== size || !equalBytes(called.slot.root, root))
      throw new Refuted(
        'OTHER_HEAD',
        `the roll-call names another head than the checkpoint of ${size}`,
      );
    return {
      value: called,
      provenBy: `the path of slot ${called.slot.slot} of ${called.anchor.slots} to the roll-call’s root in anchor ${called.anchor.index}`,
      trust: [],
      facts: {
        slot: called.slot.slot,
        slots: called.anchor.slots,
        anchor: called.anchor.index,
        age: called.slot.age,
      },
    };
  });

  const anchored = claims.judge('anchored', () => {
    const policyLedger = ledgerOf(policy);
    const held = checkLedger(file, policyLedger);
    const { anchor } = need(covering, 'the roll-call');
    checkAnchor(anchor, held, policyLedger);
    return {
      value: held,
      provenBy: `the path of anchor ${anchor.index} to the log of ${held.size} anchors in the state of block ${held.blockNumber}`,
      trust: [],
      facts: {
        anchor: anchor.index,
        anchors: held.size,
        block: held.blockNumber,
        chainId: policyLedger.chainId,
      },
    };
  });

  claims.judge('block', () => judgeBlock(file, policy, options.blocks ?? []));

  /** All that both claims about time rest on. */
  const timed = (): Timed => {
    const policyLedger = ledgerOf(policy);
    if (file.rollCalls === null)
      throw new Unchecked('NOT_ANCHORED', 'not anchored yet, or without a ledger');
    return {
      file,
      sealed: need(sealed, 'the seal'),
      coveringBlockTime: need(head, 'the call of the log’s head').anchor.blockTime,
      state: need(anchored, 'the anchor'),
      ledger: policyLedger,
    };
  };

  const bracket = claims.judge('bracket', () => {
    return judgeBracket(timed());
  });

  claims.judge('clock', () => {
    return judgeClock(timed(), policy?.clockErrorMs ?? 0);
  });

  // What an agent says of itself comes from no device: there is nothing to decode.
  if (reading !== null && isOwnReading(reading)) {
    if (file.readings[0]!.frame !== null)
      throw new EvidenceError('EVIDENCE_FORM', 'a frame, though the reading came from no device');
  } else {
    claims.judge('decoded', () =>
      judgeDecoding(file, need(reading, 'the reading'), options.decodeAgain),
    );
  }

  const referred = [
    covering?.anchor.index,
    newest?.anchor.index,
    sealHeader?.beacon?.anchorIndex,
    sealed?.before?.beacon?.anchorIndex,
  ];
  if (sealed !== null && covering !== null)
    assertLeavesReferred(file, new Set(referred.filter((index) => index !== undefined)));
  return {
    kind: 'reading',
    reading,
    claims: claims.list,
    notBefore: bracket?.notBefore ?? null,
    notAfter: bracket?.notAfter ?? null,
    block: state && { number: state.blockNumber, hash: state.blockHash },
  };
}

function assertCalled(
  call: { readonly slot: number; readonly originHash: Uint8Array },
  origin: string,
  slot: number,
): void {
  if (call.slot !== slot || !equalBytes(call.originHash, originHash(origin)))
    throw new Refuted('OTHER_SLOT', `slot ${call.slot} calls another log than ${origin}`);
}

/** What a part gives, or null: the claim that rests on it tells why it does not. */
function tryTo<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
