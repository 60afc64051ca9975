/** For tests: every parser of this package, with good input to begin from. */
import { keccak_256 } from '@noble/hashes/sha3.js';

import { openEnrolmentRequest, signEnrolmentRequest } from '../anchor/enrolment.ts';
import { decodeEnrolmentAnswer, encodeEnrolmentAnswer } from '../anchor/enrolment-answer.ts';
import {
  createEnrolmentCode,
  formatEnrolmentCode,
  parseEnrolmentCode,
} from '../anchor/enrolment-code.ts';
import { openEnrolmentForward, signEnrolmentForward } from '../anchor/enrolment-forward.ts';
import { openErasure } from '../anchor/erasure.ts';
import {
  decodeHeader as decodeBlockHeader,
  type LedgerProof,
  verifyLedgerState,
} from '../anchor/ledger-proof.ts';
import { qbftBlockHash, verifyQbftSeals } from '../anchor/qbft.ts';
import { sealHeader, testFields, testValidators } from '../anchor/qbft-fixture.ts';
import {
  openOperatorChain,
  openSlotRecord,
  readOperatorRecord,
  readSlotRecord,
} from '../anchor/register.ts';
import { decodeRlpList, decodeRlpString } from '../anchor/rlp.ts';
import { decodeCall, encodeCall } from '../anchor/roll-call.ts';
import { buildTrie, encodeRlp } from '../anchor/trie-fixture.ts';
import { verifyTrieProof } from '../anchor/trie-proof.ts';
import { fromBase64, fromHex, toBase64, toHex } from '../bytes/bytes.ts';
import { decodeCbor, encodeCbor } from '../bytes/canonical-cbor.ts';
import { parseDecimal } from '../bytes/decimal.ts';
import { sha256 } from '../crypto/index.ts';
import { formatEvidence, parseEvidence } from '../judge/evidence-file.ts';
import { judge } from '../judge/judge.ts';
import { judgeRange } from '../judge/judge-range.ts';
import { formatPolicy, parsePolicy } from '../judge/policy.ts';
import { formatRange, parseRange } from '../judge/range-file.ts';
import { parseWitnessQuorum } from '../judge/witness-quorum.ts';
import { createSign1, decodeSign1 } from '../keys/cose-sign1.ts';
import { verifySignature } from '../keys/signer.ts';
import { keyAlgorithm } from '../keys/spki.ts';
import { openCheckpoint, parseCheckpoint } from '../log/checkpoint.ts';
import { consistencyPath, verifyConsistency } from '../log/consistency.ts';
import { hashesOf, leafHash } from '../log/merkle-tree.ts';
import { formatReceipt, parseReceipt, verifyReceipt } from '../log/receipt.ts';
import { parseNote, parseNoteKey, parseSignatureLine } from '../log/signed-note.ts';
import {
  decodeEntryBundle,
  encodeEntryBundle,
  hashesInTiles,
  tilesAfterAppend,
} from '../log/tiles.ts';
import {
  cosignedAt,
  formatAddCheckpoint,
  judgeAddCheckpoint,
  parseAddCheckpoint,
} from '../log/witnessing.ts';
import { decodeReading } from '../reading/reading.ts';
import { checkBatch, decodeBatch, encodeBatch } from '../seal/batch.ts';
import { decodeHeader, decodeSeal, openSeal } from '../seal/seal.ts';
import { honestWorld } from './evidence-fixture.ts';
import { testBytes, testSigner, testSignerP256 } from './key-fixture.ts';
import { erasureOf, rangeOf, rangeWorld } from './range-fixture.ts';

export interface FuzzSubject<Form extends Uint8Array | string> {
  readonly name: string;
  /** What it takes. */
  readonly good: readonly Form[];
  /** A value, or an EvidenceError. */
  parse(form: Form): unknown;
}

const { world, house, meter, batch, file, policy, options } = honestWorld();
const wide = rangeWorld();
const rangeFile = rangeOf(wide.world, wide.house, wide.meter, {
  device: 'probe-1',
  first: 3,
  count: 4,
  erased: [4],
});
const [slotRecord] = file.records.slot as [Uint8Array];
const [operatorRecord] = file.records.operator as [Uint8Array];
const element = testSignerP256('element');

