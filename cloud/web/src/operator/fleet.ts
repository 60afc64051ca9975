/** Which sites of a fleet are looked for: by what people know of them, and by how they stand. Pure. */
import type { Site } from './generations.ts';

export type Show = 'all' | 'silent' | 'closed' | 'revoked';

// A gateway sends every few seconds when it has something, and its own agent has something each minute.
export const SILENT_MS = 15 * 60_000;

/** @param search in any case, with or without the spaces of a fingerprint */
export function findSites(
  sites: readonly Site[],
  search: string,
  show: Show,
  now: number,
): readonly Site[] {
  const wanted = search.trim().toLowerCase();
  return sites.filter((site) => stands(site, show, now) && (wanted === '' || fits(site, wanted)));
}

function stands({ newest }: Site, show: Show, now: number): boolean {
  if (show === 'closed') return newest.closed !== null;
  if (show === 'revoked') return newest.agents.some(({ state }) => state === 'revoked');
  if (show === 'silent')
    return newest.closed === null && (newest.heardAt === null || now - newest.heardAt > SILENT_MS);
  return true;
}

function fits({ newest, earlier }: Site, wanted: string): boolean {
  const digits = wanted.replace(/[\s-]/g, '');
  const names = [newest, ...earlier].map(({ origin }) => origin);
  const agents = newest.agents.flatMap(({ name, agent, fingerprint }) => [
    ...[name ?? '', agent, fingerprint.replaceAll(' ', '')],
  ]);
  return (
    names.some((name) => name.includes(wanted)) ||
    agents.some((text) => text.includes(wanted) || (digits !== '' && text.includes(digits)))
  );
}
