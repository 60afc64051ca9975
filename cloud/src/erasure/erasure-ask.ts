/**
 * What is asked to be erased, as it goes to the machine that has the operator's key, and the words that come back.
 * @module
 */
import {
  fromBase64,
  fromHex,
  openOperatorChain,
  readOperatorRecord,
  sha256,
} from '@sigill/evidence';
import { CloudError } from '../errors.ts';
import { assertOperatorKey, type OperatorPen } from '../operator/sign-record.ts';
import type { Erasable } from './erasable.ts';

export interface ErasureAsk {
  readonly reason: string;
  readonly readings: readonly Erasable[];
  /** base64 of the operator's records. */
  readonly chain: readonly string[];
}

const MAX_REASON = 500;

/** @throws CloudError OPERATOR_KEY_WRONG; EvidenceError ERASURE_FORM */
export function signErasures(ask: ErasureAsk, pen: OperatorPen): Uint8Array[] {
  const records = ask.chain.map(fromBase64);
  const [first] = records;
  const firstKey = first === undefined ? pen.publicKey : readOperatorRecord(first).record.key;
  assertOperatorKey(pen, openOperatorChain(records, sha256(firstKey)));
  return ask.readings.map(({ agent, seq, source, device, n, leafHash }) =>
    pen.erase({
      ...{ agent: fromHex(agent), seq, source, device, n },
      ...{ leafHash: fromBase64(leafHash), reason: ask.reason },
    }),
  );
}

/** @throws CloudError USAGE */
export function readReason(written: string | undefined): string {
  const reason = written?.trim() ?? '';
  if (reason !== '' && reason.length <= MAX_REASON) return reason;
  throw new CloudError(
    'USAGE',
    `--reason TEXT of 1 to ${MAX_REASON} characters is expected: it stands in every range around the readings, and must not say what they said`,
  );
}
