/** What promises more than it has, and what is merely long: work and memory follow the bytes that are there. */

import { describe, expect, it } from 'vitest';
import { decodeEnrolmentAnswer } from './anchor/enrolment-answer.ts';
import { readSlotRecord } from './anchor/register.ts';
import { decodeRlpList, encodeRlpList } from './anchor/rlp.ts';
import { concatBytes, fromBase64, fromHex } from './bytes/bytes.ts';
import { decodeCbor, encodeCbor } from './bytes/canonical-cbor.ts';
import { parseDecimal } from './bytes/decimal.ts';
import { parseEvidence } from './judge/evidence-file.ts';
import { judgeRange } from './judge/judge-range.ts';
import { parsePolicy } from './judge/policy.ts';
import { formatRange, parseRange } from './judge/range-file.ts';
import { parseWitnessQuorum } from './judge/witness-quorum.ts';
import { parseReceipt } from './log/receipt.ts';
import { formatNoteKey, parseNote } from './log/signed-note.ts';
import { decodeEntryBundle } from './log/tiles.ts';
import { parseAddCheckpoint } from './log/witnessing.ts';
import { decodeReading } from './reading/reading.ts';
import { decodeBatch } from './seal/batch.ts';
import { faultOf, mutateBytes, mutateText, PROMISES } from './testing/fuzz-fixture.ts';
import { binarySubjects, textSubjects } from './testing/fuzz-subjects-fixture.ts';
import { testBytes, testSigner } from './testing/key-fixture.ts';
import { createRandom, testSeed } from './testing/random-fixture.ts';
import { rangeOf, rangeWorld, sealTurns } from './testing/range-fixture.ts';
import { countSteps } from './testing/steps-fixture.ts'; // first, so that all below is counted

const seed = testSeed();
// A hash, a point or a text takes some tens of blocks a byte at the most; a promise believed would take millions.
const STEPS_A_BYTE = 100;
const LEAST_STEPS = 20_000;
// What lies about uncollected; the promises are of gigabytes.
const SPARE_BYTES = 64 * 1024 * 1024;

describe(`what promises more than it has, seed ${seed}`, () => {
  it.each(binarySubjects())('$name: is not believed', ({ good, parse }) => {
    const random = createRandom(seed);
    const [first] = good as [Uint8Array];
    const forms = Array.from({ length: 60 }, (_, at) => {
      const promise = fromHex(PROMISES[at % PROMISES.length]!);
      const place = at < PROMISES.length ? 0 : random.below(first.length);
      return concatBytes(
        first.subarray(0, place),
        promise,
        first.subarray(place + random.below(2)),
      );
    });
    expectBounded([...forms, ...forms.map((form) => mutateBytes([form], random))], parse);
  });

  it.each(textSubjects())('$name: is not believed', ({ good, parse }) => {
    const random = createRandom(seed);
    expectBounded(
      Array.from({ length: 60 }, () => mutateText(good, random)),
      parse,
    );
  });
});

function expectBounded<Form extends Uint8Array | string>(
  forms: readonly Form[],
  parse: (form: Form) => unknown,
): void {
  const held = heldBytes();
  const steps = countSteps(() => {
    for (const form of forms) expect(faultOf(() => parse(form))).toBeNull();
  });
  const bytes = forms.reduce((sum, { length }) => sum + length, 0);
  expect(steps).toBeLessThan(forms.length * LEAST_STEPS + STEPS_A_BYTE * bytes);
  expect(heldBytes() - held).toBeLessThan(SPARE_BYTES + 200 * bytes);
}

/** Of texts and arrays, and of the buffers beside them. */
function heldBytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

