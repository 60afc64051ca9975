import { equalBytes, verifyLedgerState } from '@sigill/evidence';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readHeader, readStateProof } from '../src/ledger/chain-reader.ts';
import { hash, pathOf, peaksOf, rootOf } from '../src/ledger/rfc6962-fixture.ts';
import { contractInterface, hex, startContract, word } from './anchor-log-fixture.ts';

type Contract = Awaited<ReturnType<typeof startContract>>;

const roll = (n: number) => hash(new TextEncoder().encode(`roll-call ${n}`));

describe('AnchorLog', () => {
  let log: Contract;
  beforeAll(async () => {
    log = await startContract();
  });
  afterAll(() => log.anvil.kill());

  it('starts empty, with its two roles', async () => {
    expect([...(await log.view('head'))]).toEqual([hex(hash()), 0n, checksum(log.operator), 0n]);
    expect([...(await log.view('guardian'))]).toEqual([checksum(log.guardian)]);
  });

  it('holds the root of an independent RFC 6962 computation after each of 150 anchors', async () => {
    for (let index = 0; index < 150; index++) {
      const { leaf, receipt } = await log.append(roll(index), index + 1, peaksOf(log.leaves));
      const root = hex(rootOf(log.leaves));
      expect([...(await log.view('head'))].slice(0, 2)).toEqual([root, BigInt(index + 1)]);
      const event = contractInterface.parseLog(receipt.logs[0]!);
      expect([...event!.args]).toEqual([
        BigInt(index),
        hex(leaf.rollRoot),
        BigInt(leaf.slots),
        root,
      ]);
      expect((await log.view('head')).newestBlock).toBe(BigInt(leaf.blockNumber));
    }
  });

  it('agrees with the paths of all anchors, and with no other path, index or field', async () => {
    const { leaf } = await log.append(roll(150), 151, peaksOf(log.leaves));
    const included = async (change: object = {}, path = pathOf(150, log.leaves).map(hex)) => {
      const l = { ...leaf, ...change };
      const fields = [l.index, l.rollRoot, l.slots, l.blockNumber, l.blockTime, l.parentHash];
      return (await log.view('verifyInclusion', ...fields, path))[0];
    };
    expect(await included()).toBe(true);
    for (const change of [
      { index: 149 },
      { index: 151 },
      { rollRoot: roll(1) },
      { slots: 1 },
      { blockNumber: 1 },
      { blockTime: 1 },
      { parentHash: roll(1) },
    ])
      expect(await included(change), JSON.stringify(Object.keys(change))).toBe(false);
    const path = pathOf(150, log.leaves).map(hex);
    for (const other of [
      [],
      path.slice(1),
      [...path, word(0)],
      path.toReversed(),
      path.with(0, word(1)),
    ])
      expect(await included({}, other)).toBe(false);
  });

  it('reverts on wrong, missing, extra or reordered peaks, and so on an anchor sent twice', async () => {
    const peaks = peaksOf(log.leaves);
    const refused = (given: readonly Uint8Array[]) =>
      refusal(log.send(log.operator, 'anchor', roll(151), 1, given));
    expect(peaks.length).toBeGreaterThan(2);
    for (const at of peaks.keys())
      expect(await refused(peaks.with(at, roll(0)))).toBe('PeaksDoNotMatchRoot');
    expect(await refused(peaks.toReversed())).toBe('PeaksDoNotMatchRoot');
    expect(await refused(peaks.slice(1))).toBe('WrongPeakCount');
    expect(await refused([...peaks, roll(0)])).toBe('WrongPeakCount');
    expect(await refused([])).toBe('WrongPeakCount');
    await log.append(roll(151), 1, peaks);
    expect(await refused(peaks)).toMatch(/WrongPeakCount|PeaksDoNotMatchRoot/);
  });

  it('takes anchors from the operator alone', async () => {
    for (const account of [log.guardian, log.stranger])
      expect(await refusal(log.send(account, 'anchor', roll(0), 1, peaksOf(log.leaves)))).toBe(
        'NotOperator',
      );
  });

  it('is read by the verifier of evidence', async () => {
    const number = await log.anvil.call<string>('eth_blockNumber');
    const state = verifyLedgerState(await proofAt(log, number), log.contract);
    expect(state.size).toBe(log.leaves.length);
    expect(equalBytes(state.root, rootOf(log.leaves))).toBe(true);
    expect(hex(state.operator)).toBe(log.operator);
    expect(state.blockNumber).toBe(Number(number));
  });

  it('lets the guardian, and nobody else, replace the operator', async () => {
    for (const account of [log.operator, log.stranger])
      expect(await refusal(log.send(account, 'rotate', log.stranger))).toBe('NotGuardian');
    expect(await refusal(log.send(log.guardian, 'rotate', word(0).slice(0, 42)))).toBe(
      'OperatorIsZero',
    );
    const { logs } = await log.send(log.guardian, 'rotate', log.stranger);
    expect(contractInterface.parseLog(logs[0]!)?.name).toBe('OperatorRotated');
    expect(await refusal(log.send(log.operator, 'anchor', roll(0), 1, peaksOf(log.leaves)))).toBe(
      'NotOperator',
    );
    await log.send(log.guardian, 'rotate', log.operator);
    await log.append(roll(152), 1, peaksOf(log.leaves));
  });

  it('is frozen by the guardian for ever, and keeps what it holds', async () => {
    expect(await refusal(log.send(log.operator, 'freeze'))).toBe('NotGuardian');
    const before = await log.view('head');
    const { logs } = await log.send(log.guardian, 'freeze');
    expect([...contractInterface.parseLog(logs[0]!)!.args]).toEqual([
      before.currentSize,
      before.currentRoot,
    ]);
    const after = await log.view('head');
    expect([after.currentRoot, after.currentSize]).toEqual([
      before.currentRoot,
      before.currentSize,
    ]);
    expect(BigInt(after.currentOperator)).toBe(0n);
    expect(await refusal(log.send(log.operator, 'anchor', roll(0), 1, peaksOf(log.leaves)))).toBe(
      'NotOperator',
    );
    expect(await refusal(log.send(log.guardian, 'rotate', log.operator))).toBe('LogIsFrozen');
    expect(await refusal(log.send(log.guardian, 'freeze'))).toBe('LogIsFrozen');
  });
});

