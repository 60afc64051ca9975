/**
 * What a new notary asks of its cloud: the policy it shows, and every record.
 * @module
 */
import type { Timers } from '../timers.ts';
import { assertDone, createAsker } from '../uplink/cloud-answers.ts';
import type { HttpClient } from '../uplink/http-client.ts';
import { createCloudDesk } from './cloud-desk.ts';

export interface FetchedRegister {
  readonly policy: string;
  readonly records: readonly Uint8Array[];
}

/** @throws GatewayError CLOUD_* */
export async function fetchRegister(
  http: HttpClient,
  timers: Timers,
  signal: AbortSignal,
): Promise<FetchedRegister> {
  const answer = await createAsker(http, timers)({ method: 'GET', path: '/api/v1/policy' }, signal);
  assertDone(answer);
  const desk = createCloudDesk(http, timers);
  const records: Uint8Array[] = [];
  for (let since = 0, more = true; more; ) {
    const changes = await desk.changes(since, signal);
    records.push(...changes.records);
    ({ more, next: since } = changes);
  }
  return { policy: new TextDecoder().decode(answer.body), records };
}
