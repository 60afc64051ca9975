/**
 * A court is given a meter's readings, a number made of them, and doubts. A clerk opens one file from disk, with the
 * network off, and sees what is proven, what is missing, and what is left to compare.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium, launchChromium, NO_CHROMIUM } from '@sigill/cloud/testing';
import {
  findChainProfile,
  formatPolicy,
  formatRange,
  type RangeFile,
  toHex,
} from '@sigill/evidence';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildVerifier } from '../../cloud/web/verifier/build.ts';
import {
  openVerifier,
  type VerifierPage,
} from '../../cloud/web/verifier/testing/verifier-page-fixture.ts';
import { sealHeader, testValidators } from '../../evidence/src/anchor/qbft-fixture.ts';
import { decodeRlpList } from '../../evidence/src/anchor/rlp.ts';
import { policyOf } from '../../evidence/src/testing/evidence-fixture.ts';
import { type RangeChoice, rangeOf, rangeWorld } from '../../evidence/src/testing/range-fixture.ts';
import { createWorld } from '../../evidence/src/testing/world-fixture.ts';

const { world, house, meter, times, policy, options } = rangeWorld();
const period = { from: times[3]!, to: times[7]! };
const range = (changes: Partial<RangeChoice> = {}) =>
  rangeOf(world, house, meter, { device: 'probe-1', first: 3, count: 4, period, ...changes });

const givenRange = (file: RangeFile) => ({
  name: 'readings.sigill',
  bytes: Buffer.from(formatRange(file)),
});
const givenPolicy = { name: 'policy.json', bytes: Buffer.from(formatPolicy(policy)) };

describe('a clerk with one file and no network', () => {
  let browser: Browser | undefined;
  let path = '';
  let opened: VerifierPage;

  beforeAll(async () => {
    if (findChromium() === null) return;
    ({ path } = await buildVerifier());
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  beforeEach(async ({ skip }) => {
    skip(browser === undefined, NO_CHROMIUM);
    opened = await openVerifier(browser as Browser, path);
  });
  afterEach(async () => {
    expect(opened.requests).toEqual([]);
    expect(opened.complaints).toEqual([]);
    await opened.page.context().close();
  });

  const compareBlock = async () => {
    const { page } = opened;
    const number = /block ([\d\u202f]+) of/.exec(await opened.text('.block'))?.[1];
    const asked = Number(number?.replaceAll('\u202f', ''));
    const block = options.blocks.find((one) => one.number === asked);
    await page.fill('#block-hash', toHex(block!.hash));
    await page.click('#block-compare');
    await page.locator('[data-outcome=page]').waitFor();
  };

  it('sees that all readings of a period are there, from the first to the last', async () => {
    await opened.choose(givenRange(range()), givenPolicy);
    expect(await opened.outcome()).toBe('block');
    await compareBlock();
    expect(await opened.claims('open')).toEqual(['decoded']);
    expect(await opened.claims('yes')).toContain('complete');
    const stream = await opened.text('.stream');
    expect(stream).toContain('4 of 4');
    expect(stream).toContain('nothing');
    expect(stream).toContain('lowest 3.1 °C, highest 6.1 °C');
  });

  it('sees a number, how it is said to be made, and that this page did not compute it', async () => {
    const number = { value: '18.4', unit: 'Cel', projection: 'sum@v1', assumptions: '{"a":1}' };
    await opened.choose(givenRange(range({ number })), givenPolicy);
    await opened.outcome();
    await compareBlock();
    expect(await opened.claims('open')).toEqual(['decoded', 'recomputed']);
    const said = await opened.text('.readings');
    for (const part of ['18.4 °C', 'sum@v1', '{"a":1}', 'does not compute it'])
      expect(said).toContain(part);
  });

  it('sees a missing reading at once, and which one', async () => {
    await opened.choose(givenRange(range({ missing: [4] })), givenPolicy);
    expect(await opened.outcome()).toBe('broken');
    expect(await opened.claims('no')).toEqual(['complete']);
    expect(await opened.text('.verdict')).toContain('Readings are missing');
    expect(await opened.text('.stream')).toContain('3 of 4');
    expect(await opened.text('.stream')).toContain('Number 4: no reason is given');
  });

  it('sees what the operator erased, with the operator’s reason', async () => {
    await opened.choose(givenRange(range({ erased: [4] })), givenPolicy);
    await opened.outcome();
    expect(await opened.claims('open')).toContain('complete');
    expect(await opened.text('.stream')).toContain('erased by the operator, asked for');
  });

  it('needs no source for a block that the validators of the policy sealed', async () => {
    const { file, text } = sealedByValidators();
    await opened.choose(givenRange(file), { name: 'policy.json', bytes: Buffer.from(text) });
    expect(await opened.outcome()).toBe('page');
    expect(await opened.text('[data-claim=block]')).toContain('seals of 3 of the 4 validators');
    expect(await opened.page.locator('#block-hash').count()).toBe(0);
  });

  it('judges ten thousand readings without standing still', async () => {
    // From disk, as a person gives it: handed over as bytes it would keep the page busy before it begins.
    const { file, text } = manyReadings(10_000);
    const folder = await mkdtemp(join(tmpdir(), 'sigill-verifier-'));
    const paths = ['readings.sigill', 'policy.json'].map((name) => join(folder, name));
    await writeFile(paths[0]!, formatRange(file));
    await writeFile(paths[1]!, text);
    // The longest that the page let a frame wait.
    await opened.page.evaluate(`
      globalThis.longest = 0;
      let last = performance.now();
      requestAnimationFrame(function next(now) {
        globalThis.longest = Math.max(globalThis.longest, now - last);
        last = now;
        requestAnimationFrame(next);
      });`);
    const began = performance.now();
    await opened.page.locator('input[type=file]').first().setInputFiles(paths);
    expect(await opened.outcome()).toBe('block');
    const took = performance.now() - began;
    const longest = Number(await opened.page.evaluate('globalThis.longest'));
    await rm(folder, { recursive: true });
    console.log(`judged in ${Math.round(took)} ms, longest frame ${Math.round(longest)} ms`);
    expect(longest).toBeLessThan(took / 2);
    expect(await opened.text('.stream')).toContain('10\u202f000 of 10\u202f000');
    expect(await opened.page.locator('.stream tbody tr').count()).toBe(51);
  });
});

function manyReadings(count: number): { file: RangeFile; text: string } {
  const many = createWorld();
  const site = many.addSite('sigill.example/test/house-1', ['meter']);
  const agent = site.agents[0]!;
  const each = 100;
  for (let first = 0; first < count; first += each) {
    agent.seal(Array.from({ length: each }, (_, at) => `${first + at}.5`));
    if (first % 2000 === 0) many.anchor();
  }
  many.anchor();
  const choice = { device: 'probe-1', first: 0, count };
  return { file: rangeOf(many, site, agent, choice), text: formatPolicy(policyOf(many)) };
}

/** The same world on a chain of a consortium: three of its four validators sealed the block of the proof. */
function sealedByValidators(): { file: RangeFile; text: string } {
  const consortium = testValidators(4);
  const validators = consortium.map(({ address }) => address);
  const plain = createWorld();
  const ledger = {
    ...plain.ledger,
    ...{ profile: findChainProfile('besu-qbft')!, chainId: 2026 },
    validators: [{ from: 0, validators }],
  };
  Object.assign(plain, { ledger });
  const site = plain.addSite('sigill.example/test/house-1', ['meter']);
  const agent = site.agents[0]!;
  for (const text of ['20.1', '20.2', '20.3']) {
    agent.seal([text]);
    plain.anchor();
  }
  const file = rangeOf(plain, site, agent, { device: 'probe-1', first: 0, count: 3 });
  const fields = decodeRlpList(file.ledger!.header).map((item) =>
    item.kind === 'string' ? item.bytes : [],
  );
  const { header } = sealHeader({ fields, listed: validators }, consortium.slice(0, 3));
  return {
    file: { ...file, ledger: { ...file.ledger!, header } },
    text: formatPolicy(policyOf(plain)),
  };
}
