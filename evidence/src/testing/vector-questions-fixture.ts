/**
 * For tests and for other implementers: what each file of vectors asks, in terms of FORMAT.md. JSON in, JSON out, byte
 * strings in hexadecimal; an EvidenceError is the answer `{ "error": code }`.
 */
import {
  anchorLeafHash,
  anchorLogAddress,
  encodeAnchorLeaf,
  formatAddress,
  parseAddress,
} from '../anchor/anchor-log.ts';
import { boxFingerprint, isEnrolmentMac, openEnrolmentRequest } from '../anchor/enrolment.ts';
import { decodeEnrolmentAnswer } from '../anchor/enrolment-answer.ts';
import { parseEnrolmentCode } from '../anchor/enrolment-code.ts';
import { openErasure } from '../anchor/erasure.ts';
import { verifyLedgerState } from '../anchor/ledger-proof.ts';
import { qbftBlockHash, verifyQbftSeals } from '../anchor/qbft.ts';
import { openOperatorChain, openSlotRecord } from '../anchor/register.ts';
import { decodeRlpList } from '../anchor/rlp.ts';
import { decodeCall } from '../anchor/roll-call.ts';
import { fromHex, toHex } from '../bytes/bytes.ts';
import { type CborValue, decodeCbor } from '../bytes/canonical-cbor.ts';
import { EvidenceError } from '../errors.ts';
import { parseEvidence } from '../judge/evidence-file.ts';
import { judge } from '../judge/judge.ts';
import { judgeRange } from '../judge/judge-range.ts';
import { parsePolicy } from '../judge/policy.ts';
import { isRangeText, parseRange } from '../judge/range-file.ts';
import { isProven } from '../judge/verdict.ts';
import { judgeQuorum } from '../judge/witness-quorum.ts';
import { openSign1 } from '../keys/cose-sign1.ts';
import { verifySignature } from '../keys/signer.ts';
import { openCheckpoint } from '../log/checkpoint.ts';
import { verifyConsistency } from '../log/consistency.ts';
import { verifyInclusion } from '../log/inclusion.ts';
import { leafHash, treeRoot } from '../log/merkle-tree.ts';
import { rootFromMultiInclusion } from '../log/multi-inclusion.ts';
import { parseReceipt, verifyReceipt } from '../log/receipt.ts';
import { formatNoteKey, parseNoteKey } from '../log/signed-note.ts';
import { decodeEntryBundle, entryBundlePath, tilePath, tilesAt } from '../log/tiles.ts';
import { cosignedAt } from '../log/witnessing.ts';
import { decodeReading } from '../reading/reading.ts';
import { checkBatch } from '../seal/batch.ts';
import { decodeHeader, openSeal } from '../seal/seal.ts';
import { decodeTemperature } from './decode-fixture.ts';

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };
type Input = Readonly<Record<string, Json>>;

export interface Question {
  /** Of FORMAT.md. */
  readonly section: string;
  readonly about: string;
  answer(input: Input): Json;
}

const hex = (value: Json | undefined) => fromHex(value as string);
const hexes = (value: Json | undefined) => (value as string[]).map(fromHex);
const text = (value: Json | undefined) => value as string;
const number = (value: Json | undefined) => value as number;

