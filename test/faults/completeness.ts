/**
 * What must be true of a cloud's readings whatever happened on the way: dense numbers, nothing
 * twice, and evidence for each that holds.
 * @module
 */
import { fetchBlockHashes } from '@sigill/cloud';
import { type Claim, isProven, judge, parseEvidence, parsePolicy } from '@sigill/evidence';
import { decodeAgain } from '@sigill/firmware-bridge/drivers';

export interface ToldReading {
  readonly agent: string;
  readonly seq: number;
  readonly n: number;
  readonly source: string;
  readonly device: string;
  readonly kind: string;
  readonly time: number;
  readonly entry: number;
  readonly state: string;
}

const PAGE = 500;

/** Every reading of every stream, as the API lists them, page by page. */
export async function listAllReadings(url: string): Promise<ToldReading[]> {
  const { streams } = (await getJson(`${url}/api/v1/streams`)) as {
    streams: { agent: string; source: string; device: string }[];
  };
  const all: ToldReading[] = [];
  for (const { agent, source, device } of streams) {
    let next: string | null = '';
    while (next !== null) {
      const query = new URLSearchParams({ agent, source, device, limit: String(PAGE) });
      if (next !== '') query.set('before', next);
      const page = (await getJson(`${url}/api/v1/readings?${query}`)) as {
        readings: ToldReading[];
        next: string | null;
      };
      all.push(...page.readings);
      next = page.next;
    }
  }
  return all;
}

/** Numbers that are missing or twice, in words; empty when all is dense. */
export function findHoles(readings: readonly ToldReading[]): string[] {
  const bySeries = new Map<string, number[]>();
  const add = (series: string, number: number) => {
    const numbers = bySeries.get(series) ?? [];
    numbers.push(number);
    bySeries.set(series, numbers);
  };
  for (const { agent, source, device, seq, n } of readings) {
    add(`seq of ${agent}`, seq);
    add(`n of ${agent} ${source} ${device}`, n);
  }
  return [...bySeries].flatMap(([series, numbers]) => {
    const sorted = numbers.toSorted((a, b) => a - b);
    const wrong = sorted.findIndex((number, index) => number !== index);
    return wrong < 0 ? [] : [`${series}: ${wrong} expected, got ${sorted[wrong]}`];
  });
}

export interface Unproven {
  readonly reading: ToldReading;
  readonly claims: readonly Claim[];
}

/** Fetches and judges the evidence of each reading; the ledger is asked for block headers. */
export async function findUnproven(
  url: string,
  policyText: string,
  readings: readonly ToldReading[],
): Promise<Unproven[]> {
  const policy = parsePolicy(policyText);
  const hashes = new Map<number, Uint8Array>();
  const unproven: Unproven[] = [];
  for (const reading of readings) {
    const answer = await fetch(`${url}/api/v1/evidence/${reading.agent}/${reading.seq}`);
    const file = parseEvidence(await answer.text());
    const number = judge(file, policy).block?.number ?? 0;
    const hash = hashes.get(number) ?? (await blockHash(policy.ledger!.endpoints[0]!, number));
    hashes.set(number, hash);
    const blocks = [{ number, hash, source: 'the ledger' }];
    const verdict = judge(file, policy, { decodeAgain, blocks });
    if (!isProven(verdict))
      unproven.push({ reading, claims: verdict.claims.filter(({ holds }) => holds !== 'yes') });
  }
  return unproven;
}

async function blockHash(endpoint: string, number: number): Promise<Uint8Array> {
  const { seen, silent } = await fetchBlockHashes([endpoint], number);
  if (seen[0] === undefined) throw new Error(`block ${number}: ${silent[0]?.reason}`);
  return seen[0].hash;
}

async function getJson(url: string): Promise<unknown> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
