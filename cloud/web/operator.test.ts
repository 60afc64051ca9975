/** The operator's page on a real cloud: what a person there sees, does, and cannot do. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { openSlot, signSlotRecord } from '@sigill/evidence';
import { pino } from 'pino';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningCloud, readCloudConfig, startCloud } from '../src/cloud.ts';
import { commands } from '../src/commands.ts';
import { findErasable } from '../src/erasure/erasable.ts';
import { createAgent, type FixtureAgent, newSigner } from '../src/testing/site-fixture.ts';
import { readKeyFile } from '../src/witness/key-file.ts';
import { buildWeb } from './build.ts';
import { type AskingBox, askingBox, askToBeLetIn } from './testing/asking-box.ts';
import { findChromium, launchChromium, NO_CHROMIUM } from './testing/chromium-fixture.ts';
import { findFaults } from './testing/page-checks-fixture.ts';

// For whoever wants to look: a folder that pictures are put into.
const PICTURES = process.env.SIGILL_PICTURES;

let browser: Browser | undefined;
let web: string;
let directory: string;
let file: string;
let cloud: RunningCloud;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  if (findChromium() === null) return;
  web = await buildWeb({ force: false });
  browser = await launchChromium();
});
afterAll(() => browser?.close());

beforeEach(async ({ skip }) => {
  skip(browser === undefined, NO_CHROMIUM);
  complaints.length = 0;
  directory = await mkdtemp(join(tmpdir(), 'sigill-operator-'));
  await run('cloud init', directory, '--name', 'agency', '--listen', '127.0.0.1:0');
  file = join(directory, 'cloud.yaml');
});
afterEach(async () => {
  await page?.context().close();
  await cloud?.stop();
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

async function run(name: string, ...args: string[]): Promise<string> {
  const command = commands.find((one) => one.name === name);
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const io = { stdin: new PassThrough(), stdout, stderr, env: {} };
  const code = await command?.run(args, { ...io, signal: new AbortController().signal });
  if (code !== 0) throw new Error(String(stderr.read()));
  return String(stdout.read());
}

/** @param holdsKey whether cloud.yaml gives the operator's key to the process */
async function start(holdsKey: boolean): Promise<void> {
  if (holdsKey)
    await writeFile(file, `${await readFile(file, 'utf8')}operator: { key: keys/operator.pem }\n`);
  cloud = await startCloud(await readCloudConfig(file), { logger: pino({ level: 'silent' }), web });
}

const invite = async (note: string): Promise<string> =>
  JSON.parse(await run('cloud invite', file, '--json', '--for', note)).code;
const link = async (): Promise<string> =>
  JSON.parse(await run('cloud operator-link', file, '--json')).link;

async function open(address: string, options: BrowserContextOptions = {}): Promise<void> {
  const context = await (browser as Browser).newContext({ locale: 'en-GB', ...options });
  await context.grantPermissions(['clipboard-write', 'clipboard-read']);
  page = await context.newPage();
  page.on('console', (message) => {
    // A refused session is told by the page; the browser notes the status too.
    if (['error', 'warning'].includes(message.type()) && !message.text().includes('401'))
      complaints.push(message.text());
  });
  page.on('pageerror', ({ message }) => complaints.push(message));
  await page.goto(address);
}

/** A gateway that is in, with so many entries in its log, asks for its next one. */
async function askForNextLog(name: string, entries: number): Promise<AskingBox> {
  const box = await askingBox(cloud.url, await invite(name), name);
  await run('cloud approve', file, box.fingerprint);
  const agent = createAgent(`agency/${name}`, box.agent);
  const batches = Array.from({ length: entries }, () => agent.seal([{}]).bytes);
  await cloud.core.ingest.batches(`agency/${name}`, 0, batches);
  return box.goOn(cloud.url, `agency/${name}`);
}

/** So many gateways are in, and the agent of the first brought a batch. */
async function fleet(count: number): Promise<FixtureAgent> {
  const operator = await readKeyFile(join(directory, 'keys/operator.pem'));
  const agents = Array.from({ length: count }, (_, i) => createAgent(`agency/house-${i}`));
  for (const [i, { signer }] of agents.entries()) {
    const keys = { logKey: newSigner().publicKey, agentKey: signer.publicKey };
    const record = openSlot({ slot: i + 1, origin: `agency/house-${i}`, ...keys });
    await cloud.core.register.admit(signSlotRecord(record, operator));
  }
  const [first] = agents as [FixtureAgent];
  await cloud.core.ingest.batches('agency/house-0', 0, [first.seal([{}, {}]).bytes]);
  return first;
}

