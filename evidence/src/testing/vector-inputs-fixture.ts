/** For tests and for other implementers: what the vectors ask about, good and bad, all of one small world. */
import { parseAddress } from '../anchor/anchor-log.ts';
import { findChainProfile } from '../anchor/chain-profiles.ts';
import { sealHeader, testFields, testValidators } from '../anchor/qbft-fixture.ts';
import { encodeCall } from '../anchor/roll-call.ts';
import { fromHex, toHex } from '../bytes/bytes.ts';
import { sha256 } from '../crypto/index.ts';
import { formatPolicy } from '../judge/policy.ts';
import { decodeSign1 } from '../keys/cose-sign1.ts';
import p256Vectors from '../keys/p256.vectors.json' with { type: 'json' };
import { consistencyPath } from '../log/consistency.ts';
import { inclusionPath } from '../log/inclusion.ts';
import { hashesOf, leafHash, rootAt } from '../log/merkle-tree.ts';
import { multiInclusionPath } from '../log/multi-inclusion.ts';
import { formatReceipt } from '../log/receipt.ts';
import { formatNoteKey, type NoteKey } from '../log/signed-note.ts';
import { encodeEntryBundle } from '../log/tiles.ts';
import { decodeReading } from '../reading/reading.ts';
import { encodeBatch } from '../seal/batch.ts';
import { headerHash } from '../seal/seal.ts';
import { honestWorld } from './evidence-fixture.ts';
import { formatExamples } from './format-examples-fixture.ts';
import { testBytes, testSigner } from './key-fixture.ts';
import { erasureOf } from './range-fixture.ts';
import type { Json } from './vector-questions-fixture.ts';

export interface Asked {
  readonly name: string;
  readonly input: Readonly<Record<string, Json>>;
}

const { world, house, meter, first, batch, file, policy } = honestWorld();
const agentKey = toHex(meter.signer.publicKey);
const logKey = toHex(house.signer.publicKey);
const operatorKey = toHex(world.operator.publicKey);
const { origin } = house;
const asked = (name: string, input: Asked['input']): Asked => ({ name, input });
const bytes = (name: string, hex: string, more: Asked['input'] = {}) =>
  asked(name, { bytes: hex, ...more });
/** One bit of the byte at `at`, from the end where it is negative. */
const flipped = (given: Uint8Array, at: number) => toHex(given.with(at, given.at(at)! ^ 1));

export function vectorInputs(): Readonly<Record<string, readonly Asked[]>> {
  return {
    ...forms(),
    ...trees(),
    ...logs(),
    ...register(),
    ...ledger(),
    ...policies(),
    ...enrolment(),
  };
}