describe('the gas of one anchor', () => {
  let log: Contract;
  beforeAll(async () => {
    log = await startContract();
  });
  afterAll(() => log.anvil.kill());

  // One year of 10-minute anchors is 52,560, so the sizes before an anchor are 0 to 52,559. Every peak costs 32 bytes of
  // calldata and two hashes, whatever the carries: the worst sizes are those with the most one bits.
  const YEAR = 52_560;
  const worst = worstSizes(YEAR);

  it.each([
    [1, 40_000],
    [100, 42_000],
    [YEAR - 1, 50_000],
    ...worst.map((size): [number, number] => [size, 55_000]),
  ])('at size %i is at most %i', async (size, limit) => {
    const peaks = worstPeaks(size);
    await log.setSlot(0, hex(foldPeaks(peaks)));
    await log.setSlot(1, log.packHead(size, 5));
    const { gasUsed } = await log.send(log.operator, 'anchor', roll(size), 1, peaks);
    console.log(`gas of one anchor at size ${size}: ${gasUsed}`);
    expect(gasUsed).toBeLessThanOrEqual(limit);
    expect((await log.view('head')).currentSize).toBe(BigInt(size + 1));
  });

  it('of the deployment is paid once', () => {
    console.log(`gas of the deployment: ${log.creation.gasUsed}`);
    expect(log.creation.gasUsed).toBeLessThan(850_000);
  });
});

function worstSizes(end: number): number[] {
  const ones = Array.from(
    { length: end },
    (_, size) => size.toString(2).replaceAll('0', '').length,
  );
  const most = Math.max(...ones);
  return ones.flatMap((count, size) => (count === most ? [size] : []));
}

/** Any peaks make a tree that the contract accepts; these have no zero byte, which would be cheaper as calldata. */
function worstPeaks(size: number): Uint8Array[] {
  const count = size.toString(2).replaceAll('0', '').length;
  return Array.from({ length: count }, (_, i) => new Uint8Array(32).fill(i + 1));
}

function foldPeaks(peaks: readonly Uint8Array[]): Uint8Array {
  return peaks.reduceRight((right, left) => hash(Uint8Array.of(1), left, right));
}

async function proofAt(log: Contract, number: string) {
  const header = await readHeader(log.anvil, number);
  return { header: header.encoded, ...(await readStateProof(log.anvil, log.contract, number)) };
}

async function refusal(sent: Promise<unknown>): Promise<string> {
  return sent.then(
    () => 'not refused',
    (error: Error) => error.message,
  );
}

function checksum(address: string): string {
  return contractInterface.getAbiCoder().decode(['address'], word(BigInt(address)))[0];
}
