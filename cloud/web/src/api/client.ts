/** The server's JSON, fetched and parsed. */
import { PageError } from '../errors.ts';
import type { Reading, Series, Status, Stream, StreamKey } from './model.ts';
import { parseReadings, parseSeries, parseStatus, parseStreams } from './parse.ts';

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

export interface ReadingsQuery {
  readonly stream: StreamKey;
  /** Not included. */
  readonly to?: number;
  readonly limit: number;
}

export interface SeriesQuery {
  readonly stream: StreamKey;
  readonly field: string;
  readonly from: number;
  readonly to: number;
  readonly points: number;
}

/** Every call throws `PageError`. */
export interface Api {
  status(): Promise<Status>;
  streams(): Promise<Stream[]>;
  /** Newest first. */
  readings(query: ReadingsQuery): Promise<Reading[]>;
  series(query: SeriesQuery): Promise<Series>;
  evidence(agent: string, seq: number): Promise<Uint8Array>;
  policy(): Promise<Uint8Array>;
}

export const evidencePath = (agent: string, seq: number): string =>
  `/api/v1/evidence/${encodeURIComponent(agent)}/${seq}`;

export const POLICY_PATH = '/api/v1/policy';

export function createApi(fetch: Fetch): Api {
  const json = async (path: string, query: Record<string, string | number> = {}) => {
    const search = new URLSearchParams(Object.entries(query).map(([k, v]) => [k, String(v)]));
    const answer = await getAnswer(fetch, `/api/v1/${path}${search.size > 0 ? `?${search}` : ''}`);
    return answer.json().catch((cause: unknown) => {
      throw new PageError('SERVER_ANSWER', `${path}: JSON expected`, { cause });
    });
  };
  const bytes = async (path: string) =>
    new Uint8Array(await (await getAnswer(fetch, path)).arrayBuffer());

  return {
    status: async () => parseStatus(await json('status')),
    streams: async () => parseStreams(await json('streams')),
    readings: async ({ stream, to, limit }) =>
      parseReadings(
        await json('readings', { ...keyOf(stream), ...(to === undefined ? {} : { to }), limit }),
      ),
    series: async ({ stream, field, from, to, points }) =>
      parseSeries(await json('series', { ...keyOf(stream), field, from, to, points })),
    evidence: (agent, seq) => bytes(evidencePath(agent, seq)),
    policy: () => bytes(POLICY_PATH),
  };
}

const keyOf = ({ agent, source, device }: StreamKey) => ({ agent, source, device });

/** @throws PageError */
export async function getAnswer(fetch: Fetch, path: string): Promise<Response> {
  const answer = await fetch(path, { cache: 'no-store' }).catch((cause: unknown) => {
    throw new PageError('SERVER_UNREACHABLE', `${path}: no answer`, { cause });
  });
  if (answer.ok) return answer;
  const detail = await problemDetail(answer);
  if (path.startsWith('/api/v1/evidence/') && answer.status === 404)
    throw new PageError('EVIDENCE_NOT_FOUND', detail);
  if (path.startsWith('/api/v1/evidence/') && answer.status === 409)
    throw new PageError('EVIDENCE_NOT_READY', detail);
  throw new PageError('SERVER_PROBLEM', detail);
}

/** The words of an RFC 9457 problem, or the bare status. */
async function problemDetail(answer: Response): Promise<string> {
  const problem: unknown = await answer.json().catch(() => null);
  const { detail, title } = (problem ?? {}) as { detail?: unknown; title?: unknown };
  if (typeof detail === 'string') return detail;
  return typeof title === 'string' ? title : `HTTP ${answer.status}`;
}
