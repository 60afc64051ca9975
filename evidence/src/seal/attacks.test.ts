/** Attacks on batches, as whoever takes them in sees them. */
import { describe, expect, it } from 'vitest';
import { utf8 } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';
import { originHash } from '../log/checkpoint.ts';
import { leafHash, treeRoot } from '../log/merkle-tree.ts';
import { decodeReading, encodeReading } from '../reading/reading.ts';
import { testBytes, testSigner, testSignerP256 } from '../testing/key-fixture.ts';
import { createSiteLog, type SealedBatch, type TestAgent } from '../testing/site-fixture.ts';
import { checkBatch, encodeBatch } from './batch.ts';
import { encodeHeader, headerHash, signSeal } from './seal.ts';

const site = createSiteLog('sigill.example/test/house', { now: 1_790_000_000_000, beacon: null });
const meter = site.addAgent('meter');
const other = site.addAgent('other');
const first = meter.seal(['20.1', '20.2']);
const second = meter.seal(['20.3', '20.4', '20.5']);
const third = meter.seal(['20.6']);
const foreign = other.seal(['1', '2', '3']);

describe('attacks on a batch', () => {
  it('takes honest batches in their order', () => {
    expect(refusal(first, null)).toBeNull();
    expect(refusal(second, first)).toBeNull();
    expect(refusal(third, second)).toBeNull();
  });

  it.each<[string, (readings: readonly Uint8Array[]) => readonly Uint8Array[], string]>([
    ['a reading changed', ([a, b, c]) => [a!, altered(b!), c!], 'BATCH_ROOT'],
    ['a reading dropped', ([a, , c]) => [a!, c!], 'BATCH_SEQUENCE'],
    ['a reading inserted', ([a, b, c]) => [a!, b!, altered(b!), c!], 'BATCH_SEQUENCE'],
    ['readings swapped', ([a, b, c]) => [b!, a!, c!], 'BATCH_ROOT'],
    ['a reading repeated', ([a, b]) => [a!, b!, b!], 'BATCH_ROOT'],
    [
      'a reading of another agent put in its place',
      ([a, , c]) => [a!, foreign.readings[1]!, c!],
      'BATCH_ROOT',
    ],
    ['a heartbeat removed, its leaf hash too', ([a, b]) => [a!, b!], 'BATCH_SEQUENCE'],
    [
      'a leaf hash that is not of the reading erased',
      ([a, , c]) => [a!, testBytes('x'), c!],
      'BATCH_ROOT',
    ],
  ])('%s', (_name, change, code) => {
    const frames = change(second.readings).map(() => null);
    expect(refusal({ ...second, readings: change(second.readings), frames }, first)).toBe(code);
  });

  it('readings taken by an agent itself from another batch, agent or place', () => {
    const [a, b, c] = second.readings;
    expect(refusal(resealed([b!, a!, c!]), first)).toBe('BATCH_SEQUENCE');
    expect(refusal(resealed([a!, first.readings[1]!, c!]), first)).toBe('BATCH_SEQUENCE');
    const atItsPlace = { ...decodeReading(foreign.readings[1]!), seq: 3 };
    expect(refusal(resealed([a!, encodeReading(atItsPlace), c!]), first)).toBe('BATCH_AGENT');
  });

  it('a reading moved to another stream', () => {
    const moved = encodeReading({ ...decodeReading(second.readings[1]!), source: 'attic' });
    const readings = second.readings.with(1, moved);
    expect(refusal({ ...second, readings }, first)).toBe('BATCH_ROOT');
  });

  it('a batch moved to another log', () => {
    const elsewhere = originHash('sigill.example/test/elsewhere');
    expect(refusal(second, first, meter, elsewhere)).toBe('BATCH_LOG');
  });

  it('a batch dropped', () => expect(refusal(third, first)).toBe('BATCH_LINK'));

  it('a batch replayed', () => {
    expect(refusal(second, second)).toBe('BATCH_LINK');
    expect(refusal(first, third)).toBe('BATCH_LINK');
  });

  it('a batch re-sealed by another key', () => {
    const seal = signSeal(second.headerBytes, testSigner('thief'));
    expect(refusal({ ...second, seal }, first)).toBe('SIGNATURE_INVALID');
    expect(refusal(second, first, other)).toBe('SIGNATURE_INVALID');
    const header = { ...second.header, agent: other.id };
    const stolen = { ...second, seal: signSeal(encodeHeader(header), meter.signer) };
    expect(refusal(stolen, first)).toBe('BATCH_AGENT');
  });

  it('a batch whose signature is malleated', () => {
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const seal = second.seal.slice();
    writeLittleEndian(seal.subarray(-32), littleEndian(seal.subarray(-32)) + order);
    expect(refusal({ ...second, seal }, first)).toBe('SIGNATURE_FORM');
  });

  it('a batch of a secure element whose signature is malleated', () => {
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const house = createSiteLog(site.origin, { now: 1_790_000_000_000, beacon: null });
    const element = house.addAgent('element', testSignerP256('element'));
    const batch = element.seal(['1']);
    expect(refusal(batch, null, element)).toBeNull();
    const seal = batch.seal.slice();
    const s = seal.subarray(-32).reverse();
    writeLittleEndian(s, order - littleEndian(s));
    s.reverse();
    expect(refusal({ ...batch, seal }, null, element)).toBe('SIGNATURE_FORM');
  });

  it('a cloned card: a second history from the same batch on', () => {
    const clone = createSiteLog(site.origin, { now: 1_790_000_000_000, beacon: null });
    const card = clone.addAgent('meter');
    card.seal(['20.1', '20.2']);
    const fork = card.seal(['66.6', '66.6', '66.6']);
    expect(refusal(fork, second)).toBe('BATCH_LINK');
    expect(refusal(card.seal(['66.6']), second)).toBe('BATCH_LINK');
  });

  it('an earlier batch rewritten under the ones that follow it', () => {
    const rewritten = resealed(
      [...second.readings].map((bytes, at) => (at === 1 ? altered(bytes) : bytes)),
    );
    expect(refusal(rewritten, first)).toBeNull();
    expect(refusal(third, rewritten)).toBe('BATCH_LINK');
  });

  it('a frame swapped for another, repeated, or put beside a reading that names none', () => {
    const [one, two, three] = second.frames;
    const swapped = { ...second, frames: [two!, one!, three!] };
    expect(refusal(swapped, first)).toBe('BATCH_FRAME');
    expect(refusal({ ...second, frames: [one!, utf8('other'), three!] }, first)).toBe(
      'BATCH_FRAME',
    );
  });
});

