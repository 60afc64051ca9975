/** For tests: the worked examples of FORMAT.md, made anew. Hexadecimal, one item a line, what it is behind `#`. */
import { keccak_256 } from '@noble/hashes/sha3.js';
import { encodeAnchorLeaf } from '../anchor/anchor-log.ts';
import {
  boxFingerprint,
  boxHash,
  enrolmentMac,
  signEnrolmentRequest,
} from '../anchor/enrolment.ts';
import { encodeEnrolmentAnswer } from '../anchor/enrolment-answer.ts';
import { createEnrolmentCode, formatEnrolmentCode } from '../anchor/enrolment-code.ts';
import { ANCHOR_LOG_CREATION_CODE } from '../anchor/generated/anchor-log-code.ts';
import { encodeCall } from '../anchor/roll-call.ts';
import { fromHex, toHex } from '../bytes/bytes.ts';
import { type CborValue, decodeCbor, encodeCbor } from '../bytes/canonical-cbor.ts';
import { formatEvidence } from '../judge/evidence-file.ts';
import { formatPolicy } from '../judge/policy.ts';
import { formatRange } from '../judge/range-file.ts';
import { decodeSign1 } from '../keys/cose-sign1.ts';
import type { Signer } from '../keys/signer.ts';
import { formatReceipt } from '../log/receipt.ts';
import { formatNoteKey } from '../log/signed-note.ts';
import { encodeBatch } from '../seal/batch.ts';
import { honestWorld } from './evidence-fixture.ts';
import { testBytes } from './key-fixture.ts';
import { rangeOf } from './range-fixture.ts';
import type { SiteLog, TestAgent } from './site-fixture.ts';
import type { World } from './world-fixture.ts';

/** What an item is; for an array, what it and each of its items is. */
type Label = string | readonly [string, ...Label[]];

const READING: Label = [
  'reading',
  'type',
  'agent',
  'seq',
  'source',
  'device',
  'n',
  'kind',
  'time',
  ['clock', 'quality', 'maxErrorMs', 'deviceTime', 'uptimeMs'],
  ['origin', 'driver', 'frameHash'],
  ['fields', ['field', 'name', ['value', 'mantissa', 'exponent'], 'unit', 'code']],
  'salt',
];
const HEADER: Label = [
  'header',
  'type',
  'agent',
  'log',
  'batch',
  'previous',
  'boot',
  'firstSeq',
  'count',
  'root',
  'closedAt',
  ['beacon', 'anchorIndex', 'anchorLeafHash'],
];
const AGENT: Label = ['agent', 'key', 'state', 'succeeds'];
const RECORD: Label = [
  'record',
  'type',
  'slot',
  'rev',
  'previous',
  'origin',
  'logKey',
  'closed',
  'continues',
  ['agents', AGENT, AGENT],
];
const OPERATOR: Label = [
  'operator record',
  'type',
  'slot',
  'rev',
  'previous',
  'key',
  'nextKeyHash',
  ['witnesses'],
  'successor',
];
const CALL: Label = ['call', 'type', 'slot', 'originHash', 'size', 'root', 'age', 'recordHash'];
const ERASURE: Label = [
  'erasure',
  'type',
  'agent',
  'seq',
  'source',
  'device',
  'n',
  'leafHash',
  'reason',
];
const BATCH: Label = [
  'batch',
  'seal',
  ['readings', 'reading 0', 'reading 1', 'reading 2'],
  ['frames', 'frame 0', 'frame 1', 'frame 2'],
];

const ENROLMENT: Label = [
  'request',
  'type',
  'kind',
  'name',
  'logKey',
  'agentKey',
  'passwordHash',
  'nonce',
  'clientTimeMs',
  'certificate',
];
const ANSWER: Label = [
  'answer',
  'type',
  'box',
  'nonce',
  'certificate',
  'timeMs',
  'state',
  'reason',
  'approval',
];