function forms(): Record<string, Asked[]> {
  // P-256 signatures are made with chance: these are made already.
  const [element] = p256Vectors.filter(({ verdict }) => verdict === 'valid');
  const message = toHex(batch.headerBytes);
  const signature = meter.signer.sign(batch.headerBytes);
  const signed = (name: string, changed: string, key = agentKey) =>
    asked(name, { key, message, signature: changed });
  const reading = batch.readings[1]!;
  const wholeBatch = (name: string, changes: Asked['input']) =>
    asked(name, {
      ...{
        bytes: toHex(encodeBatch(meter.batches[1]!)),
        key: agentKey,
        log: toHex(batch.header.log),
      },
      previous: { batch: 0, headerHash: toHex(headerHash(first.headerBytes)), nextSeq: 1 },
      ...changes,
    });
  return {
    cbor: [
      ...[
        '00',
        '17',
        '1818',
        '19ffff',
        '1a00010000',
        '1b001fffffffffffff',
        '1bffffffffffffffff',
        '20',
        '3bffffffffffffffff',
        '40',
        '43010203',
        '60',
        '63e282ac',
        '80',
        '8301820203f6',
        'f4',
        'f5',
        'f6',
      ].map((one) => bytes(`canonical ${one}`, one)),
      bytes('a head that is not the shortest', '1817'),
      bytes('a length that is not the shortest', '580101'),
      bytes('an indefinite length', '9f01ff'),
      bytes('an indefinite string', '5f4101ff'),
      bytes('a map', 'a10102'),
      bytes('a float', 'f93c00'),
      bytes('a tag', 'c100'),
      bytes('undefined', 'f7'),
      bytes('text that is no UTF-8', '61ff'),
      bytes('a surrogate', '63eda080'),
      bytes('bytes after the end', '0000'),
      bytes('cut', '4301'),
      bytes('an array that promises more than there is', '9bffffffffffffffff'),
      bytes('nothing', ''),
      bytes('arrays 16 deep', `${'81'.repeat(16)}00`),
      bytes('arrays 17 deep', `${'81'.repeat(17)}00`),
    ],
    signatures: [
      signed('Ed25519', toHex(signature)),
      signed('Ed25519: another message', toHex(first.seal.slice(-64))),
      signed('Ed25519: a bit of R flipped', flipped(signature, 0)),
      signed('Ed25519: a bit of S flipped', flipped(signature, 32)),
      signed('Ed25519: 63 bytes', toHex(signature.slice(1))),
      asked('ES256', p256(element!)),
      asked('ES256: a bit flipped', {
        ...p256(element!),
        signature: flipped(fromHex(element!.signature), 5),
      }),
      signed('a key with a byte more', toHex(signature), `${agentKey}00`),
      signed(
        'a key of small order',
        toHex(signature),
        `${agentKey.slice(0, 24)}01${'00'.repeat(31)}`,
      ),
    ],
    envelopes: [
      bytes('good', toHex(batch.seal), { key: agentKey }),
      bytes('another key', toHex(batch.seal), { key: logKey }),
      bytes('a key of another algorithm', toHex(batch.seal), { key: element!.publicKey }),
      bytes('without the tag', toHex(batch.seal.slice(1)), { key: agentKey }),
      bytes('with a header of its own', toHex(batch.seal.with(6, 0xa1)), { key: agentKey }),
      bytes('a bit of the payload flipped', flipped(batch.seal, 40), { key: agentKey }),
      bytes('a byte more', `${toHex(batch.seal)}00`, { key: agentKey }),
    ],
    readings: [
      ...batch.readings.map((one, at) => bytes(`good ${at}`, toHex(one))),
      bytes('a byte more', `${toHex(reading)}00`),
      bytes('cut', toHex(reading.slice(0, -1))),
      bytes('a longer head', `980c${toHex(reading.slice(1))}`),
      bytes('another type', flipped(reading, 16)),
      bytes('a source in capitals', toHex(reading).replace('6663656c6c6172', '6643454c4c4152')),
      bytes('a quality of 4', toHex(reading).replace('840218c8', '840418c8')),
      bytes('synchronised without an error', toHex(reading).replace('840218c8', '8402f6')),
      bytes(
        'another kind, which a verifier does not judge',
        toHex(reading).replace('6b656e7669', '6b656e7668'),
      ),
    ],
    headers: [
      bytes('good', toHex(batch.headerBytes)),
      bytes('the first of its agent', toHex(first.headerBytes)),
      bytes(
        'batch 0 that has one before',
        toHex(batch.headerBytes).replace('02582013', '00582013'),
      ),
      bytes('a byte more', `${toHex(batch.headerBytes)}00`),
      bytes('cut', toHex(batch.headerBytes.slice(0, -1))),
    ],
    seals: [
      bytes('good', toHex(batch.seal), { key: agentKey }),
      bytes('another key', toHex(batch.seal), { key: operatorKey }),
      bytes('a bit of the signature flipped', flipped(batch.seal, -1), { key: agentKey }),
    ],
    batches: [
      wholeBatch('good', {}),
      wholeBatch('another key', { key: operatorKey }),
      wholeBatch('for another log', { log: toHex(testBytes('another log')) }),
      wholeBatch('a batch that is not next', { previous: null }),
      wholeBatch('behind another header', {
        previous: { batch: 0, headerHash: '00'.repeat(32), nextSeq: 1 },
      }),
      wholeBatch('behind another number', {
        previous: { batch: 0, headerHash: toHex(headerHash(first.headerBytes)), nextSeq: 2 },
      }),
      wholeBatch('a frame changed', { bytes: flipped(encodeBatch(meter.batches[1]!), -2) }),
      wholeBatch('cut', { bytes: toHex(encodeBatch(meter.batches[1]!).slice(0, -1)) }),
    ],
    erasures: (() => {
      const word = erasureOf(world, decodeReading(reading), leafHash(reading));
      return [
        bytes('good', toHex(word), { key: operatorKey }),
        bytes('another key', toHex(word), { key: agentKey }),
        bytes('a bit flipped', flipped(word, 60), { key: operatorKey }),
      ];
    })(),
  };
}

