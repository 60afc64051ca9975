/**
 * A register of one operator and one slot, signed as gateway init signs it.
 * @module
 */
import {
  compareBytes,
  NO_RECORD,
  type RegisteredAgent,
  type Signer,
  sha256,
  signOperatorRecord,
  signSlotRecord,
} from '@sigill/evidence';
import { newSigner } from './agent-fixture.ts';
import { openRegister, type Register } from './register.ts';

export interface FixtureRegisterParts {
  readonly origin: string;
  readonly log: Signer;
  readonly agents: readonly (Partial<RegisteredAgent> & { readonly key: Uint8Array })[];
}

export function createFixtureRegister({ origin, log, agents }: FixtureRegisterParts): Register {
  const operator = newSigner();
  const operatorRecord = signOperatorRecord(
    {
      rev: 0,
      previous: NO_RECORD,
      key: operator.publicKey,
      nextKeyHash: sha256(newSigner().publicKey),
      witnesses: [],
      successor: null,
    },
    operator,
  );
  const slotRecord = signSlotRecord(
    {
      slot: 1,
      rev: 0,
      previous: NO_RECORD,
      origin,
      logKey: log.publicKey,
      state: 'open',
      agents: agents
        .map((agent) => ({ state: 'active' as const, succeeds: null, ...agent }))
        .sort((left, right) => compareBytes(left.key, right.key)),
    },
    operator,
  );
  return openRegister([operatorRecord, slotRecord], {
    operatorKeyHash: sha256(operator.publicKey),
    origin,
    logKey: log.publicKey,
    agentKey: agents[0]!.key,
  });
}
