/**
 * HTML out of templates in which every value is escaped unless it is HTML already.
 * @module
 */

export interface Html {
  readonly html: string;
}

type Value = string | number | Html | null | false | readonly Html[];

export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  const text = strings.reduce((made, string, index) => made + render(values[index - 1]) + string);
  return { html: text };
}

function render(value: Value | undefined): string {
  if (value === undefined || value === null || value === false) return '';
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  return 'html' in value ? value.html : value.map((one) => one.html).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
