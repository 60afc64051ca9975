/**
 * Requests that wait for the operator: each is brought to the cloud with this gateway's word, under the key of the log
 * in force, and asked for until it is decided.
 * @module
 */
import {
  boxFingerprint,
  boxHash,
  equalBytes,
  findBox,
  type Signer,
  signEnrolmentForward,
  toHex,
} from '@sigill/evidence';
import type { Tell } from '../events.ts';
import type { RegisterHolder } from '../register.ts';
import type { AskedGeneration, GenerationFile, LogEnd } from './asked-generation.ts';
import type { CloudDesk, Outcome } from './cloud-desk.ts';
import type { AskingAgent, EnrolmentFiles } from './enrolment-files.ts';

export interface BringParts {
  readonly files: EnrolmentFiles;
  readonly generation: GenerationFile;
  readonly register: RegisterHolder;
  /** Of the log in force. */
  readonly logKey: () => Signer;
  /** How far the log in force is known, for an operator whose key is on this box; null: it cannot be said now. */
  readonly logEnd: (signal: AbortSignal) => Promise<LogEnd | null>;
  /** How often that is asked. */
  readonly endEveryMs: number;
  readonly now: () => number;
  readonly tell: Tell;
}

export interface Bringer {
  /** Whether anybody waits. */
  waits(): boolean;
  /** One step for each that waits. @throws GatewayError, EvidenceError */
  bring(desk: CloudDesk): Promise<void>;
  /** What needs no cloud: a request that is in force is done, and where its log ends is found out. */
  settle(signal: AbortSignal): Promise<void>;
}

interface Waiting {
  readonly box: Uint8Array;
  readonly request: Uint8Array;
  /** Where it asked from, for the operator. */
  readonly address: string;
  readonly askedAt: number;
  refused(reason: string): void;
}

export function createBringer(parts: BringParts): Bringer {
  const { files, generation, register, now, tell } = parts;
  const brought = new Set<string>();
  let endAskedAt: number | null = null;

  const slots = () => {
    const { slot, earlier } = register.current();
    return [slot, ...earlier].map(({ record }) => record);
  };
  const isInForce = ({ keys }: AskedGeneration) =>
    slots().some(({ logKey }) => equalBytes(logKey, keys.logKey));
  const isClosed = () => register.current().slot.record.closed !== null;

  function agents(): Waiting[] {
    // A closed log has no next record; they are in the next one's, or wait for it.
    if (isClosed()) return [];
    return files
      .agents()
      .filter(
        ({ refused, agentKey }) =>
          refused === null && findBox({ logKey: null, agentKey }, slots()) === 'none',
      )
      .map((agent) => ({ ...agent, refused: (reason) => refuseAgent(agent, reason) }));
  }

  function nextLog(): Waiting[] {
    const asked = generation.read();
    if (asked === undefined || asked.refused !== null) return [];
    // It is decided: for this box, or for another.
    if (isInForce(asked) || register.next() !== null || register.obstacle() !== null) return [];
    const { request, askedAt, keys } = asked;
    const box = boxHash(keys);
    const refused = (reason: string) => refuseGeneration(asked, reason);
    return [{ box, request, askedAt, address: 'the gateway itself', refused }];
  }

  async function step(desk: CloudDesk, waiting: Waiting): Promise<void> {
    const { origin } = register.current().slot.record;
    const mark = `${origin} ${toHex(waiting.box)} ${waiting.askedAt}`;
    const outcome = brought.has(mark)
      ? await desk.outcome(waiting.box)
      : await desk.bring(forwardOf(origin, waiting));
    if (outcome === null) brought.delete(mark);
    else brought.add(mark);
    if (isRefused(outcome)) waiting.refused(outcome.reason);
  }

  function forwardOf(origin: string, { request, address, askedAt }: Waiting) {
    const said = { origin, request, address, askedAtMs: askedAt };
    return { origin, request, forward: signEnrolmentForward(said, parts.logKey()) };
  }

  function refuseAgent({ box, name }: AskingAgent, reason: string): void {
    const agent = files.agent(box);
    if (agent !== undefined) files.putAgent({ ...agent, refused: reason });
    const text = `the operator does not let agent ${name} in`;
    tell({ level: 'info', what: 'agent-refused', text });
  }

  function refuseGeneration({ request }: AskedGeneration, reason: string): void {
    const asked = generation.read();
    // Asked anew meanwhile: that one was not refused.
    if (asked === undefined || !equalBytes(asked.request, request)) return;
    generation.put({ ...asked, refused: reason });
    const text = `the operator refused this site's next log (${reason}); talk to them, then ask again: sigill gateway new-generation`;
    tell({ level: 'alarm', what: 'generation-refused', text });
  }

  async function settleGeneration(asked: AskedGeneration, signal: AbortSignal): Promise<void> {
    const { keys } = asked;
    if (isInForce(asked)) {
      generation.drop();
      const text = `this site's next log, asked for with the digits ${boxFingerprint(keys)}, is in force`;
      tell({ level: 'info', what: 'generation-in-force', text });
      return;
    }
    if (isClosed() || (endAskedAt !== null && now() - endAskedAt < parts.endEveryMs)) return;
    const end = await parts.logEnd(signal);
    if (end === null) return;
    endAskedAt = now();
    const newest = generation.read();
    if (newest !== undefined && newest.end?.size !== end.size) generation.put({ ...newest, end });
  }

  return {
    waits: () => agents().length > 0 || nextLog().length > 0,
    async bring(desk) {
      for (const waiting of [...nextLog(), ...agents()]) await step(desk, waiting);
    },
    async settle(signal) {
      const asked = generation.read();
      if (asked !== undefined) await settleGeneration(asked, signal);
    },
  };
}

function isRefused(outcome: Outcome | null): outcome is Outcome {
  return outcome?.state === 'refused';
}
