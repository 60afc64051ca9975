/** What each claim of a verdict means, for people who have never heard of a Merkle tree. */
import type { ClaimId, Trust } from '../verify/examination.ts';

export type Facts = Readonly<Record<string, string | number | null>>;

export interface ClaimWords {
  readonly title: string;
  /** What proved it; `moment` writes a time. */
  readonly proof: (facts: Facts, moment: (ms: number) => string) => string;
  /** What it means when it does not hold. */
  readonly no: string;
}

/** What the finality of a chain rests on, by chain profile. */
export const finalities: Readonly<Record<string, string>> = {
  ethereum: 'two thirds of the stake of the Ethereum network',
  'besu-qbft': 'two thirds of the validators of its consortium',
  development:
    'one process on the machine of whoever runs it: a development ledger, which proves nothing to anybody else',
};

export const claims: Readonly<Record<ClaimId, ClaimWords>> = {
  sealed: {
    title: 'These bytes are what the agent sealed',
    proof: (f) =>
      f.readings === undefined
        ? `The agent’s signature over batch ${f.batch} of ${f.count} readings, and the path from this one, number ${Number(f.index) + 1}, to the batch’s root.`
        : `The agent’s signature over batch ${f.batch}, the chain of ${f.batches} batches up to it, and the paths from ${f.readings} readings to their batches’ roots.`,
    no: 'The reading, the seal or the path between them has been changed.',
  },
  registered: {
    title: 'The agent was allowed to sign for this log',
    proof: (f) =>
      `Revision ${f.rev} of the operator’s signed record for ${f.origin}, slot ${f.slot}.`,
    no: 'No record signed by the operator lets this key sign here.',
  },
  unrevoked: {
    title: 'The agent’s key has not been revoked since',
    proof: (f) =>
      `Anchor ${f.anchor}, the newest in the ledger’s proven state, still carries a record (revision ${f.rev}) in which the key is good.`,
    no: 'The newest anchor carries no record in which this key is good.',
  },
  logged: {
    title: 'The seal stands in the gateway’s log',
    proof: (f) => `The path from entry ${f.entry} to the signed checkpoint of ${f.size} entries.`,
    no: 'The seal is not where the log’s signed checkpoint says.',
  },
  history: {
    title: 'That log has not been rewritten since',
    proof: (f) =>
      `The path from ${f.size} entries to the ${f.newestSize} that anchor ${f.anchor}, the newest, names.`,
    no: 'The log that the ledger knows does not continue the one in this file.',
  },
  witnessed: {
    title: 'Witnesses saw the same log',
    proof: (f, moment) =>
      `Cosigned by ${f.witnesses} ${moment(Number(f.time))}.${f.own ? ` Run by the operator itself: ${f.own}.` : ''}`,
    no: 'Too few of the witnesses that the policy names have signed this checkpoint.',
  },
  called: {
    title: 'The log’s head was called out in the roll-call',
    proof: (f) =>
      `The path from slot ${f.slot} of ${f.slots} to the roll-call that anchor ${f.anchor} carries.`,
    no: 'The roll-call names another log, another head or another slot.',
  },
  anchored: {
    title: 'The roll-call stands in the ledger',
    proof: (f) =>
      `The path from anchor ${f.anchor} to the log of ${f.anchors} anchors in the contract’s state at block ${f.block}, chain ${f.chainId}.`,
    no: 'The ledger’s state in this file does not hold that anchor.',
  },
  block: {
    title: 'That block is the ledger’s own',
    proof: (f) =>
      `${
        f.sealed === undefined
          ? `Block ${f.block} has the same hash at ${f.sources}, asked by this page just now.`
          : `Block ${f.block} carries the seals of ${f.sealed} of the ${f.validators} validators that the policy names.`
      } It rests on ${finalities[String(f.profile)] ?? f.profile}.`,
    no: 'The ledger has another block by that number.',
  },
  bracket: {
    title: 'It was sealed between two moments the ledger vouches for',
    proof: (f, moment) =>
      f.notBefore === null
        ? `Before ${moment(Number(f.notAfter))}, the time of the block. Nothing bounds it from below: no anchor was final yet.`
        : `After ${moment(Number(f.notBefore))} and before ${moment(Number(f.notAfter))}: the times of two blocks.`,
    no: 'The times in the seal and in the ledger contradict each other.',
  },
  clock: {
    title: 'The agent’s clock agrees with the ledger',
    proof: (f, moment) =>
      typeof f.time === 'number'
        ? `Read ${moment(f.time)}, batch closed ${moment(Number(f.closedAt))}: both fit between the blocks, within ${f.errorMs} ms.`
        : `When each was read and when each batch was closed fits between the blocks, within ${f.errorMs} ms.`,
    no: 'The agent’s times do not fit between the blocks: its clock was wrong, or was made to be.',
  },
  decoded: {
    title: 'The device’s own bytes say the same',
    proof: (f) =>
      f.readings === undefined
        ? `The ${f.bytes} bytes the device sent, decoded again here with driver ${f.driver}, give these values.`
        : `The bytes the devices sent, decoded again here, give the values of ${f.readings} readings.`,
    no: 'The device’s bytes say something else than the reading.',
  },
  complete: {
    title: 'No reading is missing',
    proof: (f) =>
      `${f.readings} readings of ${f.streams} series, numbered by the agent without a hole. Where a period is stated, the readings just before and after it are there too.`,
    no: 'Readings are missing, or their numbers do not go on.',
  },
  recomputed: {
    title: 'The number follows from these readings',
    proof: (f) => `Computed again here by ${f.projection}: ${f.value} ${f.unit}.`,
    no: 'Another number comes out of these readings.',
  },
};

