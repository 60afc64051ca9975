/**
 * Witnesses besides the operator's own: each is asked for its cosignature of a checkpoint, all at once, and none holds up
 * anything. One that is away is asked again ever more rarely and gets the log's growth in one step when it is back.
 * @module
 */
import {
  cosignedAt,
  EvidenceError,
  formatAddCheckpoint,
  formatSignatureLine,
  openCheckpoint,
  parseNote,
  signaturesOf,
  utf8,
} from '@sigill/evidence';
import { backOffMs } from '@sigill/firmware-bridge';
import { GatewayError } from '../errors.ts';
import type { Tell } from '../events.ts';
import type { SiteLog } from '../site-log/site-log.ts';
import type { Timers } from '../timers.ts';
import type { HttpClient } from './http-client.ts';
import type { WitnessConfig } from './witness-config.ts';

export interface WitnessLane {
  /** Whether all have cosigned this size, or are not to be asked yet. */
  settled(size: number): boolean;
  /** Signature lines over this note of those who gave one now. Never rejects. */
  ask(note: string, signal: AbortSignal): Promise<string>;
}

export interface WitnessLaneParts {
  readonly log: SiteLog;
  readonly witnesses: readonly { readonly config: WitnessConfig; readonly http: HttpClient }[];
  readonly timers: Timers;
  /** In [0, 1). */
  readonly random: () => number;
  readonly tell: Tell;
}

interface Asked {
  /** What it cosigned last, as far as we know. */
  size: number;
  failures: number;
  again: number;
  told: string | null;
}

// A cosignature takes two syncs of a disk.
const ANSWER_TIMEOUT_MS = 10_000;
const BACK_OFF = { firstMs: 5_000, maxMs: 300_000 };

export function createWitnessLane(parts: WitnessLaneParts): WitnessLane {
  const { log, timers, tell } = parts;
  const witnesses = parts.witnesses.map((one) => ({ ...one, asked: begin(log, one.config) }));
  type One = (typeof witnesses)[number];

  async function post({ http, config }: One, oldSize: number, note: string, signal: AbortSignal) {
    const { size } = openCheckpoint(note, log.origin, log.publicKey).checkpoint;
    const path = log.consistencyProof(oldSize, size);
    const body = utf8(formatAddCheckpoint({ oldSize, path, note }));
    const attempt = new AbortController();
    const stop = () => attempt.abort();
    signal.addEventListener('abort', stop, { once: true });
    const watch = timers.wait(ANSWER_TIMEOUT_MS, attempt.signal).then(stop);
    try {
      const request = { method: 'POST', path: 'add-checkpoint', type: 'text/plain', body } as const;
      return await http.request(request, attempt.signal);
    } catch (cause) {
      const why = attempt.signal.aborted ? `no answer in ${ANSWER_TIMEOUT_MS} ms` : String(cause);
      throw away(config, why, cause);
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
      await watch;
    }
  }

  async function cosignature(one: One, note: string, signal: AbortSignal): Promise<string> {
    const { asked, config } = one;
    const { size } = openCheckpoint(note, log.origin, log.publicKey).checkpoint;
    let answer = await post(one, asked.size, note, signal);
    if (answer.status === 409) {
      const stands = Number(textOf(answer.body).trim() || Number.NaN);
      if (!Number.isSafeInteger(stands) || stands < 0) throw away(config, 'it answers nonsense');
      assertPlausible(one, stands, size);
      answer = await post(one, stands, note, signal);
    }
    if (answer.status === 422) throw refused(config);
    if (answer.status !== 200) throw away(config, `it answers ${answer.status}`);
    const lines = ownLines(config, note, textOf(answer.body));
    asked.size = size;
    return lines;
  }

  /** One that stands beyond us has seen another box with our key, or we are an older copy; one far behind forgot. */
  function assertPlausible({ config, asked }: One, stands: number, size: number): void {
    const { name } = config.key;
    if (stands > size)
      throw new GatewayError(
        'WITNESS_AHEAD',
        `${name} cosigned ${stands} entries of this log, and this disk has ${size}: it is an older copy, or another box runs with its key; look for that box, and ask the operator`,
      );
    if (stands < asked.size)
      throw new GatewayError(
        'WITNESS_FORGOT',
        `${name} cosigned ${asked.size} entries of this log and says ${stands}: it lost its memory, and its cosignatures are worth nothing any more; tell who runs it, and strike it from gateway.yaml and policy`,
      );
  }

  async function askOne(one: One, note: string, signal: AbortSignal): Promise<string> {
    const { asked, config } = one;
    try {
      const lines = await cosignature(one, note, signal);
      if (asked.told !== null)
        tell({ level: 'info', what: 'witness-back', text: `${config.key.name} cosigns again` });
      Object.assign(asked, { failures: 0, again: 0, told: null });
      return lines;
    } catch (error) {
      if (signal.aborted) return '';
      const { code, message, retryable } = asGatewayError(config, error);
      if (asked.told !== code)
        tell({ level: retryable ? 'warning' : 'alarm', what: code, text: message });
      asked.told = code;
      asked.again = timers.now() + backOffMs(asked.failures, BACK_OFF, parts.random);
      asked.failures += 1;
      return '';
    }
  }

  const due = ({ asked }: One, size: number) => asked.size !== size && timers.now() >= asked.again;
  return {
    settled: (size) => !witnesses.some((one) => due(one, size)),
    async ask(note, signal) {
      const { size } = openCheckpoint(note, log.origin, log.publicKey).checkpoint;
      const asking = witnesses.filter((one) => due(one, size));
      return (await Promise.all(asking.map((one) => askOne(one, note, signal)))).join('');
    },
  };
}

/** What the newest cosigned note here says of it; else it tells by itself. */
function begin(log: SiteLog, { key }: WitnessConfig): Asked {
  const kept = log.cosigned();
  const known = kept !== null && signaturesOf(parseNote(kept), key).length > 0;
  const size = known ? openCheckpoint(kept, log.origin, log.publicKey).checkpoint.size : 0;
  return { size, failures: 0, again: 0, told: null };
}

/** Of what it answered, the lines that are its own and good. @throws GatewayError WITNESS_AWAY */
function ownLines(config: WitnessConfig, note: string, answer: string): string {
  try {
    const whole = note + answer;
    if (cosignedAt(whole, config.key) !== null)
      return signaturesOf(parseNote(whole), config.key)
        .slice(0, 1)
        .map(formatSignatureLine)
        .join('');
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    throw away(config, `its cosignature is bad (${cause.code})`, cause);
  }
  throw away(config, 'its cosignature is under another key than gateway.yaml names');
}

function refused({ key }: WitnessConfig): GatewayError {
  return new GatewayError(
    'WITNESS_REFUSED',
    `${key.name} does not cosign: this log does not continue what it cosigned of it. Another box runs with a copy of this box’s key, or this disk was restored from an older copy; ask the operator, who finds the proof in the cloud’s alarms`,
  );
}

function away({ key, url }: WitnessConfig, why: string, cause?: unknown): GatewayError {
  return new GatewayError(
    'WITNESS_AWAY',
    `the witness ${key.name} at ${url.origin} gives no cosignature: ${why}; it is asked again by itself`,
    { cause, retryable: true },
  );
}

function asGatewayError(config: WitnessConfig, error: unknown): GatewayError {
  return error instanceof GatewayError ? error : away(config, (error as Error).message, error);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
