/**
 * The witness: cosigns a checkpoint once it has seen that the log only grew. What it has seen is durable
 * before it signs, so that it never cosigns two histories of one log, whatever happens to it.
 * @module
 */
import {
  cosign,
  EMPTY_ROOT,
  equalBytes,
  judgeAddCheckpoint,
  logKey,
  type NoteKey,
  parseAddCheckpoint,
  type Signer,
  type WitnessDecision,
} from '@sigill/evidence';
import { CloudError } from '../errors.ts';
import { originOf } from '../ingest/take-receipt.ts';
import { behindItsEnd, isCosigned, type MetHead, openMet, type WatchedLog } from './met-head.ts';
import { createWitnessClock } from './witness-clock.ts';
import { createWitnessLimits } from './witness-limits.ts';
import type { CosignedHead, WitnessStore } from './witness-store.ts';

/** Looks whether a head proves that a log has two histories. */
export interface ForkWatch {
  met(head: MetHead): Promise<void>;
  /** A log was seen to grow to this head: what was doubted of it may be settled. */
  grew(key: NoteKey, note: string): Promise<void>;
}

export interface WitnessParts {
  readonly name: string;
  readonly signer: Signer;
  readonly store: WitnessStore;
  /** Undefined for a log that it does not watch. */
  readonly find: (origin: string) => WatchedLog | undefined;
  readonly forks: ForkWatch;
  /** ms since the Unix epoch. */
  readonly now: () => number;
  readonly changed: (origin?: string) => void;
}

/** As C2SP tlog-witness answers: 200 with the cosignature, 409 with the size it stands at, or a refusal. */
export type WitnessAnswer =
  | { readonly status: 200; readonly cosignature: string }
  | Exclude<WitnessDecision, { status: 200 }>;

export interface Witness {
  /** @throws EvidenceError for a body that is no request, CloudError REQUEST_FORM, WITNESS_* */
  addCheckpoint(body: string): Promise<WitnessAnswer>;
  /** The newest checkpoint it cosigned, with its cosignature; null when there is none. */
  newest(origin: string): Promise<string | null>;
  /**
   * Whether a checkpoint that is held elsewhere carries a cosignature of this witness that it knows nothing of.
   * @throws CloudError WITNESS_RETIRED
   */
  compare(note: string): Promise<void>;
  /** Since the start. */
  counts(): WitnessCounts;
}

export interface WitnessCounts {
  readonly cosigned: number;
  readonly refused: number;
}

// The same head again is answered with the same cosignature for so long, and costs no write.
const REPEAT_S = 60;

export async function createWitness(parts: WitnessParts): Promise<Witness> {
  const { store, name, signer, find, forks } = parts;
  const clock = createWitnessClock(parts.now, await store.newestTime());
  const limits = createWitnessLimits(parts.now);
  let [cosigned, refused] = [0, 0];
  const own: NoteKey = { name, type: 4, publicKey: signer.publicKey };

  async function decide(body: string, watched: WatchedLog): Promise<WitnessAnswer> {
    const request = parseAddCheckpoint(body);
    const origin = originOf(request.note);
    const head = await store.head(origin);
    const { size, root } = head ?? { size: 0, root: EMPTY_ROOT };
    const decision = judgeAddCheckpoint(request, () => ({ ...watched, origin, size, root }));
    // Unsigned, it is nobody's word.
    if (decision.status === 404 || decision.status === 403) return decision;
    const key = logKey(origin, watched.publicKey);
    const met = openMet(request.note, key, head, decision.status === 422);
    await assertRemembered(request.note, met);
    const answer = decision.status === 200 ? behindItsEnd(met.checkpoint, watched) : decision;
    if (answer !== null) {
      await forks.met(met);
      return answer;
    }
    return cosignNext(met, request.oldSize);
  }

  async function cosignNext({ checkpoint, note, cosigned, key }: MetHead, oldSize: number) {
    const { origin, size, root } = checkpoint;
    if (cosigned?.size === size && parts.now() / 1000 - cosigned.time < REPEAT_S)
      return signed(cosigned);
    limits.assertMayGrow(origin);
    const head: CosignedHead = { origin, size, root, note, time: clock.next() };
    if (!(await store.advance(oldSize, head)))
      return { status: 409, size: (await store.head(origin))?.size ?? 0 } as const;
    const answer = signed(head);
    await store.signed(head, answer.cosignature);
    await forks.grew(key, note);
    parts.changed(origin);
    return answer;
  }

  function signed(head: CosignedHead) {
    return { status: 200, cosignature: lineOf(head) } as const;
  }

  function lineOf({ note, time }: CosignedHead): string {
    return cosign(note.slice(0, note.indexOf('\n\n') + 1), name, signer, time);
  }

  /** A cosignature of our own that we know nothing of: our state was set back, and another copy of us has signed on. */
  async function assertRemembered(note: string, { checkpoint, cosigned }: MetHead): Promise<void> {
    const { origin, size, root } = checkpoint;
    const [at, before] = [cosigned?.size ?? 0, cosigned?.root ?? EMPTY_ROOT];
    const known = size < at || (size === at && equalBytes(root, before));
    if (known || !isCosigned(note, own)) return;
    await store.retire(
      `a checkpoint of ${origin} at ${size} entries carries a cosignature of ${name} that its state does not know`,
    );
    await assertNotRetired();
  }

  async function assertNotRetired(): Promise<void> {
    const why = await store.retired();
    if (why !== null) throw retired(name, why);
  }

  return {
    async addCheckpoint(body) {
      const origin = originOf(parseAddCheckpoint(body).note);
      await assertNotRetired();
      const watched = find(origin);
      if (watched === undefined) {
        const reason = `this witness does not watch ${JSON.stringify(origin)}`;
        return { status: 404, code: 'WITNESS_UNKNOWN_LOG', reason };
      }
      const answer = await limits.inTurn(origin, () => decide(body, watched));
      if (answer.status === 200) cosigned += 1;
      else refused += 1;
      return answer;
    },

    async compare(note) {
      const origin = originOf(note);
      const watched = find(origin);
      if (watched === undefined) return;
      const key = logKey(origin, watched.publicKey);
      await assertRemembered(note, openMet(note, key, await store.head(origin), false));
    },

    counts: () => ({ cosigned, refused }),

    async newest(origin) {
      const head = await store.head(origin);
      if (head === null || head.size === 0) return null;
      return head.time === 0 ? head.note : head.note + lineOf(head);
    },
  };
}

export function retired(name: string, why: string): CloudError {
  return new CloudError(
    'WITNESS_RETIRED',
    `${name} signs no more: ${why}. A witness that forgot may cosign a second history, so its key must never sign again. Make a new witness with a new key (sigill witness init), and tell whoever names this one in a policy`,
  );
}