function p256({ publicKey, message, signature }: (typeof p256Vectors)[number]): Asked['input'] {
  return { key: publicKey, message, signature };
}

function trees(): Record<string, Asked[]> {
  const entries = Array.from({ length: 11 }, (_, at) => testBytes(`entry ${at}`, 4));
  const hashes = entries.map(leafHash);
  const read = hashesOf(hashes);
  const root = (size: number) => toHex(rootAt(size, read));
  const path = (index: number, size: number) => inclusionPath(index, size, read).map(toHex);
  const inclusion = (name: string, index: number, size: number, changes: Asked['input'] = {}) =>
    asked(name, {
      index,
      size,
      leaf: toHex(hashes[index] ?? hashes[0]!),
      path: path(Math.min(index, size - 1), size),
      root: root(size),
      ...changes,
    });
  const joined = (oldSize: number, newSize: number) =>
    consistencyPath(oldSize, newSize, read).map(toHex);
  const consistency = (
    name: string,
    oldSize: number,
    newSize: number,
    changes: Asked['input'] = {},
  ) =>
    asked(name, {
      oldSize,
      newSize,
      oldRoot: root(oldSize),
      newRoot: root(newSize),
      path: joined(oldSize, newSize),
      ...changes,
    });
  const several = (
    name: string,
    indexes: readonly number[],
    size: number,
    changes: Asked['input'] = {},
  ) =>
    asked(name, {
      size,
      leaves: indexes.map((index) => ({ index, hash: toHex(hashes[index]!) })),
      path: multiInclusionPath(indexes, size, read).map(toHex),
      ...changes,
    });
  return {
    'tree-roots': [0, 1, 2, 3, 7, 8, 11].map((size) =>
      asked(`${size} entries`, { entries: entries.slice(0, size).map(toHex) }),
    ),
    inclusion: [
      ...[
        [0, 1],
        [0, 2],
        [1, 2],
        [2, 3],
        [6, 7],
        [5, 8],
        [10, 11],
      ].map(([index, size]) => inclusion(`leaf ${index} of ${size}`, index!, size!)),
      inclusion('another leaf', 4, 8, { leaf: toHex(hashes[5]!) }),
      inclusion('another index of the same shape', 4, 8, { index: 5 }),
      inclusion('an index beyond the size', 7, 7),
      inclusion('a path too long', 4, 8, { path: [...path(4, 8), root(1)] }),
      inclusion('a path too short', 4, 8, { path: path(4, 8).slice(1) }),
      inclusion('a hash of 31 bytes', 4, 8, { path: path(4, 8).with(0, '00'.repeat(31)) }),
      inclusion('a size beyond 2^53-1', 4, 8, { size: 2 ** 53 }),
    ],
    consistency: [
      ...[
        [0, 0],
        [0, 5],
        [1, 2],
        [3, 7],
        [4, 8],
        [6, 8],
        [7, 7],
        [8, 11],
      ].map(([one, other]) => consistency(`from ${one} to ${other}`, one!, other!)),
      consistency('another root at the old size', 3, 7, { oldRoot: root(4) }),
      consistency('another root at the new size', 3, 7, { newRoot: root(8) }),
      consistency('two roots at one size', 7, 7, { newRoot: root(8) }),
      consistency('a path at one size', 7, 7, { path: [root(1)] }),
      consistency('from 0, another old root', 0, 5, { oldRoot: root(1) }),
      consistency('backwards', 7, 7, { oldSize: 8 }),
      consistency('a path too long', 3, 7, { path: [...joined(3, 7), root(1)] }),
      consistency('a path too short', 3, 7, { path: joined(3, 7).slice(0, -1) }),
    ],
    'several-leaves': [
      several('two of eleven', [2, 9], 11),
      several('neighbours', [4, 5, 6], 8),
      several('all', [0, 1, 2], 3),
      several('one alone', [0], 1),
      several('in another order', [2, 9], 11, {
        leaves: [9, 2].map((index) => ({ index, hash: toHex(hashes[index]!) })),
      }),
      several('one twice', [2], 11, {
        leaves: [2, 2].map((index) => ({ index, hash: toHex(hashes[index]!) })),
      }),
      several('none', [2], 11, { leaves: [] }),
      several('a path too long', [2], 11, { path: Array.from({ length: 9 }, () => root(1)) }),
      several('a path too short', [2], 11, { path: [] }),
    ],
  };
}

