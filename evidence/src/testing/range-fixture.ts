/** For tests: evidence of a range of a test world, and a world with two streams in one agent's batches. */
import { signErasure } from '../anchor/erasure.ts';
import type { ComputedNumber, Period, RangeFile, RangeReading } from '../judge/range-file.ts';
import { hashesOf, leafHash } from '../log/merkle-tree.ts';
import { multiInclusionPath } from '../log/multi-inclusion.ts';
import { decodeReading, type Reading } from '../reading/reading.ts';
import { evidenceOf, optionsOf, policyOf } from './evidence-fixture.ts';
import type { SiteLog, TestAgent } from './site-fixture.ts';
import { createWorld, type World } from './world-fixture.ts';

export interface RangeChoice {
  readonly device: string;
  readonly first: number;
  readonly count: number;
  readonly period?: Period | null;
  /** Numbers whose readings are erased. */
  readonly erased?: readonly number[];
  /** Numbers whose readings are left out. */
  readonly missing?: readonly number[];
  readonly number?: ComputedNumber | null;
}

/** With a reading on either side where a period is stated. */
export function rangeOf(
  world: World,
  site: SiteLog,
  agent: TestAgent,
  choice: RangeChoice,
): RangeFile {
  const { device, first, count, period = null, erased = [], missing = [], number = null } = choice;
  const margin = period === null ? 0 : 1;
  const isWanted = (reading: Reading) =>
    reading.device === device &&
    reading.n >= first - margin &&
    reading.n < first + count + margin &&
    !missing.includes(reading.n);
  const wanted = agent.batches.filter(({ readings }) => readings.map(decodeReading).some(isWanted));
  const from = wanted[0]?.header.batch ?? agent.batches.length - 1;
  const last = wanted.at(-1) ?? agent.batches.at(-1)!;
  const erasures: Uint8Array[] = [];
  const frames = new Set<string>();
  const batches = agent.batches
    .slice(wanted.length === 0 ? from : Math.max(from - 1, 0), last.header.batch + 1)
    .map(({ headerBytes, readings, frames: kept }) => {
      const leaves = readings.map(leafHash);
      const shown = readings.flatMap((bytes, index): RangeReading[] => {
        const reading = decodeReading(bytes);
        if (!isWanted(reading)) return [];
        if (erased.includes(reading.n)) {
          erasures.push(erasureOf(world, reading, leaves[index]!));
          return [{ index, bytes: null, leaf: leaves[index]!, frame: null }];
        }
        const name = reading.origin.frameHash?.join() ?? '';
        const isNew = !frames.has(name);
        frames.add(name);
        return [{ index, bytes, leaf: null, frame: isNew ? (kept[index] ?? null) : null }];
      });
      const indexes = shown.map(({ index }) => index);
      const path =
        indexes.length === 0 ? [] : multiInclusionPath(indexes, leaves.length, hashesOf(leaves));
      return { header: headerBytes, readings: shown, path };
    });
  const { seal, log, records, rollCalls, ledger } = evidenceOf(world, site, last, 0);
  return {
    format: 'sigill-evidence@v1',
    kind: number === null ? 'range' : 'number',
    ...{ number, period, streams: [{ source: 'cellar', device, first, count }], batches, erasures },
    ...{ seal, log, records, rollCalls, ledger },
    anchors: anchorsOf(world, site, agent, batches.length, last.header.batch),
  };
}

/** The leaves that the roll-calls and all headers of the range name. */
function anchorsOf(
  world: World,
  site: SiteLog,
  agent: TestAgent,
  count: number,
  last: number,
): RangeFile['anchors'] {
  const parts = agent.batches
    .slice(Math.max(last - count + 1, 0), last + 1)
    .map((batch) => evidenceOf(world, site, batch, 0).anchors);
  const end = parts.at(-1);
  if (!end) return null;
  const named = new Set(
    [...agent.batches.slice(last - count + 1, last + 1).map(({ header }) => header.beacon)].flatMap(
      (beacon) => (beacon === null ? [] : [beacon.anchorIndex]),
    ),
  );
  const leaves = new Map(end.leaves.map((leaf) => [leaf.index, leaf]));
  for (const leaf of parts.flatMap((part) => part?.leaves ?? []))
    if (named.has(leaf.index)) leaves.set(leaf.index, leaf);
  return {
    size: end.size,
    leaves: [...leaves.values()].toSorted((one, other) => one.index - other.index),
  };
}

export function erasureOf(
  world: World,
  reading: Reading,
  leaf: Uint8Array,
  signer = world.operator,
) {
  const { agent, seq, source, device, n } = reading;
  return signErasure(
    { agent, seq, source, device, n, leafHash: leaf, reason: 'asked for' },
    signer,
  );
}

/** One agent with two devices, whose readings take turns in its batches; ten of each, anchored as they come. */
export function rangeWorld() {
  const world = createWorld();
  const house = world.addSite('sigill.example/test/house-1', ['meter']);
  const [meter] = house.agents as [TestAgent];
  const times: number[] = [];
  for (let batch = 0; batch < 5; batch += 1) {
    sealTurns(meter, [2 * batch, 2 * batch + 1], times);
    world.anchor();
  }
  return { world, house, meter, times, policy: policyOf(world), options: optionsOf(world) };
}

/** Two devices take turns: `n` of each. @param times gets the time of each reading of `probe-1` */
export function sealTurns(agent: TestAgent, numbers: readonly number[], times: number[]): void {
  const turns = numbers.flatMap((n) => [
    { n, device: 'probe-1' },
    { n, device: 'probe-2' },
  ]);
  const texts = turns.map(({ n, device }) => `${n}.${device.at(-1)}`);
  const { readings } = agent.seal(texts, { each: (index) => turns[index]! });
  for (const bytes of readings) {
    const { device, time } = decodeReading(bytes);
    if (device === 'probe-1') times.push(time);
  }
}
