import { encodeReading, type Field, type Reading, type ReadingClock } from '@sigill/evidence';
import { type AgentState, nextNOf } from './agent-state.ts';
import type { AgentClock } from './clock.ts';

/** What is to be said in a stream, before the agent gives it number, time and salt. */
export interface Statement {
  readonly source: string;
  readonly device: string;
  readonly kind: string;
  readonly driver: string;
  readonly deviceTime: number | null;
  readonly frameHash: Uint8Array | null;
  /** Sorted by name. */
  readonly fields: readonly Field[];
  /** When it speaks of, where that is not now. */
  readonly moment?: { readonly time: number; readonly clock: ReadingClock };
}

export interface Stamped {
  readonly reading: Reading;
  readonly bytes: Uint8Array;
}

export type Stamp = (state: AgentState, statement: Statement) => Stamped;

const SALT_BYTES = 16;
// Random bytes are dear one by one and cheap in bulk.
const SALTS_AT_ONCE = 1024;

/** @throws EvidenceError READING_FORM, from the stamp, when the statement is no reading; nothing has changed then */
export function createStamp(clock: AgentClock, random: (length: number) => Uint8Array): Stamp {
  let salts = new Uint8Array(0);
  let used = 0;

  function salt(): Uint8Array {
    if (used === salts.length) {
      salts = Uint8Array.from(random(SALT_BYTES * SALTS_AT_ONCE));
      used = 0;
    }
    used += SALT_BYTES;
    return salts.subarray(used - SALT_BYTES, used);
  }

  function now(deviceTime: number | null): NonNullable<Statement['moment']> {
    const { quality, maxErrorMs } = clock.quality();
    const uptimeMs = Math.trunc(clock.uptimeMs());
    return {
      time: Math.trunc(clock.nowMs()),
      clock: { quality, maxErrorMs, deviceTime, uptimeMs },
    };
  }

  return (state, { source, device, kind, driver, deviceTime, frameHash, fields, moment }) => {
    const reading: Reading = {
      agent: state.agent,
      seq: state.nextSeq,
      source,
      device,
      n: nextNOf(state, source, device),
      kind,
      ...(moment ?? now(deviceTime)),
      origin: { driver, frameHash },
      fields,
      salt: salt(),
    };
    return { reading, bytes: encodeReading(reading) };
  };
}
