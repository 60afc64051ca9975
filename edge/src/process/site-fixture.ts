import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  compareBytes,
  createSigner,
  NO_RECORD,
  newPolicy,
  openSlotRecord,
  type Signer,
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
  let rev = 0;
  let previous = NO_RECORD;

  return {
    operator,
    operatorRecord,
    policy: `${newPolicy({ operatorKey: operator.publicKey, witnesses: [], development: null })}\n`,
    /** The next revision. */
    record(
      agents: readonly { key: Uint8Array; state: 'active' | 'revoked' }[],
      signer = operator,
    ): Uint8Array {
      const cose = signSlotRecord(
        {
          ...{ slot: 3, rev, previous, origin, logKey, closed: null, continues: null },
          agents: agents
            .map((agent) => ({ ...agent, succeeds: null }))
            .sort((a, b) => compareBytes(a.key, b.key)),
        },
        signer,
      );
      rev++;
      previous = openSlotRecord(cose, signer.publicKey).hash;
      return cose;
    },
    write(directory: string, record: Uint8Array): void {
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, 'operator.record'), operatorRecord);
      writeFileSync(join(directory, 'gateway.record'), record);
      writeFileSync(join(directory, 'policy.json'), this.policy);
    },
  };
}
