import { readFileSync } from 'node:fs';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildWeb } from './build.ts';
import type { Reading, ReadingField, StreamField } from './src/api/model.ts';
import { leadingField, leadingValue } from './src/live/streams.ts';
import { findChromium, launchChromium, NO_CHROMIUM } from './testing/chromium-fixture.ts';
import { type CloudFake, startCloudFake } from './testing/cloud-fake.ts';
import { findFaults } from './testing/page-checks-fixture.ts';
import { ORIGIN, stream, watermarks } from './testing/page-fixture.ts';
import {
  earlierFile,
  recorded,
  recordedBlock,
  recordedFile,
  recordedPolicy,
} from './testing/recorded-fixture.ts';

const RPC = recordedBlock.source;
const sealed = recorded.reading as NonNullable<typeof recorded.reading>;
const ENTRY = Number(recorded.claims.find(({ claim }) => claim === 'logged')?.facts.entry);

const MAIN = leadingValue(sealed, leadingField(sealed) as StreamField) as ReadingField;

/** The recorded reading `seconds` later, its main number changed. */
const later = (seconds: number, value: string): Reading => ({
  ...sealed,
  seq: sealed.seq + seconds,
  n: sealed.n + seconds,
  time: sealed.time + seconds * 1000,
  origin: ORIGIN,
  entry: ENTRY + seconds,
  state: 'sealed',
  fields: sealed.fields.map((field) => (field.name === MAIN.name ? { ...field, value } : field)),
});
const upTo = (entries: number) => watermarks(99, entries, entries, entries, entries);

