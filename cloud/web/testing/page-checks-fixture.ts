/** What every page must keep for keyboards, screen readers and small screens: found faults as sentences. */
import type { Page } from 'playwright-core';

/** Runs in the page: only the document is at hand there. */
export const findFaults = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const faults: string[] = [];
    const shown = (element: Element) =>
      element.checkVisibility() && element.closest('[aria-hidden="true"]') === null;
    const describe = (element: Element) => element.outerHTML.slice(0, 120);

    for (const control of document.querySelectorAll(
      'button, a, select, input, summary, [role="slider"]',
    )) {
      if (!shown(control)) continue;
      const label = control.closest('label')?.textContent ?? '';
      const name = control.getAttribute('aria-label') ?? `${control.textContent}${label}`;
      if (name.trim() === '') faults.push(`no name: ${describe(control)}`);
      const { width, height } = control.getBoundingClientRect();
      // WCAG 2.2, 2.5.8: 24 by 24, but for links within a sentence.
      if (control.tagName !== 'A' && Math.min(width, height) < 24)
        faults.push(`too small to hit: ${describe(control)}`);
    }
    for (const picture of document.querySelectorAll('svg, canvas, img'))
      if (
        shown(picture) &&
        picture.closest('[role="slider"]') === null &&
        !picture.hasAttribute('alt') &&
        (picture.getAttribute('aria-label') ?? '') === ''
      )
        faults.push(`picture without words: ${describe(picture)}`);

    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
    for (const id of ids)
      if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.push(`id twice: ${id}`);
    for (const user of document.querySelectorAll('[aria-labelledby]')) {
      const id = user.getAttribute('aria-labelledby') ?? '';
      if (document.getElementById(id) === null)
        faults.push(`labelled by nothing: ${describe(user)}`);
    }

    const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map(({ tagName }) =>
      Number(tagName[1]),
    );
    if (levels.filter((level) => level === 1).length !== 1) faults.push('one h1 expected');
    levels.forEach((level, i) => {
      if (level > (levels[i - 1] ?? 0) + 1) faults.push(`heading ${level} after ${levels[i - 1]}`);
    });
    if (document.documentElement.lang === '') faults.push('no language');
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth)
      faults.push(`wider than the screen: ${scrollWidth} > ${clientWidth}`);
    return faults;
  });
