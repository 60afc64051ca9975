/**
 * Judges an evidence file under a policy. Pure: block headers seen elsewhere and the decoder of
 * device frames are handed in.
 * @module
 */
import { equalBytes, toHex } from '../bytes/bytes.ts';
import { sha256 } from '../crypto/index.ts';
import { EvidenceError } from '../errors.ts';
import { openCheckpoint, originHash } from '../log/checkpoint.ts';
import { verifyConsistency } from '../log/consistency.ts';
import { verifyInclusion } from '../log/inclusion.ts';
import { leafHash } from '../log/merkle-tree.ts';
import { parseNoteKey } from '../log/signed-note.ts';
import { decodeReading, type Reading } from '../reading/reading.ts';
import { decodeSeal } from '../seal/seal.ts';
import {
  assertLeavesReferred,
  checkAnchor,
  checkLedger,
  checkRollCall,
  ledgerOf,
} from './anchoring.ts';
import { Claims, need, Refuted, Unchecked } from './claims.ts';
import type { EvidenceFile } from './evidence-file.ts';
import type { Policy } from './policy.ts';
import {
  assertAgentActive,
  assertRecordsReferred,
  checkOperatorChain,
  checkSlotRecord,
} from './registration.ts';
import { judgeSealing } from './sealing.ts';
import { judgeBracket, judgeClock } from './timing.ts';
import type { Verdict } from './verdict.ts';
import { isQuorum, judgeQuorum } from './witness-quorum.ts';

/** A block's hash as somebody gave it. */
export interface SeenBlock {
  readonly number: number;
  readonly hash: Uint8Array;
  /** Who gave it: an endpoint, a person, a light client. */
  readonly source: string;
}

/** Whether a device's frame decodes to a reading: null if this decoder is not at hand. */
export type DecodeAgain = (
  reading: Reading,
  frame: Uint8Array,
) => { readonly agrees: boolean; readonly detail: string } | null;

export interface JudgeOptions {
  readonly blocks?: readonly SeenBlock[];
  readonly decodeAgain?: DecodeAgain;
}