const button = (name: string) => page.getByRole('button', { name, exact: true });
const tickAll = async (fingerprint: string) => {
  for (const [at, group] of fingerprint.split(' ').entries())
    await page
      .getByRole('checkbox', { name: `${group}: the same on the box` })
      .nth(
        fingerprint
          .split(' ')
          .slice(0, at)
          .filter((other) => other === group).length,
      )
      .check();
};
const picture = async (name: string) => {
  if (PICTURES !== undefined)
    await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
};

describe('the operator’s page', () => {
  it('opens once with a link, and shows nothing without one', async () => {
    await start(false);
    const address = await link();
    await open(address);
    await page.getByText('No box waits.').waitFor();
    expect(page.url()).not.toContain('#');
    await page.reload();
    await page.getByText('No box waits.').waitFor();
    await page.context().clearCookies();
    await page.goto('about:blank');
    await page.goto(address);
    await page.getByText('used already').waitFor();
    expect(await page.locator('main').textContent()).toContain('npx sigill cloud operator-link');
    expect(complaints).toEqual([]);
  });

  it('lets a box in only after every group of its digits was compared', async () => {
    await start(true);
    const fingerprint = await askToBeLetIn(cloud.url, await invite('Väst 12'), 'house-17');
    await open(await link());
    const item = page.locator('.waiting > li');
    expect(await item.textContent()).toContain('with the code for “Väst 12”');
    expect(await item.textContent()).toMatch(/Its clock is \d\d years behind/);
    expect((await page.locator('.fingerprint').textContent())?.trim()).toContain(fingerprint);
    await button('Compare and approve').click();
    const approve = button('They are the same: let it in');
    expect(await approve.isDisabled()).toBe(true);
    await tickAll(fingerprint);
    await approve.click();
    await page.getByText('house-17 is in').waitFor();
    await page.getByText('agency/house-17').waitFor();
    expect(cloud.core.register.slotOf('agency/house-17').record.slot).toBe(1);
    expect(complaints).toEqual([]);
  });

  it('where the cloud holds no key: gives the command, and the box is in when it was run', async () => {
    await start(false);
    const fingerprint = await askToBeLetIn(cloud.url, await invite('Öst 3'), 'house-3');
    await open(await link());
    await button('Compare and approve').click();
    expect(await page.locator('.elsewhere').count()).toBe(0);
    await tickAll(fingerprint);
    const command = (await page.locator('.command pre').textContent()) ?? '';
    expect(command).toBe(`npx sigill cloud approve cloud.yaml ${fingerprint}`);
    await button('Copy command').click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(command);
    await run('cloud approve', file, fingerprint);
    await page.getByText('agency/house-3').waitFor();
  });

  it('takes a record that was signed on a machine without a network', async () => {
    await start(false);
    const fingerprint = await askToBeLetIn(cloud.url, await invite('Nord'), 'house-4');
    await open(await link());
    await button('Compare and approve').click();
    await tickAll(fingerprint);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      button('Download what waits').click(),
    ]);
    const [taken, record] = [join(directory, 'waiting.json'), join(directory, 'slot-1.record')];
    await download.saveAs(taken);
    const key = join(directory, 'keys/operator.pem');
    await run('cloud approve', '--from', taken, '-o', record, '--key', key, fingerprint);
    await page.locator('dialog').getByRole('button', { name: 'Bring a signed record' }).click();
    await page.locator('input[type=file]').setInputFiles(record);
    await page.getByText('The record of agency/house-4 is in force').waitFor();
    expect(cloud.core.register.slotOf('agency/house-4').record.closed).toBe(null);
  });

  it('closes a log and begins the next only when digits and end were seen, as one site', async () => {
    await start(true);
    const next = await askForNextLog('house-6', 3);
    await open(await link());
    const item = page.locator('.waiting > li');
    expect(await item.textContent()).toContain(
      'agency/house-6 would be closed for ever, at 3 entries',
    );
    expect(await item.textContent()).toContain('agency/house-6/2 would begin behind it');
    await button('Compare and decide').click();
    const approve = button('They are the same: close it and go on');
    await tickAll(next.fingerprint);
    expect(await approve.isDisabled()).toBe(true);
    await page.getByLabel('I know that a closed log is never opened again').check();
    await page.getByLabel('Why it is closed').fill('the card died');
    await approve.click();
    await page.getByText('agency/house-6/2 has begun').waitFor();
    const site = page.locator('.slots > li');
    await site.getByRole('heading', { name: 'agency/house-6/2' }).waitFor();
    expect(await site.count()).toBe(1);
    expect(await site.textContent()).toContain('closed for ever at 3 entries: the card died');
    expect(await site.locator('.agents li').count()).toBe(1);
    expect(cloud.core.register.slotOf('agency/house-6/2').record.slot).toBe(2);
    expect(complaints).toEqual([]);
  });

  it('takes both records of a next log at once, in whichever order they are chosen', async () => {
    await start(false);
    const next = await askForNextLog('house-7', 1);
    await open(await link());
    await button('Compare and decide').click();
    await tickAll(next.fingerprint);
    expect(await page.locator('.elsewhere').count()).toBe(0);
    await page.getByLabel('I know that a closed log is never opened again').check();
    await page.getByLabel('Why it is closed').fill("the card's end");
    expect(await page.locator('.command pre').textContent()).toBe(
      `npx sigill cloud approve cloud.yaml ${next.fingerprint} --cause 'the card'\\''s end'`,
    );
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      button('Download what waits').click(),
    ]);
    const [taken, record] = [join(directory, 'waiting.json'), join(directory, 'slot-1.record')];
    await download.saveAs(taken);
    const key = join(directory, 'keys/operator.pem');
    await run('cloud approve', '--from', taken, '-o', record, '--key', key, next.fingerprint);
    await page.locator('dialog').getByRole('button', { name: 'Bring a signed record' }).click();
    await page.locator('input[type=file]').setInputFiles([`${record}-2`, record]);
    await page
      .getByText('The records of agency/house-7 and agency/house-7/2 are in force')
      .waitFor();
  });

  it('refuses a box with a reason, and revokes one for ever', async () => {
    await start(true);
    await askToBeLetIn(cloud.url, await invite('one'), 'stranger');
    const fingerprint = await askToBeLetIn(cloud.url, await invite('two'), 'house-5');
    await open(await link());
    await page
      .locator('.waiting > li', { hasText: 'stranger' })
      .getByRole('button', { name: 'Refuse' })
      .click();
    await page.getByLabel('Reason').fill('nobody knows it');
    await button('Refuse this box').click();
    await page.getByText('stranger was refused').waitFor();
    await run('cloud approve', file, fingerprint);
    await button('Revoke house-5').click();
    expect(await button('Revoke for ever').isDisabled()).toBe(true);
    await page.getByLabel('I know that this cannot be undone').check();
    await button('Revoke for ever').click();
    await page.getByText('house-5 is revoked').waitFor();
    await page.getByText('closed for ever at 0 entries: revoked').waitFor();
    expect(cloud.core.register.slotOf('agency/house-5').record.closed?.cause).toBe('revoked');
  });

  it('makes a code, shows it once with its QR code, and takes it back', async () => {
    await start(false);
    await open(await link());
    await button('Make a code').click();
    await page.getByLabel('What it is for').fill('Väst 14');
    await page.keyboard.press('Enter');
    const code = ((await page.locator('.code').textContent()) ?? '').trim();
    expect(code).toMatch(/^[0-9A-Z]{21}$/);
    expect(await page.locator('figcaption').textContent()).toContain('QR code');
    expect(await page.locator('.command pre').textContent()).toContain(
      `gateway enroll ${cloud.url}`,
    );
    await picture('code-desktop-light');
    await button('I have passed it on').click();
    await page.getByText('Väst 14').waitFor();
    expect(await page.locator('body').textContent()).not.toContain(code.slice(4, 8));
    await button(`Take back code ${code.slice(0, 4)}`).click();
    await page.getByText('The code was taken back').waitFor();
    await page.getByText('taken back', { exact: true }).waitFor();
  });

  it('does nothing for a page of somebody else’s that has the cookie', async () => {
    await start(false);
    await open(await link());
    await page.getByText('No box waits.').waitFor();
    const status = await page.evaluate(async () => {
      const answer = await fetch('/operator/v1/invitations', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ kind: 'gateway', madeFor: null }),
      });
      return answer.status;
    });
    expect(status).toBe(401);
    const cookie = (await page.context().cookies(`${cloud.url}/operator`))[0];
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' });
  });

  it('leaves when told, and the cookie is of no use after', async () => {
    await start(false);
    await open(await link());
    await page.getByText('No box waits.').waitFor();
    const cookies = await page.context().cookies(`${cloud.url}/operator`);
    await button('Leave').click();
    await page.getByText('You are not signed in').waitFor();
    await page.context().addCookies(cookies);
    await page.reload();
    await page.getByText('You are not signed in').waitFor();
  });

  it('finds one of a fleet, and tells what was erased and why', async () => {
    await start(true);
    const agent = await fleet(1000);
    const [reading] = await findErasable(cloud.core, [{ agent: agent.name, seq: 1 }]);
    const why = ['--reason', 'asked for by the tenant', '--yes', '1'];
    await run('cloud erase', file, `${reading?.agent}/${reading?.seq}`, ...why);
    await open(await link());
    await page.locator('.slots > li').first().waitFor();
    expect(await page.locator('.slots > li').count()).toBe(50);
    expect(await page.getByText('950 more: narrow the search.').count()).toBe(1);
    expect(await page.locator('.erasures > li').textContent()).toContain('asked for by the tenant');
    await page.getByRole('searchbox').fill('house-77');
    expect(await page.locator('.slots > li').count()).toBe(11);
    await page.getByRole('searchbox').fill('');
    expect(await findFaults(page)).toEqual([]);
    await picture('fleet-desktop-light');
    await button('Silent').click();
    expect(await page.getByText('949 more: narrow the search.').count()).toBe(1);
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await findFaults(page)).toEqual([]);
    await picture('fleet-phone-light');
    expect(complaints).toEqual([]);
  }, 60_000);

  it.each([
    [
      'phone-dark-sv',
      { viewport: { width: 360, height: 740 }, locale: 'sv-SE', colorScheme: 'dark' },
    ],
    ['phone-light-en', { viewport: { width: 390, height: 844 } }],
    ['desktop-light-en', { viewport: { width: 1440, height: 900 } }],
    [
      'desktop-dark-sv',
      { viewport: { width: 1440, height: 900 }, locale: 'sv-SE', colorScheme: 'dark' },
    ],
  ] as const)(
    'keeps names, sizes, headings and width on %s, dialogs open or not',
    async (name, options) => {
      await start(true);
      const second = await askForNextLog('house-11', 26);
      await run('cloud approve', file, second.fingerprint, '--cause', 'the card died');
      await askForNextLog('house-on-the-hill-beyond-the-mill', 2);
      await askToBeLetIn(cloud.url, await invite('Väst 12, Anna'), 'house-12');
      await askToBeLetIn(
        cloud.url,
        await invite('Bear station north'),
        'bear-station-north-of-the-lake',
      );
      await invite('Väst 13');
      await open(await link(), options);
      await page.locator('.waiting > li').first().waitFor();
      expect(await findFaults(page)).toEqual([]);
      await picture(`operator-${name}`);
      await page.locator('.waiting > li').last().locator('.button.primary').click();
      await page.locator('.compared input').first().check();
      expect(await findFaults(page)).toEqual([]);
      await picture(`approve-${name}`);
      await page.keyboard.press('Escape');
      await page.locator('.next-log .button.primary').click();
      await page.locator('.compared input').first().check();
      expect(await findFaults(page)).toEqual([]);
      await picture(`next-log-${name}`);
      await page.keyboard.press('Escape');
      await page.locator('.section-head .button').click();
      await page.locator('.sheet-body input').fill('Väst 14');
      await page.locator('.sheet-body .button.primary').click();
      await page.locator('.qr').waitFor();
      expect(await findFaults(page)).toEqual([]);
      await picture(`code-${name}`);
      await page.keyboard.press('Escape');
      await page.locator('.agents .button').first().click();
      await picture(`revoke-${name}`);
      expect(await findFaults(page)).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );
});
