/**
 * What `sigill agent init` makes: a key, the password for the gateway's broker, and agent.yaml.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { keepSecret, replaceFile } from '../enrolment/files.ts';
import { EdgeError } from '../errors.ts';
import { parseAgentConfig } from './agent-config.ts';
import { createKeyFile } from './key-file.ts';
import type { GivenSource } from './source-argument.ts';

export interface InitAgentOptions {
  readonly directory: string;
  readonly name: string;
  readonly sources: readonly GivenSource[];
}

export interface MadeAgent {
  readonly agentKey: Uint8Array;
  readonly files: readonly string[];
}

/** Overwrites nothing. @throws EdgeError FILE_EXISTS, CONFIG_INVALID */
export function initAgent({ directory, name, sources }: InitAgentOptions): MadeAgent {
  const file = join(directory, 'agent.yaml');
  const text = formatAgentFile(name, sources);
  parseAgentConfig(text, file);
  if (existsSync(file)) {
    throw new EdgeError(
      'FILE_EXISTS',
      `${file}: there is an agent here already and it is never overwritten; move it away, or choose another directory`,
    );
  }
  mkdirSync(join(directory, 'keys'), { recursive: true, mode: 0o700 });
  const { publicKey } = createKeyFile(join(directory, 'keys/agent.pem'));
  keepSecret(join(directory, 'keys/gateway-password'), () => randomBytes(32).toString('base64url'));
  replaceFile(file, text);
  return { agentKey: publicKey, files: ['keys/agent.pem', 'keys/gateway-password', 'agent.yaml'] };
}

function formatAgentFile(name: string, sources: readonly GivenSource[]): string {
  return `# A Sigill agent on a box of its own. Files are relative to this one; sigill agent run names what is wrong in it.
name: ${name}
# sigill agent enroll URL CODE writes origin and gateway.
data: ./data
keys: ./keys
batch: { count: 500, bytes: 131072, ageMs: 10000 }
sources:${sources.length === 0 ? ' []' : `\n${sources.map(formatSource).join('')}`}
`;
}

function formatSource({ name, driver, transport }: GivenSource): string {
  const place =
    'serial' in transport
      ? `{ serial: ${JSON.stringify(transport.serial)} }`
      : `{ tcp: ${JSON.stringify(transport.tcp)} }`;
  return `  - name: ${name}
    driver: ${driver}
    transport: ${place}
    heartbeatMs: 300000
    frames: keep
`;
}
