/** For tests and for other implementers: what is asked of bytes, keys, readings and batches. */
import { fromHex, toHex } from '../bytes/bytes.ts';
import p256Vectors from '../keys/p256.vectors.json' with { type: 'json' };
import { leafHash } from '../log/merkle-tree.ts';
import { decodeReading } from '../reading/reading.ts';
import { encodeBatch } from '../seal/batch.ts';
import { headerHash } from '../seal/seal.ts';
import { testBytes } from './key-fixture.ts';
import { erasureOf } from './range-fixture.ts';
import {
  type Asked,
  agentKey,
  asked,
  batch,
  bytes,
  first,
  flipped,
  logKey,
  meter,
  operatorKey,
  world,
} from './vector-world-fixture.ts';

export function forms(): Record<string, Asked[]> {
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
