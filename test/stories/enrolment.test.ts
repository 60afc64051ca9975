/**
 * A technician has a fresh box, one cable and a code. Three commands on the box and an approval by the operator,
 * who compares sixteen digits, and the meter's value stands on the page, every claim of it proven.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium, launchChromium, NO_CHROMIUM } from '@sigill/cloud/testing';
import { buildWeb } from '@sigill/cloud/web';
import { CLAIMS, formatPolicy, parsePolicy } from '@sigill/evidence';
import { openPseudoTerminal, type PseudoTerminal } from '@sigill/firmware-bridge/simulators';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { p1Telegram, p1Time } from '../testing/p1-telegram.ts';
import { type RunningSigill, runSigill, startSigill } from '../testing/sigill-process.ts';
import { eventually, freePort } from '../testing/waiting.ts';

const METER = '4530303331303033303031363939353135';
const GOAL_MS = 5 * 60_000;

describe('from an empty folder to a verified reading', () => {
  let directory: string;
  let meter: PseudoTerminal;
  let url: string;
  let code: string;
  let browser: Browser | undefined;
  let page: Page;
  let began: number;
  const running: RunningSigill[] = [];
  const [cloud, box] = ['cloud', 'box'];
  const at = (...names: string[]) => join(directory, ...names);

  /** What the operator has before anybody drives to the site: a cloud that runs, and a code. */
  beforeAll(async () => {
    if (findChromium() === null) return;
    await buildWeb({ force: false });
    directory = await mkdtemp(join(tmpdir(), 'sigill-enrolment-'));
    meter = await openPseudoTerminal();
    const [port, ledgerPort] = [await freePort(), await freePort()];
    url = `http://127.0.0.1:${port}`;
    await done(
      'cloud',
      'init',
      at(cloud),
      '--name',
      'agency',
      '--origins',
      'agency.example',
      ...['--listen', `127.0.0.1:${port}`, '--ledger', 'development'],
    );
    await useLedgerPort(at(cloud), ledgerPort);
    running.push(startSigill(['cloud', 'run', at(cloud, 'cloud.yaml')]));
    await eventually('the cloud answers', async () => (await fetch(`${url}/health`)).ok);
    ({ code } = JSON.parse(await done('cloud', 'invite', at(cloud, 'cloud.yaml'), '--json')));
    browser = await launchChromium();
    page = await browser.newPage({ locale: 'en-GB', viewport: { width: 1440, height: 900 } });
    began = performance.now();
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    for (const part of running.toReversed()) await part.stop();
    await meter?.close();
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  });

  beforeEach(({ skip }) => skip(browser === undefined, NO_CHROMIUM));

  it('makes the box its keys, and shows sixteen digits of them', async () => {
    const made = await done(
      'gateway',
      'init',
      at(box),
      '--name',
      'house-17',
      ...['--source', `house-17=dsmr-p1:${meter.path}`],
      ...['--ledger', 'development', '--account', at(cloud, 'keys/anchor.json')],
    );
    expect(made).toMatch(/^ {2}([0-9a-f]{4} ){3}[0-9a-f]{4}$/m);
  }, 60_000);

  it('asks with the code; the operator compares the digits and approves', async () => {
    const enroll = startSigill(['gateway', 'enroll', url, code, at(box)]);
    running.push(enroll);
    const [shown = ''] = await eventually('the box shows its digits', async () => {
      await eventually('the operator is asked', async () => enroll.said().includes('is asked'));
      return /([0-9a-f]{4} ){3}[0-9a-f]{4}/.exec(enroll.said());
    });
    const waiting = JSON.parse(
      await done('cloud', 'approve', at(cloud, 'cloud.yaml'), '--json'),
    ).waiting;
    expect(waiting).toMatchObject([{ name: 'house-17', fingerprint: shown }]);
    await done('cloud', 'approve', at(cloud, 'cloud.yaml'), ...shown.split(' '));
    expect(await enroll.ended).toMatchObject({ code: 0 });
    expect(enroll.said()).toContain('Let in as agency.example/house-17, slot 1.');
  }, 60_000);

  it('runs at once, and the meter’s value is on the page', async () => {
    await hurry(at(box, 'gateway.yaml'), new URL(await rpcOf(at(cloud))).port);
    running.push(startSigill(['gateway', 'run', at(box, 'gateway.yaml')]));
    await page.goto(url);
    const figure = page.locator('.figure').getByText('2.718');
    for (let second = 0; second < 30 && !(await figure.isVisible()); second += 1) {
      meter.write(p1Telegram({ meter: METER, kilowatts: '02.718', time: p1Time(Date.now()) }));
      await page.waitForTimeout(1000);
    }
    expect((await page.locator('.figure').textContent())?.replace(/\s+/g, ' ')).toBe('2.718 kW');
  }, 60_000);

  it('is proven in the browser, claim by claim, in less than five minutes from the empty folder', async () => {
    await page
      .locator('.live-state')
      .getByText('Final', { exact: true })
      .waitFor({ timeout: 90_000 });
    await page.getByRole('button', { name: 'Verify this value' }).click();
    await page.getByText('Every claim holds.').waitFor();
    expect(await page.locator('.claim.yes').count()).toBe(CLAIMS.length);
    const took = performance.now() - began;
    console.log(`from an empty folder to a verified reading: ${(took / 1000).toFixed(1)} s`);
    expect(took).toBeLessThan(GOAL_MS);
  }, 120_000);
});

async function done(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runSigill(args);
  if (code !== 0) throw new Error(`sigill ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** Another run of these tests may have the usual port. */
async function useLedgerPort(directory: string, port: number): Promise<void> {
  const rpc = `http://127.0.0.1:${port}`;
  await edit(join(directory, 'cloud.yaml'), [[['ledger', 'rpc'], rpc]]);
  const file = join(directory, 'policy.json');
  const policy = parsePolicy(await readFile(file, 'utf8'));
  if (policy.ledger === null) throw new Error('a development ledger was asked for');
  await writeFile(
    file,
    formatPolicy({ ...policy, ledger: { ...policy.ledger, endpoints: [rpc] } }),
  );
}

async function rpcOf(directory: string): Promise<string> {
  const document = parseDocument(await readFile(join(directory, 'cloud.yaml'), 'utf8'));
  return String(document.getIn(['ledger', 'rpc']));
}

/** Ten minutes between anchors are right for a site, and long for a test. */
async function hurry(file: string, ledgerPort: string): Promise<void> {
  await edit(file, [
    [['ledger'], { development: { port: Number(ledgerPort) } }],
    [['batch', 'ageMs'], 300],
    [['checkpoint', 'intervalMs'], 500],
    [['anchor', 'intervalMs'], 2000],
  ]);
}

async function edit(
  file: string,
  changes: readonly (readonly [readonly string[], unknown])[],
): Promise<void> {
  const document = parseDocument(await readFile(file, 'utf8'));
  for (const [path, value] of changes) document.setIn(path, value);
  await writeFile(file, document.toString());
}