/** By the name of the file, without `.json`. */
export const QUESTIONS: Readonly<Record<string, Question>> = {
  cbor: {
    section: '1 Bytes and text',
    about:
      'bytes: which value they are, or why they are refused. Byte strings are {"bytes"}, integers beyond 2^53-1 {"integer"}.',
    answer: ({ bytes }) => shownCbor(decodeCbor(hex(bytes))),
  },
  'tree-roots': {
    section: '1 Bytes and text',
    about: 'entries: the root of the tree over them.',
    answer: ({ entries }) => toHex(treeRoot(hexes(entries).map(leafHash))),
  },
  inclusion: {
    section: '1 Bytes and text',
    about:
      'whether the path leads from the leaf hash at index to the root of the tree of this size.',
    answer: ({ index, size, leaf, path, root }) =>
      verified(() =>
        verifyInclusion(number(index), number(size), hex(leaf), hexes(path), hex(root)),
      ),
  },
  consistency: {
    section: '1 Bytes and text',
    about: 'whether the path joins the two roots.',
    answer: ({ oldSize, newSize, oldRoot, newRoot, path }) =>
      verified(() =>
        verifyConsistency(
          number(oldSize),
          number(newSize),
          hex(oldRoot),
          hex(newRoot),
          hexes(path),
        ),
      ),
  },
  'several-leaves': {
    section: '10 Evidence file, batches of a range',
    about: 'the root to which these leaf hashes and the path lead, in a tree of this size.',
    answer: ({ size, leaves, path }) => {
      const given = leaves as readonly { readonly index: number; readonly hash: string }[];
      const indexed = given.map((leaf) => ({ index: leaf.index, hash: fromHex(leaf.hash) }));
      return toHex(rootFromMultiInclusion(indexed, number(size), hexes(path)));
    },
  },
  signatures: {
    section: '2 Keys and signatures',
    about:
      'whether the signature over the message is by the key (SPKI). Many more, one for each sentence of the rule: ../src/keys/ed25519.vectors.json and p256.vectors.json.',
    answer: ({ key, message, signature }) =>
      verified(() => verifySignature(hex(key), hex(message), hex(signature))),
  },
  envelopes: {
    section: '2 Keys and signatures',
    about: 'the payload of the COSE_Sign1, opened with the key.',
    answer: ({ bytes, key }) => toHex(openSign1(hex(bytes), hex(key))),
  },
  readings: {
    section: '3 Reading',
    about: 'bytes: the reading that they are, and its leaf hash.',
    answer: ({ bytes }) => ({
      reading: shown(decodeReading(hex(bytes))),
      leafHash: toHex(leafHash(hex(bytes))),
    }),
  },
  headers: {
    section: '4 Batch and seal',
    about: 'bytes: the header that they are.',
    answer: ({ bytes }) => shown(decodeHeader(hex(bytes))),
  },
  seals: {
    section: '4 Batch and seal',
    about: 'the header in the seal, opened with the key of its agent.',
    answer: ({ bytes, key }) => shown(openSeal(hex(bytes), hex(key)).header),
  },
  batches: {
    section: '4 Batch and seal',
    about: 'where the agent’s chain stands behind this batch. previous: where it stood, or null.',
    answer: ({ bytes, key, log, previous }) => {
      const given = previous as { batch: number; headerHash: string; nextSeq: number } | null;
      const before = given && { ...given, headerHash: fromHex(given.headerHash) };
      return shown(checkBatch(hex(bytes), hex(key), [hex(log)], before).head);
    },
  },
  checkpoints: {
    section: '5 Site log',
    about: 'note: the checkpoint in it, signed by the log’s key.',
    answer: ({ note, origin, key }) =>
      shown(openCheckpoint(text(note), text(origin), hex(key)).checkpoint),
  },
  cosignatures: {
    section: '5 Site log',
    about: 'when the witness cosigned the note, in Unix seconds; null: it did not.',
    answer: ({ note, witness }) => cosignedAt(text(note), parseNoteKey(text(witness))),
  },
  receipts: {
    section: '5 Site log',
    about: 'the checkpoint that covers the entry.',
    answer: ({ receipt, entry, origin, key }) =>
      shown(verifyReceipt(parseReceipt(text(receipt)), hex(entry), text(origin), hex(key))),
  },
  'note-keys': {
    section: '5 Site log',
    about: 'text: name, type and SPKI of the key.',
    answer: ({ key }) => {
      const read = parseNoteKey(text(key));
      return { ...(shown(read) as object), text: formatNoteKey(read) };
    },
  },
  tiles: {
    section: '5 Site log',
    about: 'the paths of all tiles and entry bundles of a log of this size.',
    answer: ({ size }) => {
      const tiles = tilesAt(number(size));
      const bundles = tiles.filter(({ level }) => level === 0);
      return {
        tiles: tiles.map(({ level, index, width }) => tilePath(level, index, width)),
        entries: bundles.map(({ index, width }) => entryBundlePath(index, width)),
      };
    },
  },
  'entry-bundles': {
    section: '5 Site log',
    about: 'the entries in the bundle.',
    answer: ({ bytes }) => decodeEntryBundle(hex(bytes)).map(toHex),
  },
  'operator-records': {
    section: '6 Register',
    about:
      'records: the operator’s chain from the key of this hash on; the hash of each, and the last one.',
    answer: ({ records, firstKeyHash }) => {
      const chain = openOperatorChain(hexes(records), hex(firstKeyHash));
      return { hashes: chain.map(({ hash }) => toHex(hash)), last: shown(chain.at(-1)!.record) };
    },
  },
  'slot-records': {
    section: '6 Register',
    about: 'the record, opened with the operator’s key, and its hash.',
    answer: ({ bytes, key }) => {
      const { record, hash } = openSlotRecord(hex(bytes), hex(key));
      return { record: shown(record), hash: toHex(hash) };
    },
  },
  calls: {
    section: '7 Roll-call',
    about: 'bytes: the call that they are.',
    answer: ({ bytes }) => shown(decodeCall(hex(bytes))),
  },
  anchors: {
    section: '8 Anchor and ledger',
    about: 'the bytes of the leaf, and its hash.',
    answer: (input) => {
      const { contract, rollRoot, parentHash } = input;
      const hashes = {
        contract: hex(contract),
        rollRoot: hex(rollRoot),
        parentHash: hex(parentHash),
      };
      const leaf = { ...(input as unknown as Parameters<typeof encodeAnchorLeaf>[0]), ...hashes };
      return { bytes: toHex(encodeAnchorLeaf(leaf)), hash: toHex(anchorLeafHash(leaf)) };
    },
  },
  addresses: {
    section: '8 Anchor and ledger',
    about: 'the contract’s address, by factory, operator and guardian.',
    answer: ({ factory, operator, guardian }) => {
      const roles = {
        operator: parseAddress(text(operator)),
        guardian: parseAddress(text(guardian)),
      };
      return formatAddress(anchorLogAddress(parseAddress(text(factory)), roles));
    },
  },
  rlp: {
    section: '8 Anchor and ledger',
    about: 'bytes: the items of the list, one level.',
    answer: ({ bytes }) =>
      decodeRlpList(hex(bytes)).map((item) =>
        item.kind === 'string' ? { string: toHex(item.bytes) } : { list: toHex(item.encoded) },
      ),
  },
  'state-proofs': {
    section: '8 Anchor and ledger',
    about: 'the anchor log as the state of the block has it.',
    answer: ({ contract, header, account, storage }) => {
      const [root, head] = storage as readonly Json[];
      const proof = {
        header: hex(header),
        account: hexes(account),
        storage: [hexes(root), hexes(head)] as const,
      };
      return shown(verifyLedgerState(proof, hex(contract)));
    },
  },
  'qbft-blocks': {
    section: '8 Anchor and ledger',
    about:
      'the hash of the block, and the validators whose seals it carries, of those that the policy names.',
    answer: ({ header, validators }) => ({
      hash: toHex(qbftBlockHash(hex(header))),
      sealedBy: verifyQbftSeals(hex(header), hexes(validators)).map(toHex),
    }),
  },
  policies: {
    section: '9 Policy',
    about: 'whether the text is a policy.',
    answer: ({ policy }) => verified(() => parsePolicy(text(policy))),
  },
  quorums: {
    section: '9 Policy',
    about: 'whether the note’s cosignatures meet the policy’s quorum, and who of it saw the note.',
    answer: ({ policy, note }) => {
      const { met, seenBy } = judgeQuorum(parsePolicy(text(policy)).witnesses, text(note));
      return { met, seenBy: seenBy.map(({ name }) => name) };
    },
  },
  erasures: {
    section: '10 Evidence file',
    about: 'the erasure, opened with the operator’s key.',
    answer: ({ bytes, key }) => shown(openErasure(hex(bytes), hex(key))),
  },
  evidence: {
    section: '10 Evidence file, 11 Verdict',
    about:
      'the verdict on the file under the policy, with these block hashes from elsewhere and the decoder of "temperature <digits> Cel" CR LF (driver test-line): each claim, and what does not hold. No projection is at hand.',
    answer: ({ policy, blocks, file }) => {
      const seen = (blocks as readonly { number: number; hash: string }[]).map((block) => ({
        ...{ number: block.number, hash: fromHex(block.hash), source: 'elsewhere' },
      }));
      const options = { blocks: seen, decodeAgain: decodeTemperature };
      const trusted = policy === null ? null : parsePolicy(text(policy));
      const verdict = isRangeText(text(file))
        ? judgeRange(parseRange(text(file)), trusted, options)
        : judge(parseEvidence(text(file)), trusted, options);
      const claims = verdict.claims.map(({ claim, holds, reason }) => [claim, holds, reason]);
      return { proven: isProven(verdict), claims };
    },
  },
  enrolment: {
    section: '14 Enrolment',
    about: 'whether the MAC fits code and request; the box’s fingerprint; the state in the answer.',
    answer: ({ code, request, mac, reply }) => {
      const { invitation, secret } = parseEnrolmentCode(text(code));
      const opened = openEnrolmentRequest(hex(request));
      const { outcome } = decodeEnrolmentAnswer(hex(reply));
      return {
        ...{ invitation, fits: isEnrolmentMac(secret, hex(request), hex(mac)) },
        ...{ fingerprint: boxFingerprint(opened), state: outcome.state },
      };
    },
  },
};

/** The answer, or the code with which it is refused. */
export function answerTo(name: string, input: Input): Json {
  try {
    return { answer: QUESTIONS[name]!.answer(input) };
  } catch (error) {
    if (error instanceof EvidenceError) return { error: error.code };
    throw error;
  }
}

function verified(check: () => unknown): Json {
  check();
  return true;
}

/** As JSON: byte strings in hexadecimal, integers beyond 2^53-1 as text. */
function shown(value: unknown): Json {
  return JSON.parse(
    JSON.stringify(value, (_key, inner) => {
      if (inner instanceof Uint8Array) return toHex(inner);
      return typeof inner === 'bigint' ? String(inner) : inner;
    }),
  );
}

function shownCbor(value: CborValue): Json {
  if (value instanceof Uint8Array) return { bytes: toHex(value) };
  if (typeof value === 'bigint') return { integer: String(value) };
  return Array.isArray(value) ? value.map(shownCbor) : (value as Json);
}