export function binarySubjects(): FuzzSubject<Uint8Array>[] {
  const { header, account } = file.ledger!;
  const operatorKey = world.operator.publicKey;
  const agentKey = meter.signer.publicKey;
  const validators = testValidators(4);
  const listed = validators.map(({ address }) => address);
  const sealed = sealHeader({ fields: testFields(5000), listed, round: 1 }, validators).header;
  const erasure = erasureOf(world, decodeReading(batch.readings[0]!), testBytes('leaf'));
  const { request, forward, answer, log } = enrolment();
  const tile = Uint8Array.from(
    Array.from({ length: 7 }, (_, at) => [...testBytes(`${at}`)]).flat(),
  );
  return [
    {
      name: 'CBOR',
      good: [batch.readings[0]!, batch.headerBytes, encodeBatch(batch)],
      parse: decodeCbor,
    },
    { name: 'reading', good: batch.readings, parse: decodeReading },
    { name: 'header', good: [batch.headerBytes], parse: decodeHeader },
    {
      name: 'envelope',
      good: [batch.seal, slotRecord],
      parse: decodeSign1,
    },
    { name: 'seal', good: [batch.seal], parse: decodeSeal },
    { name: 'seal, opened', good: [batch.seal], parse: (bytes) => openSeal(bytes, agentKey) },
    { name: 'batch', good: [encodeBatch(batch)], parse: decodeBatch },
    {
      name: 'batch, checked',
      good: [encodeBatch(meter.batches[0]!)],
      parse: (bytes) => checkBatch(bytes, agentKey, [batch.header.log], null),
    },
    { name: 'key', good: [agentKey, element.publicKey], parse: keyAlgorithm },
    {
      name: 'key that verifies',
      good: [agentKey, element.publicKey],
      parse: (key) => verifySignature(key, batch.seal, testBytes('signature', 32)),
    },
    {
      name: 'signature',
      good: [meter.signer.sign(batch.seal)],
      parse: (signature) => verifySignature(agentKey, batch.seal, signature),
    },
    {
      name: 'signature of a secure element',
      good: [element.sign(batch.seal)],
      parse: (signature) => verifySignature(element.publicKey, batch.seal, signature),
    },
    { name: 'slot record', good: file.records.slot, parse: readSlotRecord },
    {
      name: 'slot record, opened',
      good: file.records.slot,
      parse: (bytes) => openSlotRecord(bytes, operatorKey),
    },
    { name: 'operator record', good: [operatorRecord], parse: readOperatorRecord },
    {
      name: 'operator chain',
      good: [operatorRecord],
      parse: (bytes) => openOperatorChain([operatorRecord, bytes], sha256(operatorKey)),
    },
    {
      name: 'erasure',
      good: [decodeSign1(erasure).payload],
      parse: (bytes) => openErasure(createSign1(bytes, world.operator), operatorKey),
    },
    { name: 'call', good: world.anchors[2]!.calls.map(encodeCall), parse: decodeCall },
    {
      name: 'enrolment request, signed',
      good: [decodeSign1((decodeCbor(request) as Uint8Array[])[0]!).payload],
      parse: (payload) => {
        const [byAgent, byLog] = [testSigner('a new agent'), testSigner('a new log')];
        const envelopes = [createSign1(payload, byAgent), createSign1(payload, byLog)];
        return openEnrolmentRequest(encodeCbor(envelopes));
      },
    },
    { name: 'enrolment request', good: [request], parse: openEnrolmentRequest },
    { name: 'enrolment answer', good: answer, parse: decodeEnrolmentAnswer },
    {
      name: 'enrolment forwarded',
      good: [forward],
      parse: (bytes) => openEnrolmentForward(bytes, request, log),
    },
    { name: 'RLP list', good: [header, ...account], parse: decodeRlpList },
    { name: 'RLP string', good: [fromHex('b838'.padEnd(116, '7'))], parse: decodeRlpString },
    {
      name: 'trie node',
      good: account,
      parse: (node) => verifyTrieProof(keccak_256(node), keccak_256(world.ledger.contract), [node]),
    },
    { name: 'block header', good: [header], parse: decodeBlockHeader },
    {
      name: 'account in a state',
      good: [
        encodeRlp([Uint8Array.of(1), Uint8Array.of(), testBytes('storage'), testBytes('code')]),
      ],
      parse: (value) => verifyLedgerState(stateWith(value), world.ledger.contract),
    },
    { name: 'QBFT header', good: [sealed], parse: qbftBlockHash },
    { name: 'QBFT seals', good: [sealed], parse: (bytes) => verifyQbftSeals(bytes, listed) },
    {
      name: 'entry bundle',
      good: [encodeEntryBundle(house.entries.slice(0, 3))],
      parse: decodeEntryBundle,
    },
    {
      name: 'tile',
      good: [tile],
      parse: (bytes) => {
        const readTile = () => bytes;
        return [
          tilesAfterAppend(7, [testBytes('leaf')], readTile),
          hashesInTiles(7, readTile)(1, 2),
        ];
      },
    },
    {
      name: 'hash of a path',
      good: [testBytes('hash')],
      parse: (hash) => {
        const leaves = house.entries.slice(0, 6).map(leafHash);
        const path = consistencyPath(4, 6, hashesOf(leaves));
        verifyConsistency(4, 6, house.rootAt(4), house.rootAt(6), path.with(0, hash));
      },
    },
  ];
}

