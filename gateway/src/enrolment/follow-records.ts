/**
 * News of this gateway's record: from the cloud each minute, and each few seconds while an agent waits; and from
 * commands on this box, which leave what the operator signed here. Whatever comes is checked by the register.
 * @module
 */
import {
  EvidenceError,
  findBox,
  fromBase64,
  type Signer,
  signEnrolmentForward,
  toBase64,
  toHex,
  utf8,
} from '@sigill/evidence';
import { GatewayError } from '../errors.ts';
import type { Tell } from '../events.ts';
import type { RegisterHolder } from '../register.ts';
import type { Timers } from '../timers.ts';
import type { HttpClient } from '../uplink/http-client.ts';
import type { AskingAgent, EnrolmentFiles } from './enrolment-files.ts';

export interface FollowParts {
  readonly files: EnrolmentFiles;
  readonly register: RegisterHolder;
  /** Of the log in force. */
  readonly logKey: () => Signer;
  /** To the cloud; null: only what is signed on this box counts. */
  readonly http: HttpClient | null;
  /** How often it looks while nobody waits. */
  readonly idleMs: number;
  readonly timers: Timers;
  readonly tell: Tell;
}

export interface RecordFollower {
  /** Looks at once. */
  wake(): void;
  stop(): Promise<void>;
}

// Somebody stands at a box and waits.
const WAITING_MS = 2_000;
const ANSWER_TIMEOUT_MS = 30_000;

export function followRecords(parts: FollowParts): RecordFollower {
  const { files, register, http, timers, tell, logKey } = parts;
  const stopping = new AbortController();
  let pause = new AbortController();
  let woken = false;
  let lastFailure: string | null = null;
  const brought = new Set<string>();
  const running = run();

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      woken = false;
      await lookHere();
      await lookThere();
      const ms = waiting().length > 0 ? WAITING_MS : parts.idleMs;
      pause = new AbortController();
      const either = AbortSignal.any([pause.signal, stopping.signal]);
      if (!woken) await timers.wait(ms, either);
    }
  }

  function waiting(): AskingAgent[] {
    const { record } = register.current().slot;
    return files
      .agents()
      .filter(
        ({ refused, agentKey }) =>
          refused === null && findBox({ logKey: null, agentKey }, [record]) === 'none',
      );
  }

  /** What a command signed on this box. */
  async function lookHere(): Promise<void> {
    for (const { name, cose } of files.records()) {
      try {
        await register.admit(cose);
        files.dropRecord(name);
      } catch (error) {
        fail(error, `${name}, signed on this box, is not taken up`);
      }
    }
  }

  async function lookThere(): Promise<void> {
    if (http === null) return;
    try {
      await exchangeRecords(http);
      for (const agent of waiting()) await bring(http, agent);
      lastFailure = null;
    } catch (error) {
      fail(error, 'news of this gateway’s record cannot be asked for');
    }
  }

  async function exchangeRecords(client: HttpClient): Promise<void> {
    const { slot, chain } = register.current();
    const { slot: number, rev } = slot.record;
    const path = `/enroll/v1/records/${number}?from=${rev + 1}`;
    const answer = await ask(client, path);
    // An older cloud, or one that has never heard of this slot: it learns of it with the first anchor.
    if (answer.status === 404) return;
    const { operator, slot: newer, newest } = expectDone(answer);
    for (const cose of asRecords(operator).slice(chain.length)) await register.admit(cose);
    for (const cose of asRecords(newer)) await register.admit(cose);
    if (typeof newest === 'number' && newest < register.current().slot.record.rev)
      expectDone(
        await ask(client, '/enroll/v1/records', {
          record: toBase64(register.current().cose[1]),
        }),
      );
  }

  async function bring(client: HttpClient, agent: AskingAgent): Promise<void> {
    const name = toHex(agent.box);
    const mark = `${name} ${agent.askedAt}`;
    const known = brought.has(mark);
    const answer = known
      ? await ask(client, `/enroll/v1/agents/${name}`)
      : await ask(client, '/enroll/v1/agents', forwardOf(agent));
    if (known && answer.status === 404) {
      brought.delete(mark);
      return;
    }
    const { state, reason } = expectDone(answer);
    brought.add(mark);
    if (state !== 'refused') return;
    const now = files.agent(agent.box);
    if (now !== undefined) files.putAgent({ ...now, refused: String(reason ?? '').slice(0, 200) });
    const text = `the operator does not let agent ${agent.name} in`;
    tell({ level: 'info', what: 'agent-refused', text });
  }

  function forwardOf({ request, address, askedAt }: AskingAgent) {
    const { origin } = register.current().slot.record;
    const forward = signEnrolmentForward(
      { origin, request, address, askedAtMs: askedAt },
      logKey(),
    );
    return { origin, request: toBase64(request), forward: toBase64(forward) };
  }

  async function ask(client: HttpClient, path: string, body?: object) {
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]);
    const { status, body: bytes } = await client.request(
      body === undefined
        ? { method: 'GET', path }
        : { method: 'POST', path, type: 'application/json', body: utf8(JSON.stringify(body)) },
      signal,
    );
    return { status, body: parse(bytes) };
  }

  function fail(error: unknown, what: string): void {
    if (stopping.signal.aborted) return;
    const { code, message } = error as GatewayError;
    // A cloud that is away is told by the uplink, once for all.
    if (code === 'CLOUD_UNREACHABLE' || code === lastFailure) return;
    lastFailure = code ?? null;
    tell({ level: 'warning', what: code ?? 'record', text: `${what}: ${message}` });
  }

  return {
    wake() {
      woken = true;
      pause.abort();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

function parse(bytes: Uint8Array): Record<string, unknown> {
  try {
    const found: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return found !== null && typeof found === 'object' ? (found as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function expectDone({ status, body }: { status: number; body: Record<string, unknown> }) {
  if (status === 200) return body;
  const said = typeof body.detail === 'string' ? body.detail.slice(0, 300) : '';
  throw new GatewayError('CLOUD_REFUSED', `the cloud answers ${status}: ${said}`);
}

/** @throws EvidenceError */
function asRecords(value: unknown): Uint8Array[] {
  if (!Array.isArray(value)) throw new EvidenceError('RECORD_FORM', 'a list of records expected');
  return value.map((text) => fromBase64(String(text)));
}