/** The code with which a batch is refused after `previous`, or null. */
function refusal(
  batch: SealedBatch,
  previous: SealedBatch | null,
  agent: TestAgent = meter,
  log = originHash(site.origin),
): string | null {
  const head = previous && {
    batch: previous.header.batch,
    headerHash: headerHash(previous.headerBytes),
    nextSeq: previous.header.firstSeq + previous.header.count,
  };
  try {
    checkBatch(encodeBatch(batch), agent.signer.publicKey, [log], head);
    return null;
  } catch (error) {
    if (error instanceof EvidenceError) return error.code;
    throw error;
  }
}

/** The second batch, with other readings and a header that fits them, signed by the agent. */
function resealed(readings: readonly Uint8Array[]): SealedBatch {
  const header = { ...second.header, root: treeRoot(readings.map(leafHash)) };
  const headerBytes = encodeHeader(header);
  const seal = signSeal(headerBytes, meter.signer);
  return { ...second, header, headerBytes, seal, readings, frames: readings.map(() => null) };
}

function altered(bytes: Uint8Array): Uint8Array {
  return encodeReading({ ...decodeReading(bytes), salt: testBytes('altered', 16) });
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function writeLittleEndian(target: Uint8Array, value: bigint): void {
  for (let at = 0; at < target.length; at += 1)
    target[at] = Number((value >> BigInt(8 * at)) & 255n);
}