function logs(): Record<string, Asked[]> {
  const { checkpoint } = file.log;
  const opened = (name: string, note: string, changes: Asked['input'] = {}) =>
    asked(name, { note, origin, key: logKey, ...changes });
  const [witness] = world.witnesses;
  const noteKey: NoteKey = { name: witness!.name, type: 4, publicKey: witness!.signer.publicKey };
  const key = formatNoteKey(noteKey);
  const cosigned = (name: string, note: string, of = key) => asked(name, { note, witness: of });
  const receipt = formatReceipt({ ...file.seal, note: house.checkpoint(6) });
  const proof = (name: string, changed: string, changes: Asked['input'] = {}) =>
    asked(name, { receipt: changed, entry: toHex(batch.seal), origin, key: logKey, ...changes });
  const bundle = encodeEntryBundle(house.entries.slice(0, 2));
  return {
    checkpoints: [
      opened('good, with a cosignature', checkpoint),
      opened('another origin', checkpoint, { origin: 'sigill.example/test/barn' }),
      opened('another key', checkpoint, { key: operatorKey }),
      opened('a size with a leading zero', checkpoint.replace('\n6\n', '\n06\n')),
      opened('another size', checkpoint.replace('\n6\n', '\n7\n')),
      opened('a line more', checkpoint.replace('\n6\n', '\n6\n6\n')),
      opened('carriage returns', checkpoint.replaceAll('\n', '\r\n')),
      opened('no blank line', checkpoint.replace('\n\n', '\n')),
      opened('no newline at the end', checkpoint.slice(0, -1)),
    ],
    cosignatures: [
      cosigned('good', checkpoint),
      cosigned('not there', house.checkpoint(6)),
      cosigned('under a checkpoint of another size', checkpoint.replace('\n6\n', '\n7\n')),
      cosigned('a log’s key', checkpoint, formatNoteKey({ ...noteKey, type: 1 })),
    ],
    receipts: [
      proof('good', receipt),
      proof('another entry', receipt, { entry: toHex(first.seal) }),
      proof('another index', receipt.replace('index 5', 'index 4')),
      proof('an index with a leading zero', receipt.replace('index 5', 'index 05')),
      proof('a line of extra', receipt.replace('index 5', 'extra AAAA\nindex 5')),
      proof('another version', receipt.replace('@v1', '@v2')),
    ],
    'note-keys': [
      asked('a cosigner’s', { key }),
      asked('a log’s', {
        key: formatNoteKey({ name: origin, type: 1, publicKey: house.signer.publicKey }),
      }),
      asked('another key ID', { key: key.replace(/\+[0-9a-f]{8}/, '+00000000') }),
      asked('no name', { key: key.slice(key.indexOf('+')) }),
    ],
    tiles: [1, 255, 256, 257, 70_000].map((size) => asked(`${size} entries`, { size })),
    'entry-bundles': [
      bytes('two entries', toHex(bundle)),
      bytes('none', ''),
      bytes('empty entries', '00000000'),
      bytes('cut', toHex(bundle.slice(0, -1))),
      bytes('257 entries', '0000'.repeat(257)),
    ],
  };
}

