/**
 * Batches of remote agents that a closed log holds no more: they came after its end, or into another history than the
 * one that counts. Their agents may have receipts for them and no copy, so they enter the log in force, before any agent
 * is told where it stands there.
 * @module
 */
import type { Journal } from '@sigill/edge';
import { type ChainHead, decodeBatch, decodeSeal, equalBytes, toHex } from '@sigill/evidence';
import { backOffMs } from '@sigill/firmware-bridge';
import type { Admission } from '../admission/admission.ts';
import { type ChainHeads, toLoggedHead } from '../admission/chain-heads.ts';
import type { Gate } from '../admission/gate.ts';
import { readHeld } from '../agents/read-held.ts';
import { GatewayError } from '../errors.ts';
import type { Tell } from '../events.ts';
import type { Timers } from '../timers.ts';

export interface CarryOverParts {
  readonly admission: Admission;
  readonly heads: ChainHeads;
  readonly gate: Gate;
  readonly timers: Timers;
  /** In [0, 1). */
  readonly random: () => number;
  readonly tell: Tell;
}

export interface CarriedOver {
  readonly admitted: number;
  /** They do not go on from where the closed log left their agents. */
  readonly left: number;
}

// As many as admission makes durable with one round of syncs, and what they hold in memory meanwhile.
const WINDOW = 64;
const WINDOW_BYTES = 4 * 1024 * 1024;
const BACK_OFF = { firstMs: 1_000, maxMs: 60_000 };

/**
 * @param journal of the closed log's store of batches
 * @returns null: the gateway stops, or its log takes nothing
 * @throws EdgeError, EvidenceError for a store that cannot be read
 */
export async function carryOver(
  parts: CarryOverParts,
  journal: Journal,
  signal: AbortSignal,
): Promise<CarriedOver | null> {
  const moved = new Map<string, ChainHead>();
  let admitted = 0;
  let left = 0;
  let window: Uint8Array[] = [];
  for await (const batch of readHeld(journal)) {
    const fit = fitOf(parts.heads, moved, batch);
    if (fit === 'left') left += 1;
    if (fit !== 'next') continue;
    window.push(batch);
    if (window.length < WINDOW && sizeOf(window) < WINDOW_BYTES) continue;
    if (!(await flush())) return null;
  }
  return (await flush()) ? { admitted, left } : null;

  async function flush(): Promise<boolean> {
    const taken = await offerAll(parts, window, signal);
    if (taken === null) return false;
    admitted += taken;
    left += window.length - taken;
    window = [];
    return true;
  }
}

/** How a batch stands to what the log in force holds of its agent, and to those that wait before it. */
function fitOf(
  heads: ChainHeads,
  moved: Map<string, ChainHead>,
  bytes: Uint8Array,
): 'settled' | 'next' | 'left' {
  const opened = decodeSeal(decodeBatch(bytes).seal);
  const { agent, batch, previous } = opened.header;
  const name = toHex(agent);
  const head = moved.get(name) ?? heads.of(agent);
  const after = toLoggedHead(opened, 0);
  if (head !== null && batch <= head.batch) {
    const isOther = batch === head.batch && !equalBytes(after.headerHash, head.headerHash);
    return isOther ? 'left' : 'settled';
  }
  if (batch !== (head?.batch ?? -1) + 1) return 'left';
  if (head !== null && !equalBytes(previous, head.headerHash)) return 'left';
  moved.set(name, after);
  return 'next';
}

/** @returns how many are in the log; null: no more can be */
async function offerAll(
  { admission, gate, timers, random }: CarryOverParts,
  batches: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<number | null> {
  if (batches.length === 0) return 0;
  for (let attempt = 0; ; attempt += 1) {
    await gate.opened();
    if (signal.aborted) return null;
    const settled = await Promise.allSettled(batches.map((bytes) => admission.admit(bytes)));
    const failures = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    if (failures.some(isFrozen)) return null;
    if (!failures.some(isPassing)) return batches.length - failures.length;
    // What was admitted has its place when it is offered again.
    await timers.wait(backOffMs(attempt, BACK_OFF, random), signal);
  }
}

function isPassing(error: unknown): boolean {
  return !(error instanceof GatewayError) || error.retryable;
}

function isFrozen(error: unknown): boolean {
  return error instanceof GatewayError && error.code === 'SITE_LOG_FROZEN';
}

function sizeOf(batches: readonly Uint8Array[]): number {
  return batches.reduce((sum, { length }) => sum + length, 0);
}
