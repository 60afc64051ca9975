/**
 * What enrolment of agents leaves on the disk: one small file for each code, each agent that asked, and each record
 * that was signed here. Commands write beside the running gateway, so each file is replaced whole.
 *
 *   enrolment/invitations/7K2M.json   enrolment/agents/<box, hex>.json   enrolment/records/slot-1-rev-2.record
 * @module
 */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '@sigill/edge';
import { fromBase64, type Invitation, toBase64, toHex } from '@sigill/evidence';
import { giveToOwnerOf } from '../disk/owner.ts';

export interface AgentInvitation extends Invitation {
  readonly madeFor: string | null;
  readonly madeAt: number;
}

export interface AskingAgent {
  /** The hash of its keys. */
  readonly box: Uint8Array;
  readonly name: string;
  readonly agentKey: Uint8Array;
  readonly passwordHash: Uint8Array;
  /** As it came. */
  readonly request: Uint8Array;
  readonly invitation: string;
  readonly address: string;
  readonly askedAt: number;
  readonly clockOff: number;
  /** The operator's reason; null while nobody sent it away. */
  readonly refused: string | null;
}

export interface EnrolmentFiles {
  invitation(id: string): AgentInvitation | undefined;
  invitations(): AgentInvitation[];
  putInvitation(invitation: AgentInvitation): void;
  agent(box: Uint8Array): AskingAgent | undefined;
  agents(): AskingAgent[];
  putAgent(agent: AskingAgent): void;
  /** Records signed on this box that the register has not taken up yet, oldest first. */
  records(): SignedHere[];
  putRecord(slot: number, rev: number, cose: Uint8Array): void;
  dropRecord(name: string): void;
}

export interface SignedHere {
  readonly name: string;
  readonly cose: Uint8Array;
}

const RECORD = /^slot-(\d+)-rev-(\d+)\.record$/;

/** @param data the gateway's data directory, which is its owner's alone */
export function openEnrolmentFiles(data: string): EnrolmentFiles {
  const at = (...names: string[]) => join(data, 'enrolment', ...names);

  function write(folder: string, name: string, content: string | Uint8Array): void {
    mkdirSync(at(folder), { recursive: true, mode: 0o700 });
    replaceFile(at(folder, name), content, 0o600);
    for (const made of [at(), at(folder), at(folder, name)]) giveToOwnerOf(data, made);
  }

  function list(folder: string, ending: string): string[] {
    try {
      return readdirSync(at(folder))
        .filter((name) => name.endsWith(ending))
        .sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  /** One that cannot be read is as if it had never been: its box asks again, its code is made again. */
  function read<T>(folder: string, name: string, parse: (json: Json) => T): T | undefined {
    try {
      return parse(JSON.parse(readFileSync(at(folder, name), 'utf8')));
    } catch {
      return undefined;
    }
  }

  const readAll = <T>(folder: string, parse: (json: Json) => T) =>
    list(folder, '.json').flatMap((name) => read(folder, name, parse) ?? []);

  return {
    invitation: (id) =>
      /^[0-9A-Z]{4}$/.test(id) ? read('invitations', `${id}.json`, parseInvitation) : undefined,
    invitations: () => readAll('invitations', parseInvitation),
    putInvitation: (one) => write('invitations', `${one.id}.json`, formatInvitation(one)),
    agent: (box) => read('agents', `${toHex(box)}.json`, parseAgent),
    agents: () => readAll('agents', parseAgent).sort((a, b) => a.askedAt - b.askedAt),
    putAgent: (agent) => write('agents', `${toHex(agent.box)}.json`, formatAgent(agent)),
    records: () =>
      list('records', '.record')
        .filter((name) => RECORD.test(name))
        .sort(inOrder)
        .map((name) => ({ name, cose: Uint8Array.from(readFileSync(at('records', name))) })),
    putRecord: (slot, rev, cose) => write('records', `slot-${slot}-rev-${rev}.record`, cose),
    dropRecord: (name) => rmSync(at('records', name), { force: true }),
  };
}

type Json = Record<string, unknown>;

/** A slot that continues another has a higher number. */
function inOrder(one: string, other: string): number {
  const [[slot, rev], [otherSlot, otherRev]] = [numbersOf(one), numbersOf(other)];
  return slot - otherSlot || rev - otherRev;
}

function numbersOf(name: string): [slot: number, rev: number] {
  const [, slot, rev] = RECORD.exec(name) ?? [];
  return [Number(slot), Number(rev)];
}

function formatInvitation({ secret, usedBy, ...rest }: AgentInvitation): string {
  const coded = { secret: toBase64(secret), usedBy: usedBy && toBase64(usedBy) };
  return `${JSON.stringify({ ...rest, ...coded })}\n`;
}

function parseInvitation(json: Json): AgentInvitation {
  const { id, expiresAt, wrong, madeAt, madeFor, usedBy } = json;
  return {
    ...{ id: String(id), kind: 'agent', secret: bytes(json.secret) },
    ...{ expiresAt: Number(expiresAt), wrong: Number(wrong), madeAt: Number(madeAt) },
    withdrawn: json.withdrawn === true,
    madeFor: typeof madeFor === 'string' ? madeFor : null,
    usedBy: typeof usedBy === 'string' ? bytes(usedBy) : null,
  };
}

function formatAgent({ box, agentKey, passwordHash, request, ...rest }: AskingAgent): string {
  const coded = { box, agentKey, passwordHash, request };
  const texts = Object.entries(coded).map(([name, value]) => [name, toBase64(value)]);
  return `${JSON.stringify({ ...rest, ...Object.fromEntries(texts) })}\n`;
}

function parseAgent(json: Json): AskingAgent {
  const { name, invitation, address, askedAt, clockOff, refused } = json;
  return {
    ...{ name: String(name), invitation: String(invitation), address: String(address) },
    ...{ askedAt: Number(askedAt), clockOff: Number(clockOff) },
    refused: typeof refused === 'string' ? refused : null,
    ...{ box: bytes(json.box), agentKey: bytes(json.agentKey) },
    ...{ passwordHash: bytes(json.passwordHash), request: bytes(json.request) },
  };
}

function bytes(text: unknown): Uint8Array {
  return fromBase64(String(text));
}