function register(): Record<string, Asked[]> {
  const honest = honestWorld();
  honest.world.succeed({ nextKeyHash: testBytes('third') }, honest.world.operator);
  const chain = honest.world.operatorRecords.map(toHex);
  const firstKeyHash = toHex(sha256(honest.world.operator.publicKey));
  const records = (name: string, given: string[], hash = firstKeyHash) =>
    asked(name, { records: given, firstKeyHash: hash });
  const slot = file.records.slot[1]!;
  const call = encodeCall(world.anchors[2]!.calls[1]!);
  return {
    'operator-records': [
      records('good', chain),
      records('another first key', chain, toHex(testBytes('another'))),
      records('the first left out', chain.slice(1)),
      records('out of order', chain.toReversed()),
      records('none', []),
      records('a bit flipped', chain.with(1, flipped(honest.world.operatorRecords[1]!, 50))),
    ],
    'slot-records': [
      bytes('good', toHex(slot), { key: operatorKey }),
      bytes('another key', toHex(slot), { key: logKey }),
      bytes('a bit flipped', flipped(slot, 60), { key: operatorKey }),
      bytes('an operator’s record', toHex(world.operatorRecords[0]!), { key: operatorKey }),
    ],
    calls: [
      bytes('good', toHex(call)),
      bytes('the operator’s', toHex(encodeCall(world.anchors[2]!.calls[0]!))),
      bytes('a byte more', `${toHex(call)}00`),
      bytes('another type', flipped(call, 14)),
    ],
  };
}

function ledger(): Record<string, Asked[]> {
  const { leaf } = world.anchors[2]!;
  const { contract, rollRoot, parentHash } = leaf;
  const anchor = {
    ...leaf,
    contract: toHex(contract),
    rollRoot: toHex(rollRoot),
    parentHash: toHex(parentHash),
  };
  const { header, account, storage } = file.ledger!;
  const state = (name: string, changes: Asked['input']) =>
    asked(name, {
      ...{ contract: toHex(contract), header: toHex(header), account: account.map(toHex) },
      storage: storage.map((nodes) => nodes.map(toHex)),
      ...changes,
    });
  const { factory } = findChainProfile('development')!;
  const roles = { operator: world.ledger.operator, guardian: world.ledger.guardian };
  const address = (name: string, changes: Asked['input']) =>
    asked(name, {
      factory,
      operator: `0x${toHex(roles.operator)}`,
      guardian: `0x${toHex(roles.guardian)}`,
      ...changes,
    });
  const validators = testValidators(4);
  const named = validators.map((one) => toHex(one.address));
  const listed = validators.map((one) => one.address);
  const sealed = (signers: number) =>
    toHex(
      sealHeader({ fields: testFields(5000), listed, round: 1 }, validators.slice(0, signers))
        .header,
    );
  const block = (name: string, signers: number, given = named) =>
    asked(name, { header: sealed(signers), validators: given });
  return {
    anchors: [
      asked('good', anchor),
      asked('a contract of 19 bytes', { ...anchor, contract: toHex(contract.slice(1)) }),
      asked('a size beyond 2^53-1', { ...anchor, slots: 2 ** 53 }),
    ],
    addresses: [
      address('good', {}),
      address('operator and guardian exchanged', {
        operator: `0x${toHex(roles.guardian)}`,
        guardian: `0x${toHex(roles.operator)}`,
      }),
      address('capitals', { operator: `0x${toHex(parseAddress(factory)).toUpperCase()}` }),
    ],
    rlp: [
      ...['c0', 'c180', 'c20102', 'c483010203', 'c3c20102', `f838b7${'61'.repeat(55)}`].map((one) =>
        bytes(`canonical ${one.slice(0, 16)}`, one),
      ),
      bytes('a byte below 0x80 with a prefix', 'c28105'),
      bytes('a length in long form that is short', 'f80101'),
      bytes('a length with a leading zero', `f90038b7${'61'.repeat(55)}`),
      bytes('cut', 'c3'),
      bytes('bytes after the list', 'c000'),
      bytes('a string', '83010203'),
      bytes('a length of 2^64-1', 'ffffffffffffffffff'),
    ],
    'state-proofs': [
      state('good', {}),
      state('another contract', { contract: toHex(testBytes('x', 20)) }),
      state('a node left out', { account: account.slice(1).map(toHex) }),
      state('a node more', { account: [...account, account[0]!].map(toHex) }),
      state('the slots exchanged', {
        storage: storage.toReversed().map((nodes) => nodes.map(toHex)),
      }),
      state('a header cut', { header: toHex(header.slice(0, -1)) }),
    ],
    'qbft-blocks': [
      block('all seals', 4),
      block('as many as are needed', 3),
      block('one too few', 2),
      block(
        'other validators',
        4,
        testValidators(4, 'other').map((one) => toHex(one.address)),
      ),
      block('a validator more', 4, [...named, 'ff'.repeat(20)]),
    ],
  };
}