/** The driver of what an agent says of itself: boots, clocks, plans, heartbeats, gaps. */
const OWN_DRIVER = 'sigill';

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

  const record = claims.judge('registered', () => {
    const operators = checkOperatorChain(file, policy);
    const called = file.rollCalls === null ? null : checkRollCall(file, 'covering');
    const found = checkSlotRecord(file, operators, called);
    const { agent } = need(reading, 'the reading');
    assertAgentActive(found, agent);
    if (found.origin !== file.log.origin)
      throw new Refuted('OTHER_LOG', `the record is for ${found.origin}`);
    if (!equalBytes(need(sealHeader, 'the seal').log, originHash(found.origin)))
      throw new Refuted('OTHER_LOG', `the seal is for another log than ${found.origin}`);
    const how =
      called === null
        ? 'the operator’s signature alone'
        : `the roll-call of anchor ${called.anchor.index}`;
    return {
      value: found,
      provenBy: `revision ${found.rev} of slot ${found.slot}, signed by the operator and bound by ${how}`,
      trust: ['operator'] as const,
      facts: { slot: found.slot, rev: found.rev, origin: found.origin },
    };
  });

  claims.judge('unrevoked', () => {
    const policyLedger = ledgerOf(policy);
    const operators = checkOperatorChain(file, policy);
    const called = checkRollCall(file, 'newest');
    const anchored = need(state, 'the ledger’s state');
    if (called.anchor.index !== anchored.size - 1)
      throw new Refuted(
        'NOT_NEWEST',
        `anchor ${anchored.size - 1} is the newest, not ${called.anchor.index}`,
      );
    checkAnchor(called.anchor, anchored, policyLedger);
    if (!equalBytes(called.operator.recordHash, operators.at(-1)!.hash))
      throw new Refuted('NOT_NEWEST', 'the operator has a newer record than the one given');
    const current = checkSlotRecord(file, operators, called);
    assertAgentActive(current, need(reading, 'the reading').agent);
    assertRecordsReferred(file, need(covering, 'the covering roll-call').slot, called.slot);
    return {
      value: null,
      provenBy: `revision ${current.rev} of slot ${current.slot} in anchor ${called.anchor.index}, the newest of the proven state`,
      trust: ['operator', 'ledger'] as const,
      facts: { anchor: called.anchor.index, rev: current.rev },
    };
  });

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
    const policyLedger = ledgerOf(policy);
    const called = checkRollCall(file, 'newest');
    const anchored = need(state, 'the ledger’s state');
    if (called.anchor.index !== anchored.size - 1)
      throw new Refuted(
        'NOT_NEWEST',
        `anchor ${anchored.size - 1} is the newest, not ${called.anchor.index}`,
      );
    checkAnchor(called.anchor, anchored, policyLedger);
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

  claims.judge('witnessed', () => {
    if (policy === null) throw new Unchecked('NO_POLICY', 'no policy names witnesses');
    if (policy.witnesses.quorum === null)
      throw new Unchecked('NO_WITNESS_IN_POLICY', 'the policy asks for no witness');
    need(checkpoint, 'the checkpoint');
    const { met, seenBy } = judgeQuorum(policy.witnesses, file.log.checkpoint);
    if (!met)
      throw new Refuted('QUORUM_NOT_MET', `seen by ${seenBy.length} of the policy’s witnesses`);
    const own = new Set(chain?.flatMap(({ record: { witnesses } }) => witnesses.map(keyOf)) ?? []);
    const names = seenBy.map(({ name }) => name);
    const owned = names.filter((name) =>
      own.has(toHex(policy.witnesses.witnesses.get(name)!.publicKey)),
    );
    const others = names.filter((name) => !owned.includes(name));
    return {
      value: null,
      provenBy: `cosignatures of ${names.join(', ')}${owned.length > 0 ? ` (the operator’s own: ${owned.join(', ')})` : ''}`,
      trust: [
        ...(others.length > 0 ? (['witnesses'] as const) : []),
        ...(isQuorum(policy.witnesses, others) ? [] : (['own-witnesses'] as const)),
      ],
      facts: {
        witnesses: names.join(', '),
        own: owned.join(', '),
        time: Math.max(...seenBy.map(({ time }) => time)) * 1000,
      },
    };
  });

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

  claims.judge('block', () => {
    const policyLedger = ledgerOf(policy);
    const held = checkLedger(file, policyLedger);
    const seen = (options.blocks ?? []).filter(({ number }) => number === held.blockNumber);
    if (seen.length === 0)
      throw new Unchecked(
        'NO_BLOCK_HEADER',
        `compare the hash of block ${held.blockNumber}, 0x${toHex(held.blockHash)}, with a source of your own`,
      );
    const other = seen.find(({ hash }) => !equalBytes(hash, held.blockHash));
    if (other !== undefined)
      throw new Refuted('OTHER_BLOCK', `${other.source} has another block ${held.blockNumber}`);
    const sources = seen.map(({ source }) => source).join(', ');
    return {
      value: null,
      provenBy: `block ${held.blockNumber} has the same hash at ${sources}; it rests on ${policyLedger.profile.finality}`,
      trust: ['header-source', 'ledger'] as const,
      facts: { block: held.blockNumber, sources, profile: policyLedger.profile.id },
    };
  });

  const bracket = claims.judge('bracket', () => {
    const policyLedger = ledgerOf(policy);
    if (file.rollCalls === null)
      throw new Unchecked('NOT_ANCHORED', 'not anchored yet, or without a ledger');
    return judgeBracket(
      file,
      need(sealed, 'the seal'),
      need(head, 'the call of the log’s head').anchor.blockTime,
      need(anchored, 'the anchor'),
      policyLedger,
    );
  });

  claims.judge('clock', () => {
    const policyLedger = ledgerOf(policy);
    if (file.rollCalls === null)
      throw new Unchecked('NOT_ANCHORED', 'not anchored yet, or without a ledger');
    return judgeClock(
      file,
      need(sealed, 'the seal'),
      need(head, 'the call of the log’s head').anchor.blockTime,
      need(anchored, 'the anchor'),
      policyLedger,
      policy?.clockErrorMs ?? 0,
    );
  });

  // What an agent says of itself comes from no device: there is nothing to decode.
  if (reading?.origin.driver === OWN_DRIVER) {
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

function judgeDecoding(file: EvidenceFile, reading: Reading, decodeAgain: DecodeAgain | undefined) {
  const { frame } = file.readings[0]!;
  if (frame === null)
    throw new Unchecked('NO_FRAME', 'the device’s bytes were not kept or not given');
  const named = reading.origin.frameHash;
  if (named === null || !equalBytes(sha256(frame), named))
    throw new Refuted('OTHER_FRAME', 'the frame is not the one the reading names');
  let again: ReturnType<DecodeAgain>;
  try {
    again = decodeAgain?.(reading, frame) ?? null;
  } catch (error) {
    throw new Refuted('OTHER_READING', `the frame does not decode: ${(error as Error).message}`);
  }
  if (again === null)
    throw new Unchecked('NO_DECODER', `no decoder for ${reading.origin.driver} at hand here`);
  if (!again.agrees) throw new Refuted('OTHER_READING', again.detail);
  return {
    value: null,
    provenBy: `the ${frame.length} bytes the device sent decode to the same values with driver ${reading.origin.driver}`,
    trust: ['agent'] as const,
    facts: { driver: reading.origin.driver, bytes: frame.length },
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

function keyOf(witness: string): string {
  return toHex(parseNoteKey(witness).publicKey);
}

/** What a part gives, or null: the claim that rests on it tells why it does not. */
function tryTo<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
