/** Elements of a page, made by calls. Text is always text: nothing here reads mark-up. */
export type Child = Node | string | null | false | undefined | readonly Child[];

type Attributes = Readonly<Record<string, unknown>>;

const SVG = 'http://www.w3.org/2000/svg';

/** An attribute that is a function listens; one that is false, null or undefined is left out. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  return filled(document.createElement(tag), attributes, children);
}

export function svg(tag: string, attributes: Attributes = {}, ...children: Child[]): Element {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/** Other contents, with the focus kept where its place has the same name again. */
export function refill(place: Element, ...children: Child[]): void {
  const focused = document.activeElement?.id ?? '';
  place.replaceChildren();
  append(place, children);
  if (focused !== '' && document.activeElement?.id !== focused)
    document.getElementById(focused)?.focus();
}

function filled<T extends Element>(element: T, attributes: Attributes, children: Child[]): T {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value as EventListener);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined)
      element.setAttribute(name, String(value));
  }
  append(element, children);
  return element;
}

function append(element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (Array.isArray(child)) append(element, child);
    else if (child) element.append(child as Node | string);
  }
}

const PATHS = {
  yes: 'M4.5 12.5l5 5 10-11',
  no: 'M6 6l12 12M18 6L6 18',
  open: 'M5 12h14',
};

/** Always beside words, so hidden from screen readers. */
export function icon(name: keyof typeof PATHS): Element {
  return svg(
    'svg',
    { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true' },
    svg('path', { d: PATHS[name] }),
  );
}

/** The mark of Sigill: a seal pressed over a curve. */
export function sealMark(): Element {
  return svg(
    'svg',
    { viewBox: '0 0 32 32', class: 'seal', 'aria-hidden': 'true' },
    svg('circle', { cx: 16, cy: 16, r: 14.5 }),
    svg('circle', { cx: 16, cy: 16, r: 11, class: 'ring' }),
    svg('path', { d: 'M8.5 18.5c2.5 0 2.5-6 5-6s2.5 8 5 8 2.5-5 5-5' }),
  );
}

/** Terms and what they are; a pair without a value is left out. */
export function terms(pairs: readonly (readonly [string, Child])[]): HTMLElement {
  const shown = pairs.filter(([, value]) => value !== null);
  return h(
    'dl',
    {},
    shown.map(([term, value]) => h('div', {}, h('dt', {}, term), h('dd', {}, value))),
  );
}

export const hash = (text: string): HTMLElement => h('code', {}, text);