export function textSubjects(): FuzzSubject<string>[] {
  const { checkpoint } = file.log;
  const { text } = parseNote(checkpoint);
  const [own, cosigned] = checkpoint.split('\n\n')[1]!.split('\n') as [string, string];
  const witnessLine = policy.witnessLines[0]!;
  const key = parseNoteKey(witnessLine.split(' ')[2]!);
  const receipt = formatReceipt({ ...file.seal, note: checkpoint });
  const added = formatAddCheckpoint({
    oldSize: 4,
    path: consistencyPath(4, 6, house.hashes()),
    note: house.checkpoint(6),
  });
  const known = {
    origin: house.origin,
    publicKey: house.signer.publicKey,
    size: 4,
    root: house.rootAt(4),
  };
  const lines = [...policy.witnessLines];
  return [
    {
      name: 'reading file',
      good: [formatEvidence(file)],
      parse: (form) => judge(parseEvidence(form), policy, options),
    },
    {
      name: 'range file',
      good: [formatRange(rangeFile)],
      parse: (form) => judgeRange(parseRange(form), wide.policy, wide.options),
    },
    { name: 'policy', good: [formatPolicy(policy)], parse: parsePolicy },
    {
      name: 'tlog-policy',
      good: [lines.join('\n')],
      parse: (form) => parseWitnessQuorum(form.split('\n')),
    },
    { name: 'note', good: [checkpoint], parse: parseNote },
    { name: 'note key', good: [witnessLine.split(' ')[2]!], parse: parseNoteKey },
    { name: 'signature line', good: [own, cosigned], parse: parseSignatureLine },
    { name: 'checkpoint', good: [text], parse: parseCheckpoint },
    {
      name: 'checkpoint, opened',
      good: [checkpoint],
      parse: (form) => openCheckpoint(form, house.origin, house.signer.publicKey),
    },
    { name: 'cosignature', good: [checkpoint], parse: (form) => cosignedAt(form, key) },
    {
      name: 'add-checkpoint',
      good: [added],
      parse: (form) => judgeAddCheckpoint(parseAddCheckpoint(form), () => known),
    },
    {
      name: 'receipt',
      good: [receipt],
      parse: (form) =>
        verifyReceipt(parseReceipt(form), batch.seal, house.origin, house.signer.publicKey),
    },
    { name: 'base64', good: [toBase64(batch.seal)], parse: fromBase64 },
    { name: 'hexadecimal', good: [toHex(batch.seal)], parse: fromHex },
    { name: 'decimal', good: ['-0.2597', '12345678901234567890.1'], parse: parseDecimal },
    {
      name: 'enrolment code',
      good: [formatEnrolmentCode(createEnrolmentCode(testBytes('code', 13)))],
      parse: parseEnrolmentCode,
    },
  ];
}

function enrolment() {
  const log = testSigner('a new log');
  const agent = testSigner('a new agent');
  const nonce = testBytes('nonce', 16);
  const certificate = testBytes('certificate');
  const asked = {
    kind: 'gateway',
    name: 'house-1',
    passwordHash: null,
    nonce,
    certificate,
  } as const;
  const keys = { logKey: log.publicKey, agentKey: agent.publicKey };
  const request = signEnrolmentRequest({ ...asked, ...keys, clientTimeMs: 1 }, agent, log);
  const forward = signEnrolmentForward({ origin: 'o', request, address: '::1', askedAtMs: 1 }, log);
  const head = { box: testBytes('box'), nonce, certificate, timeMs: 1 };
  const approval = {
    ...{ origin: 'o', records: [operatorRecord, slotRecord], policy: formatPolicy(policy) },
    broker: { url: 'mqtts://box', certificate },
  };
  const answer = [
    encodeEnrolmentAnswer({ ...head, outcome: { state: 'waiting' } }),
    encodeEnrolmentAnswer({ ...head, outcome: { state: 'approved', approval } }),
  ];
  return { request, forward, answer, log: log.publicKey };
}

/** A block whose state is one account, with this value. */
function stateWith(value: Uint8Array): LedgerProof {
  const key = keccak_256(world.ledger.contract);
  const { root, prove } = buildTrie([{ key, value }]);
  const fields = testFields(5000).with(3, root);
  return { header: encodeRlp(fields), account: prove(key), storage: file.ledger!.storage };
}
