/**
 * What the last seal of an evidence file stands on: records, site log, witnesses, roll-call, anchor, block. Alike for
 * one reading and for many.
 * @module
 */
import type { LedgerState } from '../anchor/ledger-proof.ts';
import { equalBytes } from '../bytes/bytes.ts';
import { openCheckpoint, originHash } from '../log/checkpoint.ts';
import { verifyConsistency } from '../log/consistency.ts';
import { verifyInclusion } from '../log/inclusion.ts';
import { leafHash } from '../log/merkle-tree.ts';
import {
  type CheckedRollCall,
  checkAnchor,
  checkLedger,
  checkNewest,
  checkRollCall,
  ledgerOf,
} from './anchoring.ts';
import { judgeBlock, type SeenBlock } from './block.ts';
import { type Claims, need, once, Refuted, tryTo, Unchecked } from './claims.ts';
import type { EvidenceParts } from './evidence-parts.ts';
import type { Policy } from './policy.ts';
import {
  checkOperatorChain,
  judgeRegistered,
  judgeUnrevoked,
  type OperatorChain,
} from './registration.ts';
import type { SealedTogether, Timed } from './timing.ts';
import { judgeWitnessed } from './witnessed.ts';

export interface Subject {
  readonly agent: Uint8Array | null;
  /** What its headers name as their log; null if they are not established. */
  readonly logs: readonly Uint8Array[] | null;
}

export interface Standing {
  /** The operator's records, where the policy's first key opens them. */
  readonly chain: OperatorChain | null;
  readonly covering: CheckedRollCall | null;
  /** Of the ledger, where the file proves one for the policy's contract. */
  readonly state: LedgerState | null;
  /** All that claims about time rest on. @throws Unchecked */
  timed(batches: readonly SealedTogether[] | null): Timed;
}

/** Notes the claims from `registered` to `block`. */
export function judgeStanding(
  claims: Claims,
  file: EvidenceParts,
  policy: Policy | null,
  { agent, logs }: Subject,
  blocks: readonly SeenBlock[],
): Standing {
  const covering = tryTo(() => checkRollCall(file, 'covering'));
  const operators = once(() => checkOperatorChain(file, policy));
  const chain = tryTo(operators);
  const ledger = policy?.ledger ?? null;
  const state = ledger && tryTo(() => checkLedger(file, ledger));

  const record = claims.judge('registered', () => judgeRegistered(file, operators, agent, logs));

  claims.judge('unrevoked', () =>
    judgeUnrevoked(file, policy, operators, agent, { state, covering, registered: record }),
  );

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

  claims.judge('block', () => judgeBlock(file, policy, blocks));

  return {
    chain,
    covering,
    state,
    timed(batches) {
      const policyLedger = ledgerOf(policy);
      if (file.rollCalls === null)
        throw new Unchecked('NOT_ANCHORED', 'not anchored yet, or without a ledger');
      return {
        file,
        batches: need(batches, 'the seal'),
        coveringBlockTime: need(head, 'the call of the log’s head').anchor.blockTime,
        state: need(anchored, 'the anchor'),
        ledger: policyLedger,
      };
    },
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
