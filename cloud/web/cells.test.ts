import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWeb } from './build.ts';
import { findChromium, launchChromium, NO_CHROMIUM } from './testing/chromium-fixture.ts';
import { type CloudFake, startCloudFake } from './testing/cloud-fake.ts';
import { findFaults } from './testing/page-checks-fixture.ts';
import { reading, stream, watermarks } from './testing/page-fixture.ts';

const DAY_MS = 86_400_000;
const collar = { source: 'wolf~cell', device: 'w-1', kind: 'position' };
const field = (name: string, value: string, unit: string | null = null) => ({
  ...{ name, value, unit },
  code: null,
});
const twin = (seq: number, cell: string, time: number) =>
  reading(seq, {
    ...{ ...collar, time },
    fields: [
      field('cell.exact', '00'.repeat(32)),
      field('cell.grid', 'c-squares'),
      field('cell.id', cell),
      field('cell.period', String(DAY_MS), 'ms'),
      field('cell.resolution', '0.1', 'deg'),
    ],
  });

describe('a page that is shown cells alone', () => {
  let browser: Browser | undefined;
  let cloud: CloudFake;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    if (findChromium() === null) return;
    const dist = await buildWeb({ force: false });
    browser = await launchChromium();
    const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
    const readings = [twin(30, '1601:132:140', today), twin(20, '1601:132:131', today - DAY_MS)];
    const fields = readings[0]!.fields.map(({ name, unit }) => ({ name, unit }));
    cloud = await startCloudFake(dist, {
      status: {
        demonstration: false,
        version: '9.8.7',
        origins: [watermarks(9, 9, 9, 9, 9)],
        ledger: null,
      },
      streams: [
        stream({ ...collar, fields }),
        stream({ ...collar, device: '', kind: 'heartbeat', fields: [] }),
      ],
      readings,
      series: () => ({ unit: null, times: [], values: [], low: [], high: [] }),
      evidence: () => null,
      policy: new Uint8Array(),
    });
    page = await (await browser.newContext({ locale: 'en-GB' })).newPage();
    page.on('pageerror', ({ message }) => complaints.push(message));
  });
  afterAll(async () => {
    await cloud?.stop();
    await browser?.close();
  });

  it('draws them as squares, and says how far they are across', async ({ skip }) => {
    skip(browser === undefined, NO_CHROMIUM);
    await page.goto(cloud.url);
    await page.locator('.map canvas').first().waitFor();
    const text = 'somewhere in square 1601:132:140, 11 km high and 5.0 km wide';
    await page.getByText(text).first().waitFor();
    await page.getByText('its agent seals a square for everyone').first().waitFor();
    expect(await page.locator('body').textContent()).not.toMatch(/\d° N/);
    await page.screenshot({ path: process.env.SIGILL_SHOT ?? '/dev/null', type: 'png' });
    expect(await findFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