describe('what is merely long', () => {
  const repeat = (count: number, text: string) => text.repeat(count);
  const list = <T>(count: number, make: (at: number) => T) =>
    Array.from({ length: count }, (_, at) => make(at));
  const key = (at: number) =>
    formatNoteKey({ name: `w${at}`, type: 4, publicKey: testSigner(`${at}`).publicKey });
  const keys = list(400, key);
  const hash = `${Buffer.alloc(32).toString('base64')}\n`;

  it.each<[string, (count: number) => () => unknown]>([
    ['CBOR of many items', (count) => given(encodeCbor(list(count, Number)), decodeCbor)],
    ['CBOR nested deep', (count) => given(new Uint8Array(count).fill(0x81), decodeCbor)],
    ['JSON nested deep', (count) => given(repeat(count, '['), parseEvidence)],
    [
      'JSON of many readings',
      (count) => given(`{"readings":[${repeat(count, '0,')}0]}`, parseEvidence),
    ],
    ['JSON of many keys', (count) => given(`{${list(count, (at) => `"${at}":0`)}}`, parsePolicy)],
    ['base64', (count) => given(repeat(count, 'AAAA'), fromBase64)],
    ['hexadecimal', (count) => given(repeat(count, '00'), fromHex)],
    ['digits', (count) => given(repeat(count, '9'), parseDecimal)],
    ['a note', (count) => given(`${repeat(count, 'a\n')}\n`, parseNote)],
    ['a note of empty lines', (count) => given(repeat(count, '\n'), parseNote)],
    [
      'a receipt',
      (count) => given(`c2sp.org/tlog-proof@v1\nindex 1\n${repeat(count, hash)}\n`, parseReceipt),
    ],
    ['an add-checkpoint', (count) => given(`old 1\n${repeat(count, hash)}\n`, parseAddCheckpoint)],
    ['an entry bundle', (count) => given(new Uint8Array(2 * count), decodeEntryBundle)],
    [
      'RLP',
      (count) =>
        given(
          encodeRlpList(list(count, () => ({ kind: 'string', bytes: testBytes('x') }))),
          decodeRlpList,
        ),
    ],
    [
      'a batch of leaf hashes',
      (count) =>
        given(
          encodeCbor([
            testBytes('seal'),
            list(count, () => testBytes('x')),
            list(count, () => null),
          ]),
          decodeBatch,
        ),
    ],
    ['fields of a reading', (count) => given(readingOf(count), decodeReading)],
    ['a record of many keys', (count) => given(recordOf(count), readSlotRecord)],
    [
      'an answer of many records',
      (count) =>
        given(
          encodeCbor([
            'sigill.enroll.answer.1',
            testBytes('b'),
            testBytes('n', 16),
            null,
            1,
            'approved',
            '',
            ['o', list(count, () => testBytes('r')), 'p', null],
          ]),
          decodeEnrolmentAnswer,
        ),
    ],
    [
      'witnesses of a policy',
      (count) =>
        given(
          list(Math.floor(count / 10), (at) => `witness w${at} ${keys[at]}`),
          parseWitnessQuorum,
        ),
    ],
  ])('%s: takes steps by its length', (_name, make) => {
    expectLinear(make, 2000);
  });

  it('a range of many batches: takes steps by its length', () => {
    const { world, house, meter, times, policy, options } = rangeWorld();
    for (let n = 10; n < 170; n += 1) sealTurns(meter, [n], times);
    world.anchor();
    expectLinear((count) => {
      const choice = { device: 'probe-1', first: 0, count, period: null };
      const text = formatRange(rangeOf(world, house, meter, choice));
      return () => judgeRange(parseRange(text), policy, options);
    }, 80);
  });

  /** Twice as long takes no more than twice as many steps, and a little. */
  function expectLinear(make: (count: number) => () => unknown, count: number): void {
    const [once, twice] = [make(count), make(2 * count)].map((act) => {
      faultOf(act);
      return countSteps(() => expect(faultOf(act)).toBeNull());
    });
    expect(once!).toBeGreaterThan(0);
    expect(twice!).toBeLessThan(2.3 * once! + 2000);
  }

  function given<Form>(form: Form, parse: (form: Form) => unknown): () => unknown {
    return () => parse(form);
  }

  function readingOf(fields: number): Uint8Array {
    const names = list(fields, (at) => `f${String(at).padStart(6, '0')}`);
    return encodeCbor([
      'sigill.reading.1',
      testBytes('a', 16),
      0,
      'a',
      '',
      0,
      'k',
      0,
      [0, null, null, 0],
      ['d', null],
      names.map((name) => [name, true, null, null]),
      testBytes('s', 16),
    ]);
  }

  function recordOf(agents: number): Uint8Array {
    const prefix = fromHex('302a300506032b6570032100');
    const sorted = list(agents, (at) => concatBytes(prefix, testBytes(`key ${at}`))).toSorted(
      Buffer.compare,
    );
    const payload = encodeCbor([
      'sigill.record.1',
      1,
      0,
      testBytes('p'),
      'o',
      testSigner('log').publicKey,
      null,
      null,
      sorted.map((one) => [one, 'active', null]),
    ]);
    const head = fromHex('d28443a10127a0');
    return concatBytes(head, encodeCbor(payload), encodeCbor(new Uint8Array(64)));
  }
});
