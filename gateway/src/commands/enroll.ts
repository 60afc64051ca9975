/**
 * `sigill gateway enroll`
 * @module
 */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { describeBox, describeEnrolmentEvent } from '@sigill/edge';
import { boxFingerprint } from '@sigill/evidence';
import type { Command, CommandIo } from '@sigill/firmware-bridge';
import { enrolGateway } from '../enrolment/enrol-gateway.ts';
import { GatewayError } from '../errors.ts';
import { exitCodeOf } from './exit-code.ts';

const help = `
Usage: npx sigill gateway enroll URL CODE [DIR]

Asks the operator of the cloud at URL to let this gateway in, and waits until they have. CODE is what
the operator gave you; it is good for one box. They compare the fingerprint that this box shows with
what they see. Whatever happens in between, a power cut too: run the same command again.

Needs no clock that is right and no certificate authority: the code itself shows that nobody stands
between this box and the operator.

  --json    tell what was written as JSON

Exit: 0 let in, ready for sigill gateway run; 1 not let in, and why; 2 usage; 3 no answer.
`;

export const gatewayEnroll: Command = {
  name: 'gateway enroll',
  summary: 'ask an operator to let this gateway in, with a code',
  help,
  run,
};

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    const { url, code, directory, asJson } = readArguments(args);
    const say = (text: string) => (asJson ? io.stderr : io.stdout).write(`${text}\n`);
    let fingerprint = '';
    const enrolled = await enrolGateway({
      ...{ directory, url, code, signal: io.signal },
      shown(keys) {
        fingerprint = boxFingerprint(keys);
        say(describeBox(keys));
      },
      tell: (event) => say(describeEnrolmentEvent(event)),
    });
    const { origin, slot, cloud, files } = enrolled;
    if (asJson) io.stdout.write(`${JSON.stringify({ directory, fingerprint, ...enrolled })}\n`);
    else if (files.length === 0) say(`This gateway is enrolled already, as ${origin} at ${cloud}.`);
    else say(`Let in as ${origin}, slot ${slot}. Written: ${files.join(', ')}.`);
    say(`\nNext\n  npx sigill gateway run ${join(directory, 'gateway.yaml')}`);
    return 0;
  } catch (error) {
    const code = exitCodeOf(error);
    if (code === null) throw error;
    const { code: name, message } = error as GatewayError;
    io.stderr.write(`sigill gateway enroll: ${name}: ${message}\n`);
    return code;
  }
}

function readArguments(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean' } },
    });
    const [url, code, directory, ...more] = positionals;
    if (url !== undefined && code !== undefined && more.length === 0)
      return { url, code, directory: resolve(directory ?? '.'), asJson: values.json ?? false };
  } catch (error) {
    throw new GatewayError('USAGE', (error as Error).message);
  }
  throw new GatewayError(
    'USAGE',
    'the address and the code are expected: sigill gateway enroll URL CODE [DIR]; write the code with hyphens or in quotes',
  );
}
