/** The overview, taken apart field by field: what does not fit is refused with its place. */
import { PageError } from '../errors.ts';
import type { NewCode, Overview, SlotView } from './model.ts';

type Json = Record<string, unknown>;

export function parseOverview(found: unknown): Overview {
  const whole = object(found, 'overview');
  const cloud = object(whole.cloud, 'cloud');
  return {
    cloud: {
      url: text(cloud, 'url'),
      certificate: textOrNull(cloud, 'certificate'),
      origins: text(cloud, 'origins'),
      holdsKey: cloud.holdsKey === true,
      operator: text(cloud, 'operator'),
      operatorSince: numberOrNull(cloud, 'operatorSince'),
      now: number(cloud, 'now'),
    },
    waiting: list(whole.waiting, 'waiting').map((box) => ({
      box: text(box, 'box'),
      kind: oneOf(box, 'kind', ['gateway', 'agent', 'generation']),
      name: text(box, 'name'),
      fingerprint: text(box, 'fingerprint'),
      madeFor: textOrNull(box, 'madeFor'),
      gateway: textOrNull(box, 'gateway'),
      origin: text(box, 'origin'),
      address: text(box, 'address'),
      askedAt: number(box, 'askedAt'),
      clockOff: number(box, 'clockOff'),
    })),
    slots: list(whole.slots, 'slots').map((slot) => ({
      slot: number(slot, 'slot'),
      rev: number(slot, 'rev'),
      origin: text(slot, 'origin'),
      entries: number(object(slot.head, 'head'), 'size'),
      closed: slot.closed === null ? null : closing(object(slot.closed, 'closed')),
      continues: textOrNull(slot, 'continues'),
      heardAt: numberOrNull(slot, 'heardAt'),
      agents: list(slot.agents, 'agents').map((agent) => ({
        agent: text(agent, 'agent'),
        kind: oneOf(agent, 'kind', ['gateway', 'agent']),
        name: textOrNull(agent, 'name'),
        fingerprint: text(agent, 'fingerprint'),
        state: oneOf(agent, 'state', ['active', 'revoked']),
        since: numberOrNull(agent, 'since'),
        succeeds: textOrNull(agent, 'succeeds'),
      })),
    })),
    invitations: list(whole.invitations, 'invitations').map((one) => ({
      id: text(one, 'id'),
      kind: oneOf(one, 'kind', ['gateway', 'agent']),
      madeFor: textOrNull(one, 'madeFor'),
      madeAt: number(one, 'madeAt'),
      expiresAt: number(one, 'expiresAt'),
      wrong: number(one, 'wrong'),
      state: oneOf(one, 'state', ['open', 'used', 'expired', 'void', 'withdrawn']),
    })),
    erasures: parseErasures(object(whole.erasures, 'erasures')),
  };
}

function parseErasures(found: Json): Overview['erasures'] {
  return {
    total: number(found, 'total'),
    open: number(found, 'open'),
    newest: list(found.newest, 'newest').map((one) => ({
      agent: text(one, 'agent'),
      seq: number(one, 'seq'),
      source: text(one, 'source'),
      device: text(one, 'device'),
      n: number(one, 'n'),
      reason: text(one, 'reason'),
      at: number(one, 'at'),
    })),
  };
}

export function parseNewCode(found: unknown): NewCode {
  const made = object(found, 'code');
  return {
    code: text(made, 'code'),
    expiresAt: number(made, 'expiresAt'),
    url: text(made, 'url'),
  };
}

function closing(found: Json): SlotView['closed'] {
  return { size: number(found, 'size'), cause: text(found, 'cause') };
}

function object(found: unknown, place: string): Json {
  if (found !== null && typeof found === 'object' && !Array.isArray(found)) return found as Json;
  throw wrong(place, 'an object');
}

function list(found: unknown, place: string): Json[] {
  if (Array.isArray(found)) return found.map((one, at) => object(one, `${place}[${at}]`));
  throw wrong(place, 'a list');
}

function text(from: Json, key: string): string {
  const found = from[key];
  if (typeof found === 'string') return found;
  throw wrong(key, 'a text');
}

function textOrNull(from: Json, key: string): string | null {
  return from[key] === null ? null : text(from, key);
}

function number(from: Json, key: string): number {
  const found = from[key];
  if (typeof found === 'number' && Number.isSafeInteger(found)) return found;
  throw wrong(key, 'a whole number');
}

function numberOrNull(from: Json, key: string): number | null {
  return from[key] === null ? null : number(from, key);
}

function oneOf<T extends string>(from: Json, key: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === from[key]);
  if (found !== undefined) return found;
  throw wrong(key, allowed.join(' or '));
}

function wrong(place: string, expected: string): PageError {
  return new PageError('SERVER_ANSWER', `overview: ${place}: ${expected} expected`);
}
