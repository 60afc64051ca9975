/**
 * A household's meter says 2.718 kW into a cable. Somewhere else a citizen opens the page, sees that
 * value, presses Verify, and reads every claim as holding, final in a block of the ledger. Then they
 * spoil a byte, and see which claim catches it.
 */

import { findChromium, launchChromium, NO_CHROMIUM } from '@sigill/cloud/testing';
import { buildWeb } from '@sigill/cloud/web';
import { CLAIMS } from '@sigill/evidence';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { p1Telegram, p1Time } from '../testing/p1-telegram.ts';
import { makeSite, type Site } from '../testing/site-fixture.ts';

const METER = '4530303331303033303031363939353135';
const FINAL_TIMEOUT_MS = 90_000;

describe('from a meter’s bytes to a number that a browser proves', () => {
  let site: Site;
  let browser: Browser | undefined;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    if (findChromium() === null) return;
    await buildWeb({ force: false });
    site = await makeSite({ ledger: 'development', source: 'house-17' });
    await site.start();
    browser = await launchChromium();
    page = await browser.newPage({ locale: 'en-GB', viewport: { width: 1440, height: 900 } });
    page.on('pageerror', ({ message }) => complaints.push(message));
    await page.goto(site.url);
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await site?.remove();
  });

  beforeEach(({ skip }) => skip(browser === undefined, NO_CHROMIUM));

  it('shows the value the meter sent', async () => {
    const figure = page.locator('.figure').getByText('2.718');
    // The meter speaks each second, as DSMR 5 does, until somebody has opened the port and listened.
    for (let second = 0; second < 30 && !(await figure.isVisible()); second += 1) {
      const time = p1Time(Date.now());
      site.meter.write(p1Telegram({ meter: METER, kilowatts: '02.718', time }));
      await page.waitForTimeout(1000);
    }
    expect((await page.locator('.figure').textContent())?.replace(/\s+/g, ' ')).toBe('2.718 kW');
  }, 60_000);

  it('follows the value until it is final', async () => {
    await page
      .locator('.live-state')
      .getByText('Final', { exact: true })
      .waitFor({ timeout: FINAL_TIMEOUT_MS });
  }, 120_000);

  it('proves every claim of the list in the browser, and names whom one must trust', async () => {
    await page.getByRole('button', { name: 'Verify this value' }).click();
    await page.getByText('Every claim holds.').waitFor();
    const claims = page.locator('.claim');
    expect(await claims.count()).toBe(CLAIMS.length);
    expect(await page.locator('.claim.yes').count()).toBe(CLAIMS.length);
    expect(await page.locator('.sealed-value').textContent()).toContain('2.718');
    expect(await page.locator('.ledger-word').textContent()).toContain('has the same hash');
    const words = (await page.locator('dialog').textContent()) ?? '';
    expect(words).toMatch(/operator’s own/);
    expect(words).toContain('npx sigill verify --policy policy.json');
    expect(words).toMatch(/came from the same server/);
  }, 60_000);

  it('shows which claim catches a spoiled byte, and mends the file again', async () => {
    await page.getByRole('button', { name: 'The reading’s value' }).click();
    await page.getByText('instead of 2.718 kW').waitFor();
    const refuted = page.locator('.claim.no');
    expect(await refuted.count()).toBeGreaterThan(0);
    expect(await refuted.first().textContent()).toContain('These bytes are what the agent sealed');
    await page.getByRole('button', { name: 'Restore the file' }).click();
    await page.getByText('Every claim holds.').waitFor();
    expect(complaints).toEqual([]);
  }, 60_000);
});
