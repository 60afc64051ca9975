import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  closeSlot,
  compareBytes,
  continueSlot,
  createSigner,
  NO_RECORD,
  newPolicy,
  type Opened,
  openSlotRecord,
  type Signer,
  type SlotRecord,
  sha256,
  signOperatorRecord,
  signSlotRecord,
} from '@sigill/evidence';

export function newKey(): Signer {
  const { privateKey } = generateKeyPairSync('ed25519');
  return createSigner(Uint8Array.from(privateKey.export({ format: 'der', type: 'pkcs8' })));
}

/** An operator and the records of one site, as enrolment leaves them beside agent.yaml. */
export function createSite(origin: string, logKey: Uint8Array) {
  const operator = newKey();
  const operatorRecord = signOperatorRecord(
    {
      ...{ rev: 0, previous: NO_RECORD, key: operator.publicKey, witnesses: [], successor: null },
      nextKeyHash: sha256(newKey().publicKey),
    },
    operator,
  );
  let last: Opened<SlotRecord> | null = null;

  function sign(record: SlotRecord, signer: Signer): Uint8Array {
    const cose = signSlotRecord(record, signer);
    last = openSlotRecord(cose, signer.publicKey);
    return cose;
  }

  return {
    operator,
    operatorRecord,
    policy: `${newPolicy({ operatorKey: operator.publicKey, witnesses: [], development: null })}\n`,
    /** The next revision. */
    record(
      agents: readonly { key: Uint8Array; state: 'active' | 'revoked' }[],
      signer = operator,
    ): Uint8Array {
      const first = { slot: 3, origin, logKey, closed: null, continues: null };
      return sign(
        {
          ...(last?.record ?? first),
          ...{ rev: last === null ? 0 : last.record.rev + 1, previous: last?.hash ?? NO_RECORD },
          agents: agents
            .map((agent) => ({ ...agent, succeeds: null }))
            .sort((a, b) => compareBytes(a.key, b.key)),
        },
        signer,
      );
    },
    /** The log ends, and another one continues it: both records. */
    nextLog(newLogKey: Uint8Array, signer = operator): [Uint8Array, Uint8Array] {
      const ended = { size: 12, root: new Uint8Array(32).fill(12), cause: 'its card died' };
      const closing = sign(closeSlot(last!, ended), signer);
      return [closing, sign(continueSlot(last!, last!.record.slot + 4, newLogKey), signer)];
    },
    write(directory: string, record: Uint8Array): void {
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, 'operator.record'), operatorRecord);
      writeFileSync(join(directory, 'gateway.record'), record);
      writeFileSync(join(directory, 'policy.json'), this.policy);
    },
  };
}
