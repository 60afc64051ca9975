/**
 * `sigill doctor`
 * @module
 */
import { parseArgs } from 'node:util';
import type { Command, CommandIo } from '@sigill/firmware-bridge';
import { GatewayError } from '../../errors.ts';
import { toolCommand } from '../tool-command.ts';
import type { Finding } from './check.ts';
import { CHECKS, examine } from './examine.ts';
import { lookAtThisBox } from './look.ts';
import { renderExamined, renderTally } from './render.ts';

const help = `
Usage: npx sigill doctor [FILE] [--all] [--json] [--only CHECK]

Examines this box: machine, disk, clock, configuration, keys, ports, network, ledger, the running
process, each source. For each fault it says what is wrong, why it matters, and the command that
mends it. It changes nothing and sends nothing but one question to the cloud and the ledger.

  FILE          gateway.yaml or agent.yaml (default: here, then /etc/sigill)
  --only CHECK  one check alone: ${CHECKS.map(({ id }) => id).join(' ')}
  --all         tell also what does not apply to this box
  --json        one JSON object a line

Exit codes: 0 nothing is wrong, 1 something is, 2 usage.
`;

export const doctorCommand: Command = toolCommand({
  name: 'doctor',
  summary: 'examine this box; tell what is wrong and what mends it',
  help,
  run,
});

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { file, asJson, all, checks } = readArguments(args);
  const box = await lookAtThisBox(file);
  const colour = (io.stdout as { isTTY?: boolean }).isTTY === true && io.env.NO_COLOR === undefined;
  const tally = { ok: 0, warning: 0, fault: 0, skipped: 0 };
  for await (const examined of examine(box, checks)) {
    for (const { status } of examined.findings) tally[status] += 1;
    const shown = all ? examined.findings : examined.findings.filter(isForThisBox);
    io.stdout.write(
      asJson ? toJson(examined) : renderExamined({ ...examined, findings: shown }, colour),
    );
    if (io.signal.aborted) break;
  }
  if (!asJson) io.stdout.write(renderTally(tally, colour));
  return tally.fault > 0 ? 1 : 0;
}

function readArguments(args: readonly string[]) {
  let parsed: { values: { all?: boolean; json?: boolean; only?: string }; positionals: string[] };
  try {
    const options = {
      all: { type: 'boolean' },
      json: { type: 'boolean' },
      only: { type: 'string' },
    } as const;
    parsed = parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw usage((error as Error).message);
  }
  const { values, positionals } = parsed;
  if (positionals.length > 1) throw usage(`one file, not ${positionals.join(' and ')}`);
  const checks = values.only === undefined ? CHECKS : CHECKS.filter(({ id }) => id === values.only);
  if (checks.length === 0) {
    throw usage(
      `there is no check ${values.only}; there is: ${CHECKS.map(({ id }) => id).join(' ')}`,
    );
  }
  return {
    file: positionals[0] ?? null,
    asJson: values.json ?? false,
    all: values.all ?? false,
    checks,
  };
}

function toJson({
  id,
  title,
  findings,
}: {
  id: string;
  title: string;
  findings: readonly object[];
}) {
  return findings
    .map((finding) => `${JSON.stringify({ check: id, title, ...finding })}\n`)
    .join('');
}

const isForThisBox = ({ status }: Finding) => status !== 'skipped';

function usage(message: string): GatewayError {
  return new GatewayError('USAGE', message);
}
