/**
 * Agents that ask this gateway to let them in. The gateway knows whether the code is good; who may be in is the
 * operator's decision, and stands in the next record of this slot.
 * @module
 */
import {
  agentId,
  boxHash,
  type EnrolmentOutcome,
  type EnrolmentPost,
  encodeEnrolmentAnswer,
  enrolmentMac,
  findBox,
  judgeEnrolment,
  type SlotRecord,
  toHex,
} from '@sigill/evidence';
import type { KnownAgents } from '../agents/known-agents.ts';
import { GatewayError } from '../errors.ts';
import type { Tell } from '../events.ts';
import type { Register } from '../register.ts';
import type { AskingAgent, EnrolmentFiles } from './enrolment-files.ts';
import { createWrongTries } from './wrong-tries.ts';

// The furthest a Date can tell.
const MAX_OFF_MS = 8_640_000_000_000_000;

export interface AgentEnrolmentParts {
  readonly files: EnrolmentFiles;
  readonly register: () => Register;
  readonly knownAgents: () => KnownAgents;
  /** Canonical JSON. */
  readonly policy: string;
  /** SHA-256 of the certificate that agents see where they ask; null without TLS. */
  readonly certificate: Uint8Array | null;
  /** Where an agent that called this gateway by `host` finds its broker. */
  readonly broker: (host: string) => BrokerAddress | null;
  readonly now: () => number;
  readonly tell: Tell;
  /** Somebody waits: the cloud is asked at once. */
  readonly asked: () => void;
}

export interface BrokerAddress {
  readonly url: string;
  readonly certificate: Uint8Array | null;
}

export interface MadeAnswer {
  readonly box: Uint8Array;
  readonly answer: Uint8Array;
  readonly mac: Uint8Array;
}

/** Who asks, and by what name they call this gateway. */
export interface Caller {
  readonly address: string;
  readonly host: string;
}

export interface AgentEnrolment {
  /** @throws GatewayError, EvidenceError */
  ask(invitation: string, post: EnrolmentPost, caller: Caller): Promise<MadeAnswer>;
  /** @throws GatewayError BOX_UNKNOWN */
  poll(box: Uint8Array, nonce: Uint8Array, caller: Caller): Promise<MadeAnswer>;
}

export function createAgentEnrolment(parts: AgentEnrolmentParts): AgentEnrolment {
  const { files, register, certificate, now, tell } = parts;
  const tries = createWrongTries(now);

  /** All of this site's. Who is in a closed log that nothing continues yet is in: it waits for the next one. */
  function slots(): SlotRecord[] {
    const { slot, earlier } = register();
    return [{ ...slot.record, closed: null }, ...earlier.map(({ record }) => record)];
  }

  async function outcomeOf(agent: AskingAgent, { host }: Caller): Promise<EnrolmentOutcome> {
    const found = findBox({ logKey: null, agentKey: agent.agentKey }, slots());
    if (found === 'active')
      return register().slot.record.closed === null ? approve(agent, host) : { state: 'waiting' };
    if (found !== 'none')
      return { state: 'refused', reason: 'the operator has revoked this agent' };
    return agent.refused === null
      ? { state: 'waiting' }
      : { state: 'refused', reason: agent.refused };
  }

  async function approve(agent: AskingAgent, host: string): Promise<EnrolmentOutcome> {
    const broker = parts.broker(host);
    if (broker === null) throw noBroker();
    const known = parts.knownAgents();
    const id = agentId(agent.agentKey);
    // Before it learns that it is in: it will come at once.
    if (known.find(toHex(id)) === null) {
      await known.remember(id, { name: agent.name, passwordHash: agent.passwordHash });
      const text = `agent ${agent.name} (${toHex(id)}) is let in and may send`;
      tell({ level: 'info', what: 'agent-enrolled', text, facts: { agent: toHex(id) } });
    }
    const { chain, cose, slot } = register();
    const { origin } = slot.record;
    const approval = { origin, records: [...chain, cose[1]], policy: parts.policy, broker };
    return { state: 'approved', approval };
  }

  async function answer(
    agent: AskingAgent,
    secret: Uint8Array,
    nonce: Uint8Array,
    caller: Caller,
  ): Promise<MadeAnswer> {
    const { box } = agent;
    const bytes = encodeEnrolmentAnswer({
      ...{ box, nonce, certificate, timeMs: now() },
      outcome: await outcomeOf(agent, caller),
    });
    return { box, answer: bytes, mac: enrolmentMac(secret, bytes) };
  }

  return {
    async ask(id, post, caller) {
      if (!tries.left(caller.address)) {
        throw new GatewayError(
          'ENROLMENT_BUSY',
          'too many wrong codes came from this address; wait some minutes, and check the code meanwhile',
          { retryable: true },
        );
      }
      const invitation = files.invitation(id);
      const surroundings = { nowMs: now(), certificate, slots: slots() };
      const decision = judgeEnrolment(post, invitation, surroundings);
      if (decision.verdict === 'wrong' || invitation === undefined) {
        tries.count(caller.address);
        if (invitation?.usedBy === null)
          files.putInvitation({ ...invitation, wrong: invitation.wrong + 1 });
        throw new GatewayError(
          'CODE_WRONG',
          'this code is not one that was given out here; read it again, check the address it was given for, or ask for a new one',
        );
      }
      if (decision.verdict === 'refused') {
        if (decision.code === 'CERTIFICATE_MISMATCH') {
          const text = `an agent at ${caller.address} was shown another certificate than this gateway's own while it enrolled: somebody stands in between`;
          tell({ level: 'alarm', what: 'CERTIFICATE_MISMATCH', text });
        }
        throw new GatewayError(decision.code, decision.detail);
      }
      const { request, box } = decision;
      if (parts.broker(caller.host) === null) throw noBroker();
      const before = files.agent(box);
      const agent: AskingAgent = {
        ...{ box, name: request.name, agentKey: request.agentKey, request: post.request },
        passwordHash: request.passwordHash ?? new Uint8Array(32),
        ...{ invitation: id, address: caller.address, askedAt: now() },
        // A box may say any number; this one is for people.
        clockOff: Math.max(-MAX_OFF_MS, Math.min(MAX_OFF_MS, request.clientTimeMs - now())),
        refused: before?.invitation === id ? before.refused : null,
      };
      files.putAgent(agent);
      files.putInvitation({ ...invitation, usedBy: boxHash(request) });
      const made = await answer(agent, invitation.secret, request.nonce, caller);
      if (before === undefined) {
        const text = `agent ${agent.name} asks to be let in, from ${caller.address}`;
        tell({ level: 'info', what: 'agent-asks', text });
      }
      parts.asked();
      return made;
    },

    async poll(box, nonce, caller) {
      const agent = files.agent(box);
      const invitation = agent && files.invitation(agent.invitation);
      if (agent === undefined || invitation === undefined)
        throw new GatewayError(
          'BOX_UNKNOWN',
          'no agent of this key has asked here; enrol it again',
        );
      return answer(agent, invitation.secret, nonce, caller);
    },
  };
}

function noBroker(): GatewayError {
  return new GatewayError(
    'BROKER_ABSENT',
    'this gateway has no broker that an agent could send to; add broker: { listen: [{ host: 0.0.0.0, port: 8883, tls: {} }] } to its gateway.yaml and restart it',
  );
}