describe('the page', () => {
  let browser: Browser | undefined;
  let dist = '';
  let cloud: CloudFake;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    if (findChromium() === null) return;
    dist = await buildWeb({ force: false });
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  beforeEach(async ({ skip }) => {
    skip(browser === undefined, NO_CHROMIUM);
    complaints.length = 0;
    const { agent, source, device } = sealed;
    cloud = await startCloudFake(dist, {
      status: {
        demonstration: true,
        version: '9.8.7',
        origins: [upTo(ENTRY)],
        ledger: { rpc: RPC, chainId: 1, contract: '0x00' },
      },
      streams: [stream({ agent, source, device, origin: ORIGIN, fields: [...sealed.fields] })],
      readings: [later(0, MAIN.value)],
      series: () => ({ unit: 'kW', times: [], values: [], low: [], high: [] }),
      evidence: () => recordedFile,
      policy: recordedPolicy,
    });
  });
  afterEach(async () => {
    await page?.context().close();
    await cloud?.stop();
  });

  const open = async (hash = '', options: BrowserContextOptions = {}) => {
    const context = await (browser as Browser).newContext({ locale: 'en-GB', ...options });
    page = await context.newPage();
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', ({ message }) => complaints.push(message));
    const { number, hash: blockHash } = recordedBlock;
    const block = { number: `0x${number.toString(16)}`, hash: blockHash };
    await page.route(`${RPC}/**`, (route) =>
      route.fulfill({
        headers: { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' },
        json: { jsonrpc: '2.0', id: 1, result: block },
      }),
    );
    await page.goto(`${cloud.url}/${hash}`);
    await page.waitForSelector('.figure');
  };
  const verifyHash = () => `#/verify/${sealed.agent}/${sealed.seq}`;
  const textOf = async (selector: string) => (await page.locator(selector).textContent()) ?? '';

  it('says within a glance that it demonstrates, what the meter does, and how firm that is', async () => {
    await open();
    expect(await textOf('.demo-bar')).toContain('The meter is simulated');
    expect((await textOf('.figure')).replace(/\s+/g, ' ')).toBe(`${MAIN.value} ${MAIN.unit}`);
    expect(await textOf('.live-state')).toContain('Sealed');
    expect(await textOf('.foot')).toContain('9.8.7');
    expect(complaints).toEqual([]);
  });

  it('moves as it happens: a new value, then its state', async () => {
    await open();
    cloud.reading(later(1, '42.500'));
    await page.getByText('42.500').first().waitFor();
    cloud.watermarks(upTo(ENTRY + 2));
    await page.locator('.live-state').getByText('Final').waitFor();
    expect(await textOf('.track-sum')).toContain('The newest value is final');
  });

  it('verifies by keyboard, and gives the focus back', async () => {
    await open();
    const button = page.getByRole('button', { name: 'Verify this value' });
    await button.focus();
    await page.keyboard.press('Enter');
    await page.getByText('Every claim holds.').waitFor();
    expect(await textOf('.sealed-value')).toContain(MAIN.value);
    expect(await textOf('.ledger-word')).toContain('has the same hash');
    expect(page.url()).toContain(verifyHash());
    for (let i = 0; i < 40; i++) await page.keyboard.press('Tab');
    expect(
      await page.evaluate(
        () =>
          document.activeElement?.closest('dialog') !== null ||
          document.activeElement === document.body,
      ),
    ).toBe(true);
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(complaints).toEqual([]);
  });

  it('shows which claim catches a changed value, and mends the file again', async () => {
    await open(verifyHash());
    await page.getByRole('button', { name: 'The reading’s value' }).click();
    await page.getByText(`instead of ${MAIN.value} ${MAIN.unit}.`).waitFor();
    expect(await textOf('.claim.no >> nth=0')).toContain('These bytes are what the agent sealed');
    expect(await textOf('.verdict')).toContain('do not hold');
    await page.getByRole('button', { name: 'Restore the file' }).click();
    await page.getByText('Every claim holds.').waitFor();
  });

  it('hands out the very bytes it judged, for a copy of Sigill from elsewhere', async () => {
    await open(verifyHash());
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Evidence file' }).click(),
    ]);
    expect(await textOf('.own-check pre')).toContain(download.suggestedFilename());
    expect(readFileSync(await download.path())).toEqual(Buffer.from(recordedFile));
    expect(complaints).toEqual([]);
  });

  it('catches one byte changed in each of a hundred places', async () => {
    await open(verifyHash());
    await page.getByRole('button', { name: 'Try 100 places' }).click();
    await page.getByText('100 of 100 single-byte changes caught.').waitFor();
  });

  it('waits for the ledger, and verifies again by itself when the reading is final', async () => {
    let file = earlierFile();
    cloud.data.evidence = () => file;
    cloud.data.status = { ...cloud.data.status, origins: [{ ...upTo(ENTRY), logged: 99 }] };
    await open(verifyHash());
    await page.getByText('Nothing is wrong').waitFor();
    file = recordedFile;
    cloud.watermarks({ ...upTo(ENTRY + 1), origin: String(originOfEvidence()) });
    await page.getByText('Every claim holds.').waitFor();
  });

  it('tells when the list shows something else than the evidence, or the evidence is another’s', async () => {
    cloud.data.readings = [later(0, '42.500')];
    await open(verifyHash());
    await page
      .getByText(`listed as 42.500 ${MAIN.unit}, sealed as ${MAIN.value} ${MAIN.unit}`)
      .waitFor();
    await page.goto(`${cloud.url}/#/verify/${sealed.agent}/${sealed.seq + 1}`);
    await page.getByText('The server sent the evidence of another reading.').waitFor();
  });

  it('says that the server is gone, and comes back by itself', async () => {
    await open();
    const port = Number(new URL(cloud.url).port);
    await cloud.stop();
    await page.getByText('The server does not answer.').waitFor();
    cloud = await startCloudFake(dist, cloud.data, port);
    await page.getByText('The server does not answer.').waitFor({ state: 'detached' });
    expect(await textOf('.line')).toBe('Live');
  });

  it('says what to do when nothing has been read yet', async () => {
    cloud.data.streams = [];
    const context = await (browser as Browser).newContext({ locale: 'sv-SE' });
    page = await context.newPage();
    await page.goto(cloud.url);
    await page.getByText('Ingen avläsning har kommit ännu').waitFor();
    expect(await textOf('.empty')).toContain('npm start');
  });

  it.each([
    [
      'a phone in Swedish and dark',
      { viewport: { width: 360, height: 740 }, locale: 'sv-SE', colorScheme: 'dark' },
    ],
    ['a desktop in English and light', { viewport: { width: 1440, height: 900 } }],
    ['a wall screen', { viewport: { width: 2560, height: 1440 } }],
  ] as const)(
    'keeps names, sizes, headings and width on %s, dialog open or not',
    async (_, options) => {
      await open('', options);
      expect(await findFaults(page)).toEqual([]);
      await page.locator('.expander').first().click();
      await page.goto(`${cloud.url}/${verifyHash()}`);
      await page.waitForSelector('.claims');
      expect(await findFaults(page)).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );

  const originOfEvidence = () =>
    recorded.claims.find(({ claim }) => claim === 'logged')?.facts.origin;
});
