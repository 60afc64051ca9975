/** For tests and for other implementers: what is asked of register, ledger, policy and enrolment. */
import { parseAddress } from '../anchor/anchor-log.ts';
import { findChainProfile } from '../anchor/chain-profiles.ts';
import { sealHeader, testFields, testValidators } from '../anchor/qbft-fixture.ts';
import { encodeCall } from '../anchor/roll-call.ts';
import { fromHex, toHex } from '../bytes/bytes.ts';
import { sha256 } from '../crypto/index.ts';
import { formatPolicy } from '../judge/policy.ts';
import { decodeSign1 } from '../keys/cose-sign1.ts';
import { honestWorld } from './evidence-fixture.ts';
import { formatExamples } from './format-examples-fixture.ts';
import { testBytes, testSigner } from './key-fixture.ts';
import {
  type Asked,
  asked,
  bytes,
  file,
  flipped,
  house,
  logKey,
  operatorKey,
  policy,
  world,
} from './vector-world-fixture.ts';

export function register(): Record<string, Asked[]> {
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

export function ledger(): Record<string, Asked[]> {
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

export function policies(): Record<string, Asked[]> {
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

export function enrolment(): Record<string, Asked[]> {
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