export const trusts: Readonly<Record<Trust, string>> = {
  agent: 'the agent: its host and its key',
  operator: 'the operator, who enrols gateways',
  gateway: 'the gateway, whose key signs its log',
  witnesses: 'the witnesses your policy names',
  'own-witnesses': 'the operator’s own witness: no one independent',
  ledger: 'those who run the ledger',
  'header-source': 'whoever answered for the block',
};

export const nobody = 'nobody: it is arithmetic';

/** Why a claim was not checked, or does not hold. Other reasons are error codes and stand as they are. */
export const reasons: Readonly<Record<string, string>> = {
  NO_POLICY: 'No policy says whom to trust.',
  NOT_ANCHORED: 'Waits for the ledger: the anchor is not final yet.',
  NO_LEDGER_IN_POLICY: 'The policy names no ledger.',
  NO_WITNESS_IN_POLICY: 'The policy asks for no witness.',
  QUORUM_NOT_MET: 'The policy’s quorum of witnesses is not met.',
  NO_BLOCK_HEADER: 'The block has not been compared with the ledger’s own answer.',
  OTHER_BLOCK: 'The ledger answers with another hash for that block.',
  NO_FRAME: 'The device’s own bytes are not in the file.',
  NO_DECODER: 'No driver for this device at hand here.',
  OTHER_FRAME: 'The device’s bytes are not those that the reading names.',
  OTHER_READING: 'Something else was read or sealed than the file says.',
  REVOKED: 'The key is revoked.',
  NOT_REGISTERED: 'No record names this agent.',
  OTHER_LOG: 'The seal was made for another log.',
  OTHER_SLOT: 'The roll-call’s slot belongs to another log.',
  OTHER_HEAD: 'The roll-call names another head of the log.',
  NOT_NEWEST: 'It is not the newest that the ledger knows.',
  NO_LEAF: 'An anchor that the file refers to is missing or another.',
  BEFORE_BEACON: 'It claims to be older than what it refers to.',
  AFTER_CLOSE: 'Read after its batch was closed.',
  CLOSED_AFTER_ANCHOR: 'Closed after it was anchored.',
  HOLES: 'Readings are missing without a reason.',
  ERASED: 'Readings were erased, on the operator’s word.',
  END_OPEN: 'No reading before or after the period is shown: its end is open.',
  OTHER_STREAM: 'The agent’s numbers do not rise by one.',
  NO_PROJECTION: 'The way the number was computed is not at hand here.',
  OTHER_NUMBER: 'Another number comes out.',
  DEPENDS: 'It rests on a claim above that does not hold.',
};