function policies(): Record<string, Asked[]> {
  const text = formatPolicy(policy);
  const changed = (name: string, one: string, other: string) =>
    asked(name, { policy: text.replace(one, other) });
  const noted = (name: string, note: string) => asked(name, { policy: text, note });
  return {
    policies: [
      asked('good', { policy: text }),
      asked('with a newline at its end', { policy: `${text}\n` }),
      asked('without a ledger or witnesses', {
        policy: formatPolicy({ ...policy, ledger: null, witnessLines: ['quorum none'] }),
      }),
      changed('another contract', '"contract":"0x60', '"contract":"0x61'),
      changed('a profile that is not described', 'development', 'somewhere'),
      changed('another chain id', '5334801', '5334802'),
      changed('no quorum', ',"quorum all"', ''),
      changed('a quorum of nobody', 'quorum all', 'quorum x'),
      changed('two spaces', 'witness w0 ', 'witness  w0 '),
      changed('white space', '{"format"', '{ "format"'),
      changed('a key more', '"clockErrorMs"', '"note":"","clockErrorMs"'),
      changed('an error with a fraction', '2000', '2000.0'),
    ],
    quorums: [
      noted('met', file.log.checkpoint),
      noted('not met', house.checkpoint(6)),
      noted('a cosignature of another checkpoint', file.log.checkpoint.replace('\n6\n', '\n7\n')),
    ],
  };
}

function enrolment(): Record<string, Asked[]> {
  const examples = formatExamples();
  const hexOf = (name: string) =>
    toHex(fromHex(examples.get(`hex ${name}`)!.replace(/#.*$/gm, '').replace(/\s/g, '')));
  const good = {
    code: examples.get('text enrolment-code')!,
    ...{
      request: hexOf('enrolment-request'),
      mac: hexOf('enrolment-mac'),
      reply: hexOf('enrolment-answer'),
    },
  };
  const wrong = (name: string, changes: Asked['input']) => asked(name, { ...good, ...changes });
  const { payload } = decodeSign1(file.records.slot[0]!);
  return {
    enrolment: [
      wrong('good', {}),
      wrong('in small letters, with spaces', {
        code: good.code.toLowerCase().replaceAll('-', ' '),
      }),
      wrong('one character wrong', { code: good.code.replace('A', 'B') }),
      wrong('a letter that codes do not use', { code: good.code.replace('A', 'U') }),
      wrong('another MAC', { mac: toHex(testBytes('mac')) }),
      wrong('a request with a bit flipped', { request: flipped(fromHex(good.request), 60) }),
      wrong('an answer that is a record', { reply: toHex(payload) }),
      wrong('a request of another log key', { request: toHex(testSigner('x').sign(payload)) }),
    ],
  };
}