/** By the name that stands behind the fence. */
export function formatExamples(): ReadonlyMap<string, string> {
  const { world, house, meter, batch, file, policy } = honestWorld();
  const anchor = world.anchors[2]!;
  const [witness] = world.witnesses;
  const [log, cosignature] = file.log.checkpoint.split('\n\n')[1]!.split('\n');
  const record = decodeSign1(file.records.slot[0]!).payload;
  const operator = decodeSign1(world.operatorRecords[0]!).payload;
  const witnessKey = {
    name: witness!.name,
    type: 4 as const,
    publicKey: witness!.signer.publicKey,
  };
  return new Map([
    ['hex agent-key', wrap(toHex(meter.signer.publicKey), '', 'SPKI of the agent')],
    ['hex log-key', wrap(toHex(house.signer.publicKey), '', 'SPKI of the log')],
    ['hex operator-key', wrap(toHex(world.operator.publicKey), '', 'SPKI of the operator')],
    ['hex reading', annotate(file.readings[0]!.bytes, READING)],
    ['hex header', annotate(batch.headerBytes, HEADER)],
    ['hex seal', wrap(toHex(batch.seal), '', 'seal')],
    ['hex batch', annotate(encodeBatch(batch), BATCH)],
    ['text checkpoint', `${file.log.checkpoint.split('\n\n')[0]}\n\n${log}`],
    ['text cosignature', cosignature!],
    ['text witness-key', formatNoteKey(witnessKey)],
    ['text receipt', formatReceipt({ ...file.seal, note: house.checkpoint(6) }).trimEnd()],
    ['hex record', annotate(record, RECORD)],
    ['hex operator-record', annotate(operator, OPERATOR)],
    ['hex call', annotate(encodeCall(anchor.calls[1]!), CALL)],
    ['hex anchor-leaf', anchorLeaf(encodeAnchorLeaf(anchor.leaf))],
    ['hex creation-code-hash', toHex(keccak_256(fromHex(ANCHOR_LOG_CREATION_CODE)))],
    ...enrolmentExamples(house.signer, meter.signer),
    ...rangeExamples(world, house, meter),
    ['json policy', formatPolicy(policy)],
    ['json evidence', formatEvidence(file)],
  ]);
}

/** The batch of the other examples as a range, with the reading of the example erased. */
function rangeExamples(world: World, house: SiteLog, meter: TestAgent): [string, string][] {
  const choice = { device: 'probe-1', first: 3, count: 3, erased: [4] };
  const range = rangeOf(world, house, meter, choice);
  return [
    ['hex erasure', annotate(decodeSign1(range.erasures[0]!).payload, ERASURE)],
    ['json range', formatRange(range)],
  ];
}

function enrolmentExamples(log: Signer, agent: Signer): [string, string][] {
  const code = createEnrolmentCode(testBytes('code', 13));
  const keys = { logKey: log.publicKey, agentKey: agent.publicKey };
  const nonce = testBytes('nonce', 16);
  const certificate = testBytes('certificate');
  const asked = {
    kind: 'gateway',
    name: 'house-1',
    passwordHash: null,
    nonce,
    certificate,
  } as const;
  const request = signEnrolmentRequest({ ...asked, ...keys, clientTimeMs: 12_345 }, agent, log);
  const [byAgent] = decodeCbor(request) as [Uint8Array];
  const answer = encodeEnrolmentAnswer({
    ...{ box: boxHash(keys), nonce, certificate, timeMs: 1_790_002_413_500 },
    outcome: { state: 'waiting' },
  });
  return [
    ['text enrolment-code', formatEnrolmentCode(code)],
    ['hex enrolment-payload', annotate(decodeSign1(byAgent).payload, ENROLMENT)],
    ['hex enrolment-request', wrap(toHex(request), '', 'request')],
    [
      'hex enrolment-mac',
      wrap(toHex(enrolmentMac(code.secret, request)), '', 'MAC of the request'),
    ],
    ['text enrolment-fingerprint', boxFingerprint(keys)],
    ['hex enrolment-answer', annotate(answer, ANSWER)],
  ];
}

function annotate(bytes: Uint8Array, label: Label): string {
  return lines(decodeCbor(bytes), label, '').join('\n');
}

function lines(value: CborValue, label: Label, indent: string): string[] {
  const [name, ...inner] = typeof label === 'string' ? [label] : label;
  const hex = toHex(encodeCbor(value));
  if (!Array.isArray(value)) return [wrap(hex, indent, `${name}${shown(value)}`)];
  const head = hex.slice(0, value.length < 24 ? 2 : 4);
  return [
    wrap(head, indent, name),
    ...value.flatMap((item, at) => lines(item, inner[at] ?? '', `${indent}  `)),
  ];
}

function shown(value: CborValue): string {
  if (typeof value === 'string') return `: "${value}"`;
  return value instanceof Uint8Array ? '' : `: ${value}`;
}

/** Lines of at most 36 bytes; what it is stands behind the first. */
function wrap(hex: string, indent: string, name: string): string {
  const [first = '', ...rest] = hex.match(/.{1,72}/g) ?? [];
  return [`${`${indent}${first}`.padEnd(78)} # ${name}`, ...rest.map((line) => indent + line)].join(
    '\n',
  );
}

function anchorLeaf(bytes: Uint8Array): string {
  const parts = [
    [8, 'chainId'],
    [20, 'contract'],
    [8, 'index'],
    [32, 'rollRoot'],
    [8, 'slots'],
    [8, 'blockNumber'],
    [8, 'blockTime'],
    [32, 'parentHash'],
  ] as const;
  let at = 0;
  return parts
    .map(([length, name]) => {
      at += length;
      return wrap(toHex(bytes.slice(at - length, at)), '', name);
    })
    .join('\n');
}
