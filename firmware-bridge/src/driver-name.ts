/**
 * How a reading names the driver it came from: its id, and the options that were not its defaults,
 * so that anyone can decode the frame again: `dsmr-p1`, `dsmr-p1?zone=Europe%2FBrussels`.
 * @module
 */
import { type Driver, optionsOf } from './driver.ts';

export function formatDriverName(
  { manifest }: Driver,
  given: Readonly<Record<string, string>>,
): string {
  const own = Object.entries(optionsOf(manifest, given))
    .filter(([name, value]) => value !== manifest.options[name]?.default)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const query = new URLSearchParams(own).toString();
  return query === '' ? manifest.id : `${manifest.id}?${query}`;
}

export function parseDriverName(name: string): {
  readonly id: string;
  readonly options: Readonly<Record<string, string>>;
} {
  const [id = '', query = ''] = name.split('?', 2);
  return { id, options: Object.fromEntries(new URLSearchParams(query)) };
}
