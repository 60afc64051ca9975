/**
 * What the gateway keeps of its remote agents beside their keys in the record: how people call them, and the SHA-256 of
 * the token they log in with at the broker. One file per agent, `<agent, hex>.json`, written at its enrolment.
 * @module
 */
import { fromBase64, toBase64, toHex, utf8 } from '@sigill/evidence';
import type { Disk } from '../disk/disk.ts';

export interface KnownAgent {
  readonly name: string;
  /** SHA-256 of its MQTT password. */
  readonly passwordHash: Uint8Array;
}

export interface KnownAgents {
  /** @param agent id in hexadecimal */
  find(agent: string): KnownAgent | null;
  /** Durable on return; one known already is replaced. */
  remember(agent: Uint8Array, known: KnownAgent): Promise<void>;
}

const FILE = /^([0-9a-f]{32})\.json$/;

/** @param disk a directory of their own */
export function openKnownAgents(disk: Disk): KnownAgents {
  const agents = new Map<string, KnownAgent>();
  for (const file of disk.list('.')) {
    const [, agent] = FILE.exec(file) ?? [];
    const known = agent === undefined ? null : parse(disk.read(file));
    if (agent !== undefined && known !== null) agents.set(agent, known);
  }
  return {
    find: (agent) => agents.get(agent) ?? null,
    async remember(agent, known) {
      await disk.replace(`${toHex(agent)}.json`, format(known));
      agents.set(toHex(agent), known);
    },
  };
}

function format({ name, passwordHash }: KnownAgent): Uint8Array {
  return utf8(`${JSON.stringify({ name, passwordHash: toBase64(passwordHash) })}\n`);
}

/** One that cannot be read is as if it had never been: the agent enrols again. */
function parse(bytes: Uint8Array | null): KnownAgent | null {
  try {
    const { name, passwordHash } = JSON.parse(new TextDecoder().decode(bytes ?? new Uint8Array(0)));
    const hash = fromBase64(String(passwordHash));
    return hash.length === 32 ? { name: String(name), passwordHash: hash } : null;
  } catch {
    return null;
  }
}
