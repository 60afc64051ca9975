import { readFileSync } from 'node:fs';
import { parseRange } from '@sigill/evidence';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildWeb } from './build.ts';
import { findChromium, launchChromium, NO_CHROMIUM } from './testing/chromium-fixture.ts';
import { type CloudFake, startCloudFake } from './testing/cloud-fake.ts';
import { createMonth, type MonthFixture, RPC } from './testing/month-fixture.ts';
import { findFaults } from './testing/page-checks-fixture.ts';
import { ORIGIN, reading, stream, watermarks } from './testing/page-fixture.ts';

describe('the calendar', () => {
  let browser: Browser | undefined;
  let dist = '';
  let month: MonthFixture;
  let cloud: CloudFake;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    if (findChromium() === null) return;
    dist = await buildWeb({ force: false });
    browser = await launchChromium();
    month = await createMonth();
  });
  afterAll(async () => {
    await browser?.close();
    await month?.fixture.dispose();
  });

  beforeEach(async ({ skip }) => {
    skip(browser === undefined, NO_CHROMIUM);
    complaints.length = 0;
    const { agent } = month;
    cloud = await startCloudFake(dist, {
      status: {
        demonstration: false,
        version: '9.8.7',
        origins: [watermarks(9, 9, 9, 9, 9)],
        ledger: { rpc: RPC, chainId: 1, contract: '0x00' },
      },
      streams: [
        stream({ agent, device: 'meter', fields: [{ name: 'energy.import', unit: 'kWh' }] }),
        stream({ agent, device: 'gas', fields: [{ name: 'gas.volume', unit: 'm3' }] }),
        stream({ agent, source: 'bin-7', device: 'b', fields: [{ name: 'level', unit: '%' }] }),
      ],
      readings: [reading(1, { agent, device: 'meter', origin: ORIGIN })],
      series: () => ({ unit: 'kW', times: [], values: [], low: [], high: [] }),
      evidence: () => null,
      policy: new TextEncoder().encode(month.fixture.ledger.policy),
      completeness: month.completeness,
      range: month.range,
    });
  });
  afterEach(async () => {
    await page?.context().close();
    await cloud?.stop();
  });

  const open = async (at: string, options: BrowserContextOptions = {}) => {
    const context = await (browser as Browser).newContext({ locale: 'en-GB', ...options });
    page = await context.newPage();
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', ({ message }) => complaints.push(message));
    const { number, hash } = month.block;
    await page.route(`${RPC}/**`, (route) =>
      route.fulfill({
        headers: { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' },
        json: { jsonrpc: '2.0', id: 1, result: { number: `0x${number.toString(16)}`, hash } },
      }),
    );
    await page.goto(`${cloud.url}/#/calendar/${month.agent}/house-17/${at}`);
    await page.locator('.month').waitFor();
  };
  const textOf = async (selector: string) =>
    ((await page.locator(selector).textContent()) ?? '').replace(/[\s\u202f]+/g, ' ');
  const nameOf = (day: string) => page.locator(`[data-day="${day}"]`).getAttribute('aria-label');

  it('shows which days are complete, which have a stated gap, and which a hole', async () => {
    await open('2026-01');
    await page.locator('.month-grid').waitFor();
    expect(await nameOf('2026-01-01')).toBe('1 January 2026, Complete, 24');
    expect(await nameOf('2026-01-10')).toBe('10 January 2026, Gap stated, 24');
    expect(await nameOf('2026-01-15')).toBe('15 January 2026, Missing, 12 of 24');
    expect(await nameOf('2026-01-25')).toContain('so far');
    expect(await nameOf('2026-01-26')).toBe('26 January 2026, Nothing yet');
    expect(await textOf('.month-sum')).toContain('days complete');
    expect(complaints).toEqual([]);
  });

  it('tells of a day what is missing and why', async () => {
    await open('2026-01-15');
    expect(await textOf('.day-panel')).toContain('Numbers that never came: 174 to 179');
    await page.locator('[data-day="2026-01-10"]').click();
    await page.waitForURL('**/2026-01-10');
    expect(await textOf('.day-panel')).toContain('the box was without power, 12 readings lost');
    expect(await textOf('.day-panel')).toContain('16:31 to 18:01');
  });

  it('verifies a day in the browser, and hands out the very file', async () => {
    await open('2026-01-03');
    await page.getByRole('button', { name: 'Verify this day' }).click();
    await page.locator('.claims').waitFor();
    expect(await textOf('.verdict')).toContain('12 claims hold, 1 not checked');
    const complete = page.locator('.claim').filter({ hasText: 'No reading is missing' });
    expect(await complete.textContent()).toContain('24 readings of 2 series');
    expect(await textOf('.range-content')).toContain('12 readings, numbers 24 to 35');
    expect(await textOf('.ledger-word')).toContain('has the same hash');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Evidence file' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('house-17-2026-01-03.sigill');
    const file = parseRange(readFileSync(await download.path(), 'utf8'));
    expect(file.streams).toMatchObject([{ device: 'gas', count: 12 }, { device: 'meter' }]);
    expect(complaints).toEqual([]);
  });

  it('says which claim does not hold on a day with a hole', async () => {
    await open('2026-01-15');
    await page.getByRole('button', { name: 'Verify this day' }).click();
    await page.locator('.claims').waitFor();
    expect(await textOf('.verdict')).toContain('One claim does not hold');
    const claim = page.locator('.claim.no');
    expect(await claim.textContent()).toContain('HOLES');
    expect(await textOf('.range-content')).toContain('174 to 179');
  });

  it('verifies a number by computing it again', async () => {
    await open('2026-01-03');
    await page.getByRole('button', { name: 'Verify Consumption: Energy taken, meter' }).click();
    await page.locator('.claims').waitFor();
    expect(await textOf('.sealed-value')).toContain('0.444 kWh');
    const again = page.locator('.claim').filter({ hasText: 'The number follows' });
    expect(await again.textContent()).toContain('consumption@v1');
    expect(await again.getAttribute('class')).toContain('yes');
  });

  it('says why there is no number, and that the evidence is not ready', async () => {
    cloud.data.range = () =>
      Promise.reject(
        Object.assign(new Error('the meter was exchanged'), { code: 'PROJECTION_REFUSED' }),
      );
    await open('2026-01-03');
    await page.getByRole('button', { name: 'Verify Consumption: Energy taken, meter' }).click();
    await page.getByText('the meter was exchanged').waitFor();
  });

  it('notices evidence of another day than was asked for', async () => {
    cloud.data.range = (query) => {
      const other = new URLSearchParams(query);
      for (const name of ['from', 'to'])
        other.set(name, String(Number(query.get(name)) + 86_400_000));
      return month.range(other);
    };
    await open('2026-01-03');
    await page.getByRole('button', { name: 'Verify this day' }).click();
    await page.getByText('The server sent the evidence of another source or time.').waitFor();
  });

  it('is walked by keyboard: one stop for the month, arrows between its days', async () => {
    await open('2026-01-15');
    const chosen = page.locator('[data-day="2026-01-15"]');
    await chosen.focus();
    for (const key of ['ArrowRight', 'ArrowUp', 'ArrowLeft', 'ArrowDown', 'End', 'Home'])
      await page.keyboard.press(key);
    expect(await page.locator(':focus').getAttribute('data-day')).toBe('2026-01-01');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/2026-01-01');
    expect(await page.locator('.month-grid [tabindex="0"]').count()).toBe(1);
    await page.getByRole('button', { name: 'The month before' }).click();
    await page.waitForURL('**/2025-12');
    await page.getByText('Nothing was read in this month.').waitFor();
  });

  it('says what to do where nothing is known of a source, or the server does not answer', async () => {
    cloud.data.completeness = async () => ({ streams: [] });
    await open('2026-01');
    await page.getByText('Nothing is known of this source.').waitFor();
    cloud.data.completeness = () => Promise.reject(new Error('the calendar is being made'));
    await page.getByRole('button', { name: 'The month after' }).click();
    await page.getByText('the calendar is being made').waitFor();
  });

  it('is reached from the tile of its source, and leads back', async () => {
    await open('2026-01');
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('link', { name: 'Calendar: is anything of house-17 missing?' }).click();
    await page.locator('.month').waitFor();
    expect(page.url()).toContain(`#/calendar/${month.agent}/house-17`);
  });

  it.each([
    [
      'a phone in Swedish and dark',
      { viewport: { width: 360, height: 740 }, locale: 'sv-SE', colorScheme: 'dark' },
    ],
    ['a desktop in English and light', { viewport: { width: 1440, height: 900 } }],
  ] as const)(
    'keeps names, sizes, headings and width on %s, dialog open or not',
    async (_, options) => {
      await open('2026-01-10', options);
      await page.locator('.day-panel header').waitFor();
      expect(await findFaults(page)).toEqual([]);
      await page.locator('.day-panel .button.primary').click();
      await page.locator('.claims').waitFor();
      expect(await findFaults(page)).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );
});
