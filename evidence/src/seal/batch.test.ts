import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex, utf8 } from '../bytes/bytes.ts';
import { encodeCbor } from '../bytes/canonical-cbor.ts';
import { originHash } from '../log/checkpoint.ts';
import { leafHash, treeRoot } from '../log/merkle-tree.ts';
import { encodeReading } from '../reading/reading.ts';
import { testBinaryCodec } from '../testing/codec-contract.ts';
import { testBytes } from '../testing/key-fixture.ts';
import { createSiteLog, temperatureReading } from '../testing/site-fixture.ts';
import {
  type Batch,
  checkBatch,
  checkContents,
  decodeBatch,
  encodeBatch,
  MAX_BATCH_BYTES,
} from './batch.ts';
import { encodeHeader, headerHash, signSeal } from './seal.ts';

const items = fc.array(
  fc.tuple(fc.uint8Array({ maxLength: 60 }), fc.option(fc.uint8Array({ maxLength: 60 }))),
  { maxLength: 6 },
);

testBinaryCodec<Batch>('a batch', {
  encode: encodeBatch,
  decode: decodeBatch,
  values: fc
    .record({ seal: fc.uint8Array({ maxLength: 300 }), items })
    .map(({ seal, items: all }) => ({
      seal,
      readings: all.map(([reading]) => reading),
      frames: all
        .map(([, frame]) => frame)
        .map((frame, at, frames) => {
          const last = frames.slice(0, at).findLast((before) => before !== null);
          return frame !== null && last != null && toHex(frame) === toHex(last) ? null : frame;
        }),
    })),
  codes: ['BATCH_FORM'],
});

const site = createSiteLog('sigill.example/test/house', { now: 1_790_000_000_000, beacon: null });
const meter = site.addAgent('meter');
const key = meter.signer.publicKey;
const logs = [originHash(site.origin)];

describe('checkBatch', () => {
  const batch = meter.seal(['20.1', '20.2']);

  it('gives the readings, their frames and where the chain stands', () => {
    const checked = checkBatch(encodeBatch(batch), key, logs, null);
    expect(checked.header).toEqual(batch.header);
    expect(checked.readings.map((reading) => reading?.seq)).toEqual([0, 1]);
    expect(checked.readingBytes).toEqual(batch.readings);
    expect(checked.frames).toEqual(batch.frames);
    expect(checked.leaves).toEqual(batch.readings.map(leafHash));
    expect(checked.seal).toEqual(batch.seal);
    expect(checked.head).toEqual({
      batch: 0,
      headerHash: headerHash(batch.headerBytes),
      nextSeq: 2,
    });
  });

  it('continues the chain in the log that succeeds a closed one', () => {
    const next = meter.seal(['20.3']);
    const { head } = checkBatch(encodeBatch(batch), key, logs, null);
    const successor = [originHash(`${site.origin}/2`), ...logs];
    expect(checkBatch(encodeBatch(next), key, successor, head).head.nextSeq).toBe(3);
  });

  it('takes the leaf hash of a reading that was lost or erased, and then no frame', () => {
    const readings = [leafHash(batch.readings[0]!), batch.readings[1]!];
    const frames = [null, batch.frames[1]!];
    const checked = checkBatch(encodeBatch({ ...batch, readings, frames }), key, logs, null);
    expect(checked.readings.map((reading) => reading?.seq ?? null)).toEqual([null, 1]);
    expect(checked.frames).toEqual(frames);
    const kept = encodeBatch({ ...batch, readings });
    expect(() => checkBatch(kept, key, logs, null)).toThrow(
      expect.objectContaining({ code: 'BATCH_FRAME' }),
    );
  });

  it('refuses a reading that is none', () => {
    const readings = [utf8('x'), batch.readings[1]!];
    const header = { ...batch.header, root: treeRoot(readings.map(leafHash)) };
    const seal = signSeal(encodeHeader(header), meter.signer);
    const bytes = encodeBatch({ seal, readings, frames: [null, null] });
    expect(() => checkBatch(bytes, key, logs, null)).toThrow(
      expect.objectContaining({ code: 'READING_FORM' }),
    );
  });
});

describe('a frame that gives several readings', () => {
  const frame = utf8('one frame');
  const own = createSiteLog(site.origin, { now: 1_790_000_000_000, beacon: null });
  const agent = own.addAgent('meter');
  const reading = (seq: number, of: Uint8Array) =>
    encodeReading(temperatureReading(agent.id, seq, '1', 1_790_000_000_000, of));
  const readings = [
    reading(0, frame),
    reading(1, frame),
    reading(2, utf8('two')),
    reading(3, frame),
  ];
  const frames = [frame, frame, utf8('two'), frame];
  const header = {
    ...agent.seal(['1']).header,
    count: 4,
    root: treeRoot(readings.map(leafHash)),
  };
  const seal = signSeal(encodeHeader(header), agent.signer);

  it('is written once beside the first of them, and stands with each when checked', () => {
    const bytes = encodeBatch({ seal, readings, frames });
    const decoded = decodeBatch(bytes);
    expect(decoded.frames).toEqual([frame, null, utf8('two'), frame]);
    expect(checkContents(decoded, header).frames).toEqual(frames);
  });

  it('is not taken for the frame of a reading that names another', () => {
    const kept = encodeBatch({ seal, readings, frames: [frame, null, null, null] });
    expect(checkContents(decodeBatch(kept), header).frames).toEqual([frame, frame, null, frame]);
  });

  it('is refused when written twice', () => {
    const bytes = encodeCbor([seal, readings, [frame, frame, null, null]]);
    expect(() => decodeBatch(bytes)).toThrow(expect.objectContaining({ code: 'BATCH_FORM' }));
  });
});

describe('decodeBatch', () => {
  it.each([
    ['fewer frames than readings', encodeCbor([testBytes('s'), [testBytes('r')], []])],
    ['more frames than readings', encodeCbor([testBytes('s'), [], [null]])],
    ['a reading that is null', encodeCbor([testBytes('s'), [null], [null]])],
    ['two parts', encodeCbor([testBytes('s'), []])],
    ['too many readings', encodeCbor([testBytes('s'), new Array(65_537).fill(testBytes('r')), []])],
    ['too many bytes', new Uint8Array(MAX_BATCH_BYTES + 1)],
  ])('refuses %s', (_name, bytes) => {
    expect(() => decodeBatch(bytes)).toThrow(expect.objectContaining({ code: 'BATCH_FORM' }));
  });
});
