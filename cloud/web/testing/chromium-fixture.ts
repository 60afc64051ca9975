/** The system's Chromium for tests: SIGILL_CHROMIUM, else the usual place. Its tests are skipped where there is none. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const USUAL_PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The reason to give to `skip` when `findChromium` finds none. */
export const NO_CHROMIUM = 'skipped: no Chromium';

export function findChromium(): string | null {
  const given = process.env.SIGILL_CHROMIUM;
  return [...(given === undefined ? USUAL_PLACES : [given])].find(existsSync) ?? null;
}

/** @throws Error when there is none: ask `findChromium` first */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error(NO_CHROMIUM);
  return chromium.launch({ executablePath });
}
