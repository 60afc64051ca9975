/**
 * What comes after the log in force: asked for, refused, signed for this box or for another, for the people at the box.
 * @module
 */
import { boxFingerprint, equalBytes, nextOrigin } from '@sigill/evidence';
import type { Tell } from '../events.ts';
import type { RegisterHolder } from '../register.ts';
import type { GenerationFile } from './asked-generation.ts';

export interface NextLogStatus {
  /** `elsewhere`: it may not begin on this box. */
  readonly state: 'waiting' | 'refused' | 'signed' | 'elsewhere';
  /** Its origin. */
  readonly origin: string;
  /** What this box shows to be compared; null where nothing waits. */
  readonly fingerprint: string | null;
  readonly askedAt: number | null;
  /** For whoever stands at the box: where it is, and what to do. */
  readonly text: string;
}

/** Null: nobody has asked for one, and there is none. */
export function nextLogOf(register: RegisterHolder, file: GenerationFile): NextLogStatus | null {
  const { record } = register.current().slot;
  const obstacle = register.obstacle();
  const asked = file.read();
  const none = { fingerprint: null, askedAt: null };
  if (obstacle !== null)
    return { ...none, origin: nextOrigin(record), state: 'elsewhere', text: obstacle };
  if (register.next() !== null) {
    const origin = nextOrigin(record);
    const text = `the operator has signed ${origin}, the next log of this site: it begins by itself as soon as it is known where ${record.origin} left each agent`;
    return { ...none, origin, state: 'signed', text };
  }
  // What was asked for is in force already.
  if (asked === undefined || equalBytes(asked.keys.logKey, record.logKey)) return null;
  const origin = nextOrigin(record);
  const { askedAt, refused, keys } = asked;
  const told = { origin, askedAt, fingerprint: boxFingerprint(keys) };
  if (refused !== null) {
    const text = `the operator refused ${origin}, the next log of this site (${refused}); talk to them, then ask again: sigill gateway new-generation gateway.yaml`;
    return { ...told, state: 'refused', text };
  }
  const since = new Date(askedAt).toISOString().slice(0, 16).replace('T', ' ');
  const text = `${origin}, the next log of this site, waits for the operator since ${since} UTC, digits ${told.fingerprint}: read them to the operator, who compares and approves them`;
  return { ...told, state: 'waiting', text };
}

/** Tells once that the next log is signed, or that it is another box's. @returns to be called when nobody listens any more */
export function tellNextLog(register: RegisterHolder, tell: Tell): () => void {
  let told: string | null = null;

  function look(): void {
    const obstacle = register.obstacle();
    const next = register.next();
    const news = obstacle ?? next?.record.origin ?? null;
    if (news === null || news === told) return;
    told = news;
    if (obstacle !== null) {
      const text = `the log of this box is closed, and ${obstacle}`;
      tell({ level: 'alarm', what: 'NEXT_LOG_ELSEWHERE', text });
    } else {
      const text = `the operator has signed ${next?.record.origin}, the next log of this site`;
      tell({ level: 'info', what: 'next-log', text });
    }
  }

  look();
  return register.watch(look);
}
