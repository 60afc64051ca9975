/**
 * The records this gateway stands on: the operator's, and its own slot's. Checked against each other
 * and against the key files before anything is signed.
 * @module
 */
import {
  agentId,
  equalBytes,
  findAgent,
  type Opened,
  type OperatorRecord,
  openOperatorChain,
  openSlotRecord,
  type RegisteredAgent,
  type SlotRecord,
} from '@sigill/evidence';
import { GatewayError } from './errors.ts';

export interface Register {
  readonly operator: Opened<OperatorRecord>;
  readonly slot: Opened<SlotRecord>;
  /** The signed bytes by slot number, as roll-calls and anchors carry them. */
  readonly cose: readonly [operator: Uint8Array, slot: Uint8Array];
}

export interface RegisterExpectations {
  /** SHA-256 of the operator's first key, from the policy. */
  readonly operatorKeyHash: Uint8Array;
  readonly origin: string;
  readonly logKey: Uint8Array;
  readonly agentKey: Uint8Array;
}

/** @throws GatewayError RECORD_MISMATCH, EvidenceError */
export function openRegister(
  cose: readonly [operator: Uint8Array, slot: Uint8Array],
  { operatorKeyHash, origin, logKey, agentKey }: RegisterExpectations,
): Register {
  const operator = openOperatorChain([cose[0]], operatorKeyHash).at(-1)!;
  const slot = openSlotRecord(cose[1], operator.record.key);
  const { record } = slot;
  if (record.origin !== origin) {
    throw mismatch(`the record is for origin ${record.origin}, gateway.yaml says ${origin}`);
  }
  if (record.state !== 'open') throw mismatch(`slot ${record.slot} is closed`);
  if (!equalBytes(record.logKey, logKey)) throw mismatch('the log key file is not its log key');
  const agent = findAgent(record, agentId(agentKey));
  if (agent === undefined) throw mismatch('the agent key file is none of its agents');
  if (agent.state !== 'active') throw mismatch('its agent is revoked');
  return { operator, slot, cose };
}

/** @throws GatewayError AGENT_UNKNOWN, AGENT_REVOKED */
export function activeAgent({ record }: Opened<SlotRecord>, agent: Uint8Array): RegisteredAgent {
  const found = findAgent(record, agent);
  const name = Buffer.from(agent).toString('hex');
  if (found === undefined) {
    throw new GatewayError(
      'AGENT_UNKNOWN',
      `agent ${name} is not in the record of slot ${record.slot}; the operator adds it with a new record`,
    );
  }
  if (found.state === 'active') return found;
  throw new GatewayError('AGENT_REVOKED', `agent ${name} was revoked by the operator, for ever`);
}

function mismatch(message: string): GatewayError {
  return new GatewayError(
    'RECORD_MISMATCH',
    `slot record: ${message}; take records, keys and gateway.yaml from one and the same gateway init`,
  );
}
