/**
 * Judges an evidence file of a range, or of a number computed from one, under a policy. Pure: block headers seen
 * elsewhere, the decoder of device frames and the projections are handed in.
 * @module
 */
import { toHex } from '../bytes/bytes.ts';
import { sha256 } from '../crypto/index.ts';
import { isOwnReading, type Reading } from '../reading/reading.ts';
import { assertLeavesReferred, indexesOf } from './anchoring.ts';
import { Claims, type Established, need, Refuted, Unchecked } from './claims.ts';
import { judgeComplete, sortStreams } from './completeness.ts';
import { assertDecodes, type DecodeAgain } from './decoding.ts';
import { formError } from './evidence-parts.ts';
import type { JudgeOptions } from './judge.ts';
import type { Policy } from './policy.ts';
import type { ComputedNumber, Period, RangeFile } from './range-file.ts';
import { judgeRangeSealing, type ReadingBeside, type SealedRange } from './range-sealing.ts';
import { judgeStanding } from './standing.ts';
import { judgeBracket, judgeClock } from './timing.ts';
import type { RangeVerdict, StreamVerdict } from './verdict.ts';

/** The number again, from readings that are proven; null if this projection is not at hand. */
export type Recompute = (
  number: ComputedNumber,
  streams: readonly StreamVerdict[],
  period: Period | null,
) => { readonly value: string; readonly unit: string } | null;

export interface JudgeRangeOptions extends JudgeOptions {
  readonly recompute?: Recompute;
}

/** @throws EvidenceError EVIDENCE_FORM for a part that nothing refers to */
export function judgeRange(
  file: RangeFile,
  policy: Policy | null,
  options: JudgeRangeOptions = {},
): RangeVerdict {
  const claims = new Claims();
  const sealed = claims.judge('sealed', () => judgeRangeSealing(file));
  const standing = judgeStanding(
    claims,
    file,
    policy,
    { agent: sealed?.agent ?? null, logs: sealed && logsNamed(sealed) },
    options.blocks ?? [],
  );
  const together = sealed && (sealed.batches.length > 0 ? sealed.batches : lastAlone(sealed));
  const bracket = claims.judge('bracket', () => judgeBracket(standing.timed(together)));
  claims.judge('clock', () => judgeClock(standing.timed(together), policy?.clockErrorMs ?? 0));

  const { chain, covering, state } = standing;
  const streams = sealed && sortStreams(file, sealed, chain);
  const complete = claims.judge('complete', () =>
    judgeComplete(need(streams, 'what was sealed'), file, chain),
  );
  const own = sealed?.beside.filter(({ reading }) => isOwnReading(reading)) ?? [];
  if (own.some(({ frame }) => frame !== null))
    throw formError('a frame, though the reading came from no device');
  if (sealed === null || sealed.beside.length > own.length)
    claims.judge('decoded', () =>
      judgeAllDecoding(need(sealed, 'what was sealed').beside, options.decodeAgain),
    );
  const { number, period } = file;
  if (number !== null)
    claims.judge('recomputed', () => {
      need(complete, 'that all readings are there');
      return judgeNumber(number, streams ?? [], period, options.recompute);
    });

  if (sealed !== null && covering !== null)
    assertLeavesReferred(file, indexesOf(sealed.headers.map(({ beacon }) => beacon)));
  return {
    ...{ kind: file.kind, agent: sealed?.agent ?? null, period, number },
    streams: streams ?? [],
    claims: claims.list,
    notBefore: bracket?.notBefore ?? null,
    notAfter: bracket?.notAfter ?? null,
    block: state && { number: state.blockNumber, hash: state.blockHash },
  };
}

/** Each name once: a range may span generations of its log. */
function logsNamed({ headers }: SealedRange): Uint8Array[] {
  return [...new Map(headers.map(({ log }) => [toHex(log), log])).values()];
}

/** A range without readings is judged by the seal that ends it. */
function lastAlone({ headers }: SealedRange) {
  return [{ readings: [], header: headers.at(-1)!, before: headers.at(-2) ?? null }];
}

function judgeAllDecoding(
  beside: readonly ReadingBeside[],
  decodeAgain: DecodeAgain | undefined,
): Established<null> {
  const frames = framesOf(beside);
  const devices = beside.filter(({ reading }) => !isOwnReading(reading));
  for (const { reading } of devices)
    assertDecodes(frames.get(frameName(reading)) ?? null, reading, decodeAgain);
  return {
    value: null,
    provenBy: `the bytes the devices sent decode to the same values, in ${devices.length} readings`,
    trust: ['agent'] as const,
    facts: { readings: devices.length },
  };
}

/** By their hash: each beside the first reading that names it. @throws EvidenceError EVIDENCE_FORM, Refuted OTHER_FRAME */
function framesOf(beside: readonly ReadingBeside[]): ReadonlyMap<string, Uint8Array> {
  const frames = new Map<string, Uint8Array>();
  const named = new Set<string>();
  for (const { reading, frame } of beside) {
    const name = frameName(reading);
    if (frame !== null) {
      if (toHex(sha256(frame)) !== name)
        throw new Refuted('OTHER_FRAME', `the frame is not the one reading ${reading.seq} names`);
      if (named.has(name)) throw formError('a frame stands beside the first reading that names it');
      frames.set(name, frame);
    }
    named.add(name);
  }
  return frames;
}

/** Empty where there is none. */
function frameName({ origin }: Reading): string {
  return origin.frameHash === null ? '' : toHex(origin.frameHash);
}

/** @throws Refuted OTHER_NUMBER, Unchecked NO_PROJECTION */
function judgeNumber(
  number: ComputedNumber,
  streams: readonly StreamVerdict[],
  period: Period | null,
  recompute: Recompute | undefined,
): Established<null> {
  let again: ReturnType<Recompute>;
  try {
    again = recompute?.(number, streams, period) ?? null;
  } catch (error) {
    throw new Refuted('OTHER_NUMBER', `it cannot be computed: ${(error as Error).message}`);
  }
  const { value, unit, projection, assumptions } = number;
  if (again === null)
    throw new Unchecked('NO_PROJECTION', `no projection ${projection} at hand here`);
  if (again.value !== value || again.unit !== unit)
    throw new Refuted(
      'OTHER_NUMBER',
      `${again.value} ${again.unit} comes out, not ${value} ${unit}`,
    );
  return {
    value: null,
    provenBy: `${projection}, run again over these readings under ${assumptions}`,
    trust: [],
    facts: { value, unit, projection, assumptions },
  };
}
