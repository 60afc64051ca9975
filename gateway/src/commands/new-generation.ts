/**
 * `sigill gateway new-generation`
 * @module
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { askStatus } from '@sigill/edge';
import { boxFingerprint } from '@sigill/evidence';
import type { Command, CommandIo } from '@sigill/firmware-bridge';
import { type GatewayConfig, parseGatewayConfig } from '../config.ts';
import { type AskedForGeneration, askForGeneration } from '../enrolment/ask-generation.ts';
import { openEnrolmentFiles } from '../enrolment/enrolment-files.ts';
import { GatewayError } from '../errors.ts';
import { readGivenText } from '../read-given.ts';
import type { RegisterHolder } from '../register.ts';
import { openConfiguredRegister } from '../register-files.ts';
import type { Running } from '../tools/doctor/box.ts';
import { exitCodeOf } from './exit-code.ts';
import { describeAskedFor } from './generation-text.ts';

const help = `
Usage: npx sigill gateway new-generation FILE [--json]

For a site log that can grow no more, because an older copy of its disk went on: asks the operator to
close it, for ever, where it was last known, and to begin the site’s next one. FILE is gateway.yaml.
Makes the next log’s key on this box and shows 16 digits; read them to the operator, who compares and
approves. The gateway runs meanwhile and brings the request to its cloud; when it is approved, the
gateway and all its agents go on by themselves. Nothing that stands in the old log changes.

Run again, it shows the same digits and where things stand.

  --json    one JSON object instead

Exit: 0 asked, 1 it cannot be, and why; 2 usage; 3 a file cannot be read.
`;

export const gatewayNewGeneration: Command = {
  name: 'gateway new-generation',
  summary: 'close a site log that can grow no more, and begin its next one',
  help,
  run,
};

const NO = 1;
const NO_CODES = new Set(['RECORD_MISMATCH', 'RECORD_CHAIN', 'SITE_LOG_GROWS']);

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    const { file, asJson } = readArguments(args);
    const config = parseGatewayConfig(readGivenText(file), file);
    const register = openConfiguredRegister(config, signedHere(config));
    while (register.next() !== null) register.advance();
    const running = (await askStatus(config.data)) as Running | null;
    assertStuck(config, register, running);
    const asked = askForGeneration({
      ...{ config, register, now: Date.now },
      randomBytes: (length) => Uint8Array.from(randomBytes(length)),
    });
    const where = {
      ...{ file, runs: running !== null, hasCloud: config.cloud !== null },
      hasOperatorKey: existsSync(join(config.keys, 'operator.pem')),
    };
    io.stdout.write(
      asJson
        ? `${JSON.stringify(factsOf(asked, running !== null))}\n`
        : describeAskedFor(asked, where),
    );
    return 0;
  } catch (error) {
    const code = exitCodeOf(error);
    if (code === null) throw error;
    const { code: name, message } = error as GatewayError;
    io.stderr.write(`sigill gateway new-generation: ${name}: ${message}\n`);
    return NO_CODES.has(name) ? NO : code;
  }
}

function signedHere({ data }: GatewayConfig): Uint8Array[] {
  return openEnrolmentFiles(data)
    .records()
    .map(({ cose }) => cose);
}

/** A log is closed for ever: not for a box that only lost its cable. */
function assertStuck({ data }: GatewayConfig, register: RegisterHolder, running: Running | null) {
  const { record } = register.current().slot;
  const asked = existsSync(join(data, 'enrolment/generation.json'));
  if (asked || record.closed !== null || running === null || running.closedFor != null) return;
  throw new GatewayError(
    'SITE_LOG_GROWS',
    `${record.origin} grows as it should, and this would close it for ever; there is nothing to do. If others may know its key, its operator takes the gateway out (sigill cloud revoke) and it begins as another`,
  );
}

function factsOf({ keys, refusedBefore, ...asked }: AskedForGeneration, runs: boolean) {
  return { ...asked, fingerprint: boxFingerprint(keys), refusedBefore, runs };
}

function readArguments(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean' } },
    });
    const [file, ...more] = positionals;
    if (file !== undefined && more.length === 0) return { file, asJson: values.json ?? false };
  } catch (error) {
    throw new GatewayError('USAGE', (error as Error).message);
  }
  throw new GatewayError('USAGE', 'one FILE, such as gateway.yaml, is expected');
}
