import type { Rejected } from '../quarantine.ts';

/** What became of a message. */
export interface Delivered {
  /** Whether a source wants messages of this topic. */
  readonly taken: boolean;
  /** All of them durable. */
  readonly readings: number;
  /** What no driver could read, or no agent ever takes. */
  readonly rejected: readonly Rejected[];
}

/** One reading, durable. */
export const ONE_READING: Delivered = { taken: true, readings: 1, rejected: [] };

/** For good: the same message again would be refused again. */
export function refusedMessage(code: string, message: string, bytes: Uint8Array): Delivered {
  return {
    taken: true,
    readings: 0,
    rejected: [{ code, message, length: bytes.length, bytes }],
  };
}

/** As one: all that several made of a message. */
export function allOf(answers: readonly Delivered[]): Delivered {
  return {
    taken: answers.some(({ taken }) => taken),
    readings: answers.reduce((sum, { readings }) => sum + readings, 0),
    rejected: answers.flatMap(({ rejected }) => rejected),
  };
}
