import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildWeb } from './build.ts';
import type { Reading } from './src/api/model.ts';
import { findChromium, launchChromium, NO_CHROMIUM } from './testing/chromium-fixture.ts';
import { type CloudFake, startCloudFake } from './testing/cloud-fake.ts';
import { findFaults } from './testing/page-checks-fixture.ts';
import { AGENT, watermarks } from './testing/page-fixture.ts';
import { createTown, fishTag, type Town } from './testing/town-fixture.ts';

describe('the town', () => {
  let browser: Browser | undefined;
  let dist = '';
  let cloud: CloudFake;
  let town: Town;
  let page: Page;
  const complaints: string[] = [];
  const fetched: string[] = [];

  beforeAll(async () => {
    if (findChromium() === null) return;
    dist = await buildWeb({ force: false });
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  beforeEach(async ({ skip }) => {
    skip(browser === undefined, NO_CHROMIUM);
    complaints.length = 0;
    fetched.length = 0;
    town = createTown(Date.now());
    const entries = Math.floor(town.readings.length / 10);
    cloud = await startCloudFake(dist, {
      status: {
        demonstration: true,
        version: '9.8.7',
        origins: [watermarks(entries + 1, entries, entries, entries - 2, entries - 5)],
        ledger: null,
      },
      streams: town.streams,
      readings: town.readings,
      series: town.series,
      evidence: () => null,
      policy: new Uint8Array(),
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
      // The evidence of these readings is nowhere: that a request fails is told by the browser too.
      if (['error', 'warning'].includes(message.type()) && !message.text().includes('404'))
        complaints.push(message.text());
    });
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('request', (request) => fetched.push(request.url().replace(cloud.url, '')));
    await page.goto(`${cloud.url}/${hash}`);
    await page.locator('.tiles, .meter').first().waitFor();
  };
  const tile = (title: string) =>
    page.locator('.tile').filter({ has: page.getByRole('heading', { name: title }) });
  const newest = (source: string, has = '') =>
    town.readings.find(
      (one) => one.source === source && one.fields.some(({ name }) => name.includes(has)),
    ) as Reading;
  const address = ({ agent, source, device }: Reading) => `#/meter/${agent}/${source}/${device}`;

  it('shows a meter, tags, a map and a bin side by side, and what each says now', async () => {
    await open();
    await page.locator('.map canvas').first().waitFor();
    const power = newest('house-17', 'power').fields[0]?.value ?? '';
    const house = (await tile('House at Björkgatan 4').textContent()) ?? '';
    expect(house).toContain(power);
    expect(house).toContain('3021.455 m³');
    await tile('The fish ladder').getByText('999 000 001 752 000').first().waitFor();
    expect(await tile('The gate of the store').textContent()).toContain('with 11 cases');
    expect(await tile('The fox’s collar').textContent()).toContain('° N, ');
    expect(await tile('The bin at the square').textContent()).toContain('73 %');
    expect(await page.locator('.demo-bar').textContent()).toContain('Sigillstad');
    expect(complaints).toEqual([]);
  });

  it.each([
    ['House at Björkgatan 4', 'house-17', 'power'],
    ['The fish ladder', 'fish-ladder', 'tag.id'],
    ['The fox’s collar', 'fox-collar', 'position'],
    ['The bin at the square', 'bin-7', 'distance'],
  ])('leads from the number of %s to its own evidence, and back', async (title, source, field) => {
    await open();
    const button = tile(title)
      .getByRole('button', { name: /^Verify/ })
      .first();
    await button.click();
    const { agent, seq } = newest(source, field);
    await page.waitForURL(`**/#/verify/${agent}/${seq}`);
    await page.getByText('There is no such reading here.').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.tiles').waitFor();
    expect(page.url()).toMatch(/#\/$/);
  });

  it('moves as it happens: a fish climbs', async () => {
    await open();
    await tile('The fish ladder').getByText('999 000 001 752 000').first().waitFor();
    const fish = { source: 'fish-ladder', device: '01', kind: 'tag', fields: fishTag(48) };
    cloud.reading(town.say(fish, Date.now()));
    const first = tile('The fish ladder').locator('.visits li').first();
    await first.getByText('999 000 001 752 048').waitFor();
    expect(await first.textContent()).toContain('Sealed');
    cloud.watermarks(watermarks(999, 999, 999, 999, 999));
    await first.getByText('Final').waitFor();
  });

  it('asks little of the server, and fetches the map only where there is a position', async () => {
    await open();
    await page.locator('.map canvas').first().waitFor();
    await page.locator('.bin .spark').waitFor();
    expect(fetched.filter((path) => path.startsWith('/api/')).length).toBeLessThanOrEqual(14);
    const parts = (name: string) => fetched.filter((path) => path.includes(`/${name}-`)).length;
    expect(parts('map')).toBeGreaterThan(0);
    await page.context().close();
    fetched.length = 0;
    cloud.data.streams = town.streams.filter(({ source }) => source === 'house-17');
    await open();
    await page.locator('.figure').waitFor();
    expect([parts('map'), parts('tags'), parts('identifiers')]).toEqual([0, 0, 0]);
  });

  it('says that a source is silent, and shows a gap with its cause', async () => {
    const told = (name: string, value: string) => ({ name, value, unit: 'ms', code: null });
    const now = Date.now();
    const gap = [
      told('gap.from', String(now - 400_000)),
      told('gap.to', String(now - 220_000)),
      told('gap.cause', 'power'),
    ];
    const house = { source: 'house-17', device: 'E0047000021', kind: 'gap', fields: gap };
    cloud.data.readings = cloud.data.readings
      .filter(({ source }) => source !== 'bin-7')
      .concat(town.readings.filter(({ source }) => source === 'bin-7').slice(5));
    cloud.data.readings.unshift(town.say(house, now));
    await open();
    await tile('The bin at the square')
      .getByText(/Silent for 50/)
      .waitFor();
    await tile('House at Björkgatan 4')
      .getByText(/Gap of 3.*without power/)
      .waitFor();
  });

  it('walks along the track by keyboard, and verifies the position that was chosen', async () => {
    await open(address(newest('fox-collar')));
    const slider = page.getByRole('slider', { name: 'Walk along the track' });
    await slider.focus();
    await page.keyboard.press('ArrowLeft');
    await page.getByText('Position 39 of 40').waitFor();
    await page
      .locator('.walk')
      .getByRole('button', { name: /^Verify/ })
      .click();
    const second = town.readings.filter(({ source }) => source === 'fox-collar')[1] as Reading;
    await page.waitForURL(`**/#/verify/${AGENT}/${second.seq}`);
    expect(complaints).toEqual([]);
  });

  it('verifies a position by a click on its dot, and opens another source from the map', async () => {
    await open(address(newest('fox-collar')));
    // The name stands above the dot, at the end of an arrow.
    const position = await page.locator('.map-name').evaluate((name) => {
      const map = name.closest('.map')?.getBoundingClientRect() as DOMRect;
      const { left, width, bottom } = name.getBoundingClientRect();
      return { x: left + width / 2 - map.left, y: bottom + 14 - map.top };
    });
    await page.locator('.map').click({ position });
    await page.waitForURL(`**/#/verify/${AGENT}/${newest('fox-collar').seq}`);
    await page.locator('dialog[open]').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('link', { name: 'The gate of the store', exact: true }).press('Enter');
    await page.getByRole('heading', { name: 'Who passed' }).waitFor();
    expect(page.url()).toContain('#/meter/');
  });

  it('says no more than what was read where it is no demonstration', async () => {
    cloud.data.status = { ...cloud.data.status, demonstration: false };
    await open();
    await page.locator('.map canvas').first().waitFor();
    expect(await page.locator('.map-label, .map-source').count()).toBe(0);
    expect(await tile('fox-collar').textContent()).toContain('Nothing else is drawn');
    expect(await tile('bin-7').textContent()).toContain('no per cent');
    expect(await page.locator('.demo-bar').count()).toBe(0);
  });

  it.each([
    [
      'a phone in Swedish and dark, standing still',
      {
        viewport: { width: 390, height: 844 },
        locale: 'sv-SE',
        colorScheme: 'dark',
        reducedMotion: 'reduce',
      },
    ],
    ['a desktop in English and light', { viewport: { width: 1440, height: 900 } }],
    ['a tablet', { viewport: { width: 820, height: 1180 } }],
  ] as const)('keeps names, sizes, headings and width on %s, on every page', async (_, options) => {
    await open('', options);
    await page.locator('.map canvas').first().waitFor();
    await page.locator('.visits').first().waitFor();
    expect(await findFaults(page)).toEqual([]);
    for (const source of ['house-17', 'fish-ladder', 'store-gate', 'fox-collar', 'bin-7']) {
      await page.goto(`${cloud.url}/${address(newest(source))}`);
      await page.locator('.readings').waitFor();
      expect([source, await findFaults(page)]).toEqual([source, []]);
    }
    expect(complaints).toEqual([]);
  });
});
