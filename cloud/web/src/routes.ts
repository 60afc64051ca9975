/** Addresses within the page:  #/   #/meter/AGENT/SOURCE/DEVICE   #/verify/AGENT/SEQ   #/calendar/AGENT/SOURCE[/2026-11[-01]] */
import type { StreamKey } from './api/model.ts';
import { isDay, isMonth } from './completeness/calendar.ts';

export type Route =
  | { readonly page: 'home' }
  | { readonly page: 'meter'; readonly stream: StreamKey }
  | { readonly page: 'verify'; readonly agent: string; readonly seq: number }
  | CalendarRoute;

/** A source's month or day; null: this month. */
export interface CalendarRoute {
  readonly page: 'calendar';
  readonly agent: string;
  readonly source: string;
  readonly at: string | null;
}

/** Anything that is no address of ours is the home page. */
export function parseRoute(hash: string): Route {
  const [page, ...parts] = hash.replace(/^#?\//, '').split('/').map(decode);
  const [first, second, third = ''] = parts;
  if (page === 'verify' && parts.length === 2 && isAgent(first) && isSeq(second))
    return { page, agent: first, seq: Number(second) };
  if (page === 'meter' && parts.length === 3 && isAgent(first) && second)
    return { page, stream: { agent: first, source: second, device: third } };
  if (page === 'calendar' && parts.length <= 3 && isAgent(first) && second)
    return {
      page,
      agent: first,
      source: second,
      at: isMonth(third) || isDay(third) ? third : null,
    };
  return { page: 'home' };
}

export function formatRoute(route: Route): string {
  if (route.page === 'verify') return `#/verify/${route.agent}/${route.seq}`;
  if (route.page === 'home') return '#/';
  if (route.page === 'calendar') {
    const place = `#/calendar/${route.agent}/${encodeURIComponent(route.source)}`;
    return route.at === null ? place : `${place}/${route.at}`;
  }
  const { agent, source, device } = route.stream;
  return `#/meter/${[agent, source, device].map(encodeURIComponent).join('/')}`;
}

const isAgent = (text: string | undefined): text is string => /^[0-9a-f]{32}$/.test(text ?? '');

const isSeq = (text: string | undefined): boolean =>
  /^(0|[1-9]\d{0,15})$/.test(text ?? '') && Number.isSafeInteger(Number(text));

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return ''; // a stray % typed by hand
  }
}
