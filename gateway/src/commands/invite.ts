/**
 * `sigill gateway invite`
 * @module
 */
import { randomBytes } from 'node:crypto';
import { hostname, networkInterfaces } from 'node:os';
import { parseArgs } from 'node:util';
import {
  createEnrolmentCode,
  ENROLMENT_CODE_RANDOM_BYTES,
  formatEnrolmentCode,
} from '@sigill/evidence';
import type { Command, CommandIo } from '@sigill/firmware-bridge';
import { renderUnicodeCompact } from 'uqr';
import { type GatewayConfig, parseGatewayConfig } from '../config.ts';
import { openEnrolmentFiles } from '../enrolment/enrolment-files.ts';
import { GatewayError } from '../errors.ts';
import { readGivenText } from '../read-given.ts';
import { exitCodeOf } from './exit-code.ts';

const help = `
Usage: npx sigill gateway invite FILE [--for TEXT] [--json]

Makes a code with which one agent, on a box of its own, can ask to be let in at the gateway that FILE
(gateway.yaml) describes. The code is told once, here; it is good for seven days and for one box, and
lets nobody in by itself: the operator approves.

  --for TEXT    what it is for, as a note to yourself
  --json        one JSON object instead

Exit: 0 made, 2 usage, 3 the file cannot be read.
`;

export const gatewayInvite: Command = {
  name: 'gateway invite',
  summary: 'make a code with which one agent can ask to be let in here',
  help,
  run,
};

const INVITATION_MS = 7 * 86_400_000;

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    const { file, madeFor, asJson } = readArguments(args);
    const config = parseGatewayConfig(readGivenText(file), file);
    const url = whereAgentsAsk(config);
    const { code, expiresAt } = makeInvitation(config.data, madeFor);
    io.stdout.write(
      asJson
        ? `${JSON.stringify({ code, expiresAt, url })}\n`
        : describe(code, expiresAt, url, file),
    );
    return 0;
  } catch (error) {
    const code = exitCodeOf(error);
    if (code === null) throw error;
    io.stderr.write(`sigill gateway invite: ${(error as Error).message}\n`);
    return code;
  }
}

function makeInvitation(data: string, madeFor: string | null) {
  const files = openEnrolmentFiles(data);
  const now = Date.now();
  for (;;) {
    const made = createEnrolmentCode(Uint8Array.from(randomBytes(ENROLMENT_CODE_RANDOM_BYTES)));
    const { invitation: id, secret } = made;
    if (files.invitation(id) !== undefined) continue;
    const expiresAt = now + INVITATION_MS;
    files.putInvitation({
      ...{ id, kind: 'agent', secret, madeFor, madeAt: now, expiresAt },
      ...{ wrong: 0, withdrawn: false, usedBy: null },
    });
    return { code: formatEnrolmentCode(made), expiresAt };
  }
}

/** @throws GatewayError USAGE where there is no place, or no broker to send to */
function whereAgentsAsk({ enrol, status, broker }: GatewayConfig): string {
  const place = enrol ?? status;
  if (place === null) {
    throw new GatewayError(
      'USAGE',
      'agents can ask nowhere: add enrol: { host: 0.0.0.0 } to gateway.yaml, or its page with status: { host: 0.0.0.0 }, and restart the gateway',
    );
  }
  if (broker === null) {
    throw new GatewayError(
      'USAGE',
      'an agent could send nowhere: add broker: { listen: [{ host: 0.0.0.0, port: 8883, tls: {} }] } to gateway.yaml and restart the gateway',
    );
  }
  const host = /^(0\.0\.0\.0|::)$/.test(place.host) ? addressOfThisBox() : place.host;
  return `${place.tls === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${place.port}`;
}

/** By number: names of boxes are seldom known on a site’s network. */
function addressOfThisBox(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? hostname();
}

function describe(code: string, expiresAt: number, url: string, file: string): string {
  const command = `npx sigill agent enroll ${url} ${code}`;
  const until = new Date(expiresAt).toISOString().slice(0, 16).replace('T', ' ');
  return `
  ${code}

Good until ${until} UTC, for one agent. On its box, after sigill agent init:

  ${command}

${renderUnicodeCompact(command, { border: 2 })}
Then the operator compares the fingerprint and approves it: at the cloud, or here with the operator’s
key: npx sigill gateway approve ${file}
`;
}

function readArguments(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { for: { type: 'string' }, json: { type: 'boolean' } },
    });
    const [file, ...more] = positionals;
    if (file !== undefined && more.length === 0)
      return { file, madeFor: values.for ?? null, asJson: values.json ?? false };
  } catch (error) {
    throw new GatewayError('USAGE', (error as Error).message);
  }
  throw new GatewayError('USAGE', 'one file is expected: sigill gateway invite gateway.yaml');
}
