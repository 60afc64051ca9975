import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { CLAIMS } from '@sigill/evidence';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findChromium, launchChromium, NO_CHROMIUM } from '../testing/chromium-fixture.ts';
import { findFaults } from '../testing/page-checks-fixture.ts';
import { recordedBlock, recordedFile, recordedPolicy } from '../testing/recorded-fixture.ts';
import { type BuiltVerifier, buildVerifier, MAX_PAGE_BYTES } from './build.ts';
import {
  type GivenFile,
  openVerifier,
  type VerifierPage,
} from './testing/verifier-page-fixture.ts';

const evidence = { name: 'reading.sigill', bytes: recordedFile };
const policy = { name: 'policy.json', bytes: recordedPolicy };
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('the built file', () => {
  it('is one file within its bound, the same each time, with its hash beside it', async () => {
    const { path, sizeBytes, sha256: named } = await buildVerifier();
    const bytes = readFileSync(path);
    expect(statSync(path).size).toBe(sizeBytes);
    expect(sizeBytes).toBeLessThanOrEqual(MAX_PAGE_BYTES);
    expect(sha256(bytes)).toBe(named);
    expect(readFileSync(`${path}.sha256`, 'utf8')).toBe(`${named}  sigill-verifier.html\n`);
    expect((await buildVerifier()).sha256).toBe(named);
  });

  it('holds no code that asks a network, and names the hash of the program that runs', async () => {
    const { path } = await buildVerifier();
    const program = readFileSync(path.replace('.html', '.js'));
    const hash = createHash('sha256').update(program).digest('base64');
    expect(readFileSync(path, 'utf8')).toContain(`script-src 'sha256-${hash}'`);
    expect(program.toString()).not.toMatch(
      /\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|RTCPeerConnection|importScripts|window\.open|location\.(?:href|assign|replace)|\.innerHTML|\beval\(/,
    );
  });
});

describe('the verifier from disk, without a network', () => {
  let browser: Browser | undefined;
  let built: BuiltVerifier;
  let opened: VerifierPage;

  beforeAll(async () => {
    if (findChromium() === null) return;
    built = await buildVerifier();
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  beforeEach(({ skip }) => skip(browser === undefined, NO_CHROMIUM));
  afterEach(async () => {
    await opened?.page.context().close();
  });

  const open = async (options: BrowserContextOptions = {}) => {
    opened = await openVerifier(browser as Browser, built.path, options);
    return opened;
  };
  /** As a hand drops files. */
  const drop = async (...files: GivenFile[]) => {
    const { page } = opened;
    const transfer = await page.evaluateHandle(
      (given) => {
        const data = new DataTransfer();
        for (const { name, base64 } of given) {
          const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
          data.items.add(new File([bytes], name));
        }
        return data;
      },
      files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString('base64') })),
    );
    await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
  };
  const compareBlock = async (hash: string) => {
    const { page } = opened;
    await page.fill('#block-hash', hash);
    await page.fill('#block-source', 'a colleague');
    await page.click('#block-compare');
  };

  it('judges the recorded reading: all holds that can hold here, and nothing was asked of anybody', async () => {
    const { page, outcome, claims, text, requests, complaints } = await open();
    await drop(evidence, policy);
    expect(await outcome()).toBe('block');
    await compareBlock(recordedBlock.hash);
    await page.locator('[data-outcome=page]').waitFor();
    expect((await claims('yes')).toSorted()).toEqual(
      CLAIMS.filter((claim) => claim !== 'decoded').toSorted(),
    );
    expect(await claims('open')).toEqual(['decoded']);
    expect(await text('[data-claim=decoded]')).toContain('sigill verify');
    expect(await text('.value')).toContain('0.520 kW');
    expect(await text('.verdict')).toContain('It proves nothing to anybody else');
    expect(requests).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('takes the files one after the other, and a policy that was pasted', async () => {
    const { page, choose, outcome } = await open();
    await choose(evidence);
    expect(await outcome()).toBe('policy');
    const card = page.locator('.panel', { hasText: 'Says whom you trust' });
    await card.getByText('Paste as text').click();
    const pasted = new TextDecoder().decode(recordedPolicy).replaceAll(',', ',\n');
    await card.locator('textarea').fill(pasted);
    await card.getByRole('button', { name: 'Use this text' }).click();
    await page.locator('[data-outcome=block]').waitFor();
  });

  it('names in its record the files, the time, the block and itself', async () => {
    const { page, text } = await open();
    await drop(evidence, policy);
    await compareBlock(`Hash: ${recordedBlock.hash.toUpperCase().replace('0X', '0x')}`);
    await page.locator('[data-outcome=page]').waitFor();
    const record = await text('.record');
    for (const said of [sha256(recordedFile), sha256(recordedPolicy), built.sha256, 'a colleague'])
      expect(record).toContain(said);
    expect(record).toContain(recordedBlock.hash.slice(2));
    expect(record).toContain(String(new Date().getFullYear()));
  });

  it('says when the block is another, and what a hash looks like', async () => {
    const { page } = await open();
    await drop(evidence, policy);
    await compareBlock('0x12');
    await page.getByText('A hash has 64 digits').waitFor();
    await compareBlock(`0x${'12'.repeat(32)}`);
    await page.locator('[data-outcome=broken]').waitFor();
    await page.getByText('Your source has another hash').waitFor();
  });

  it('shows what a changed byte breaks', async () => {
    const { outcome, claims, text } = await open();
    const spoiled = recordedFile.slice();
    const at = new TextDecoder().decode(recordedFile).indexOf('"bytes":"') + 100;
    spoiled[at] = spoiled[at] === 0x41 ? 0x42 : 0x41;
    await drop({ ...evidence, bytes: spoiled }, policy);
    expect(await outcome()).toBe('broken');
    expect(await claims('no')).toContain('sealed');
    expect(await text('.readings')).toContain('not proven');
  });

  it.each([
    ['an archive', Uint8Array.of(0x50, 0x4b, 3, 4), 'Unpack it'],
    ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47), 'document or a picture'],
    ['a private key', Buffer.from('-----BEGIN PRIVATE KEY-----'), 'keep it to yourself'],
    ['a letter', Buffer.from('Dear Sir'), 'neither evidence nor a policy'],
  ])('says what to do with %s, and keeps what was there', async (_, bytes, sentence) => {
    const { page, outcome } = await open();
    await drop(evidence, policy);
    await outcome();
    await drop({ name: 'other', bytes });
    await page.getByRole('alert').getByText(sentence).waitFor();
    expect(await outcome()).toBe('block');
  });

  it('says that a file was written anew, or cut off, instead of judging it', async () => {
    const { page } = await open();
    const text = new TextDecoder().decode(recordedFile);
    const anew = JSON.stringify(JSON.parse(text), null, 2);
    await drop({ name: 'anew', bytes: Buffer.from(anew) }, policy);
    await page.getByText('Ask for the original').waitFor();
    await drop({ name: 'cut', bytes: recordedFile.slice(0, 4000) });
    await page.getByText('cut off or damaged').waitFor();
  });

  it('can send nothing even if its program were another: neither the page nor its worker', async () => {
    let heard = 0;
    const listening = createServer((_, response) => {
      heard += 1;
      response.setHeader('access-control-allow-origin', '*');
      response.end();
    });
    await new Promise<void>((ready) => listening.listen(0, '127.0.0.1', ready));
    const url = `http://127.0.0.1:${(listening.address() as AddressInfo).port}/`;
    expect((await fetch(url)).ok).toBe(true);
    const { page } = await open({ offline: false });
    const said = await page.evaluate(async (address) => {
      const asked = `fetch('${address}').then(() => 'sent', () => 'refused')`;
      const worker = new Worker(URL.createObjectURL(new Blob([`${asked}.then(postMessage)`])));
      const fromWorker = new Promise((settle) => {
        worker.onmessage = ({ data }) => settle(data);
      });
      const script = document.createElement('script');
      script.textContent = "document.title = 'ran'";
      document.body.append(script);
      const picture = new Image();
      picture.src = address;
      return [
        await fetch(address).then(
          () => 'sent',
          () => 'refused',
        ),
        await picture.decode().then(
          () => 'sent',
          () => 'refused',
        ),
        await fromWorker,
        document.title,
      ];
    }, url);
    await new Promise((closed) => listening.close(closed));
    expect(said).toEqual(['refused', 'refused', 'refused', 'Sigill verifier']);
    expect(heard).toBe(1);
  });

  it('runs nothing but the program that its policy names', async () => {
    const page = readFileSync(built.path, 'utf8');
    const other = deflateRawSync("document.body.append('forged')").toString('base64');
    const forged = page.replace(/(id="program">)[^<]*/, `$1${other}`);
    const folder = mkdtempSync(join(tmpdir(), 'sigill-verifier-'));
    writeFileSync(join(folder, 'forged.html'), forged);
    opened = await openVerifier(browser as Browser, built.path);
    await opened.page.goto(pathToFileURL(join(folder, 'forged.html')).href);
    await opened.page.getByText('This file is damaged').waitFor();
    expect(await opened.page.getByText('forged', { exact: true }).count()).toBe(0);
    rmSync(folder, { recursive: true });
  });

  it('judges by itself where it gets no worker', async () => {
    opened = await openVerifier(browser as Browser, built.path);
    await opened.page.addInitScript('delete window.Worker');
    await opened.page.reload();
    await drop(evidence, policy);
    expect(await opened.outcome()).toBe('block');
  });

  it('is worked by keyboard, and keeps the focus where it was', async () => {
    const { page } = await open();
    await drop(evidence, policy);
    await page.locator('#block-hash').focus();
    await page.keyboard.type(recordedBlock.hash);
    await page.keyboard.press('Enter');
    await page.locator('[data-outcome=page]').waitFor();
    expect(await page.getByRole('status').textContent()).toBe(
      'It holds, as far as this page checks.',
    );
    await page.locator('#language-sv').focus();
    await page.keyboard.press('Enter');
    await page.getByText('Det håller, så långt sidan prövar.').first().waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('language-sv');
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('sv');
  });

  it('prints the verdict and its record on light paper, and nothing to press', async () => {
    const { page, outcome } = await open({ colorScheme: 'dark' });
    await drop(evidence, policy);
    await outcome();
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize({ width: 673, height: 1000 }); // A4 without its margins
    expect(await page.locator('.record').isVisible()).toBe(true);
    for (const hidden of ['button', '.inputs', '.block', 'footer'])
      expect(await page.locator(hidden).first().isVisible()).toBe(false);
    const ground = () => getComputedStyle(document.documentElement).backgroundColor;
    expect(await page.evaluate(ground)).toBe('rgb(255, 255, 255)');
    expect(await findFaults(page)).toEqual([]);
    const pages = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    expect(pages.match(/\/Type \/Page\b/g)?.length).toBeLessThanOrEqual(4);
  });

  it.each([
    [
      'a phone in Swedish and dark',
      { viewport: { width: 320, height: 640 }, locale: 'sv-SE', colorScheme: 'dark' },
    ],
    ['a phone in English', { viewport: { width: 360, height: 740 } }],
    ['a desktop in Swedish', { viewport: { width: 1440, height: 900 }, locale: 'sv-SE' }],
    ['a desktop in English and dark', { colorScheme: 'dark' }],
  ] as const)(
    'keeps names, sizes, headings and width on %s, empty or judged',
    async (_, options) => {
      const { page, outcome } = await open(options);
      expect(await findFaults(page)).toEqual([]);
      await drop(evidence, policy);
      await outcome();
      for (const summary of await page.locator('summary').all()) await summary.click();
      expect(await findFaults(page)).toEqual([]);
    },
  );
});
