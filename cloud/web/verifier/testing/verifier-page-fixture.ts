/** For tests: the built verifier opened from disk in a browser that has no network, and what it asked for all the same. */
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

export interface GivenFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface VerifierPage {
  readonly page: Page;
  /** Every address asked for, but for the page's own and what it made itself. */
  readonly requests: readonly string[];
  readonly complaints: readonly string[];
  /** By the button for files. */
  choose(...files: GivenFile[]): Promise<void>;
  /** The name of the outcome, once there is one. */
  outcome(): Promise<string>;
  /** Claims by how they hold, in the order of the page. */
  claims(look: 'yes' | 'no' | 'open'): Promise<string[]>;
  text(selector: string): Promise<string>;
}

export async function openVerifier(
  browser: Browser,
  path: string,
  options: BrowserContextOptions = {},
): Promise<VerifierPage> {
  const context = await browser.newContext({ locale: 'en-GB', offline: true, ...options });
  const page = await context.newPage();
  const address = pathToFileURL(path).href;
  const requests: string[] = [];
  const complaints: string[] = [];
  context.on('request', (request) => {
    const url = request.url();
    if (url !== address && !url.startsWith('blob:null/')) requests.push(url);
  });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', ({ message }) => complaints.push(message));
  await page.goto(address);
  await page.locator('main').waitFor();
  const payload = ({ name, bytes }: GivenFile) => ({
    name,
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(bytes),
  });
  return {
    page,
    requests,
    complaints,
    async choose(...files) {
      await page.locator('input[type=file]').first().setInputFiles(files.map(payload));
    },
    async outcome() {
      const verdict = page.locator('[data-outcome]');
      await verdict.waitFor();
      return (await verdict.getAttribute('data-outcome')) ?? '';
    },
    async claims(look) {
      const items = await page.locator(`.claim.${look}`).all();
      return Promise.all(items.map(async (item) => String(await item.getAttribute('data-claim'))));
    },
    text: async (selector) => (await page.locator(selector).first().textContent()) ?? '',
  };
}
