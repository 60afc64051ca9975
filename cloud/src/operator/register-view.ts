/**
 * The register as a cloud tells it, believed only as far as the operator's own signatures go.
 * @module
 */
import {
  fromBase64,
  type Opened,
  type OperatorRecord,
  openOperatorChain,
  openSlotRecord,
  readOperatorRecord,
  readSlotRecord,
  type SlotRecord,
  sha256,
} from '@sigill/evidence';
import { CloudError } from '../errors.ts';
import type { Overview } from './overview.ts';
import { assertOperatorKey, type OperatorPen } from './sign-record.ts';

/** @throws CloudError OPERATOR_KEY_WRONG, EvidenceError */
export function openRegisterView(
  { cloud, slots }: Overview,
  pen: OperatorPen,
): Opened<SlotRecord>[] {
  const records = cloud.chain.map(fromBase64);
  const first =
    records[0] === undefined ? pen.publicKey : readOperatorRecord(records[0]).record.key;
  // Bound backwards: our own key signed the newest, which names the one before by its hash, and so on.
  const chain = openOperatorChain(records, sha256(first));
  assertOperatorKey(pen, chain);
  return slots.map(({ record }) => openWithAny(fromBase64(record), chain));
}

function openWithAny(
  cose: Uint8Array,
  chain: readonly Opened<OperatorRecord>[],
): Opened<SlotRecord> {
  for (const { record } of chain.toReversed()) {
    try {
      return openSlotRecord(cose, record.key);
    } catch {
      // An older key of the chain may have signed it.
    }
  }
  throw new CloudError(
    'OPERATOR_KEY_WRONG',
    `the cloud shows a record for slot ${readSlotRecord(cose).record.slot} that no key of the operator signed; nothing was signed now`,
  );
}
