import { parseArgs } from 'node:util';
import { GatewayError } from '../errors.ts';

export interface ApproveArguments {
  /** gateway.yaml. */
  readonly file: string;
  /** `6f1c 09aa 41d7 e3b2`; null: the list is wanted. */
  readonly wanted: string | null;
  readonly key: string | null;
  readonly cause: string;
  readonly refuse: string | null;
  readonly asJson: boolean;
}

const DEFAULT_CAUSE = 'its log could not go on';
// As long as a record takes.
const MAX_CAUSE = 200;

/** @throws GatewayError USAGE */
export function readApproveArguments(args: readonly string[]): ApproveArguments {
  const { values, positionals } = parse(args);
  const [file, ...words] = positionals;
  if (file === undefined)
    throw new GatewayError('USAGE', 'FILE, such as gateway.yaml, is expected');
  const digits = words.join('').toLowerCase().replace(/[\s-]/g, '');
  if (digits !== '' && !/^[0-9a-f]{16}$/.test(digits))
    throw new GatewayError(
      'USAGE',
      `fingerprint ${words.join(' ').slice(0, 40)}: write all 16 digits, as the box itself shows them`,
    );
  const wanted = digits === '' ? null : (digits.match(/.{4}/g) ?? []).join(' ');
  const { key = null, refuse = null, json = false, cause = DEFAULT_CAUSE } = values;
  if (cause === '' || cause.length > MAX_CAUSE)
    throw new GatewayError('USAGE', `--cause: 1 to ${MAX_CAUSE} characters are expected`);
  return { file, wanted, key, refuse, cause, asJson: json };
}

function parse(args: readonly string[]) {
  try {
    const options = {
      key: { type: 'string' },
      cause: { type: 'string' },
      refuse: { type: 'string' },
      json: { type: 'boolean' },
    } as const;
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw new GatewayError('USAGE', (error as Error).message);
  }
}
