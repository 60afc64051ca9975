/**
 * `sigill verify`: judges an evidence file under a policy, with no server of ours in between.
 * @module
 */
import { readFile, stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import {
  type ClaimId,
  EvidenceError,
  type EvidenceParts,
  fromHex,
  isProven,
  NUMBER_CLAIMS,
  type Policy,
  parsePolicy,
  type RangeVerdict,
  type SeenBlock,
  toHex,
  type Verdict,
  verifyLedgerState,
} from '@sigill/evidence';
import type { Command, CommandIo } from '../command.ts';
import { verifyOpening } from '../sensitive/verify-opening.ts';
import { fetchBlockHashes } from './block-headers.ts';
import { openEvidenceFile } from './judge-file.ts';
import { formatVerdict } from './verdict-text.ts';

// A reading's evidence is some 10 kB and a range's some MB; no one is handed more than this by mistake.
const MAX_FILE_BYTES = 64 * 1024 * 1024;

export const verifyCommand: Command = {
  name: 'verify',
  summary: 'judge an evidence file under a policy',
  help: `
Usage: npx sigill verify [--policy FILE] [--waive CLAIM]… [--offline] [--block 0xHASH] [--json] FILE
       npx sigill verify --opens TWIN EXACT        (and the options above)

Judges a .sigill file claim by claim: one reading, all readings of a time, or a number computed from
them, which is then computed again here. The policy says whom you trust before the file is opened:
get it from somewhere else than the file. The ledger's endpoints named in the policy are asked for
one block header, to compare; nothing else leaves this machine.

  --policy FILE    what you trust; without it, nothing that needs it holds
  --waive CLAIM    let CLAIM stay unchecked: ${NUMBER_CLAIMS.slice(0, 8).join(' ')}
                   ${NUMBER_CLAIMS.slice(8).join(' ')}
  --offline        ask nobody; the claim "block" then says which hash to compare
  --block 0xHASH   the hash of that block, from a source of your own
  --json           the verdict as JSON
  --opens TWIN     also whether EXACT is the reading that this coarse twin of a position was sealed of

Exit: 0 every claim holds (or was waived while unchecked), 1 not so, 2 usage, 3 a file cannot be read.
`,
  run,
};

interface Asked {
  readonly file: string;
  /** Evidence of a twin that the file is to open. */
  readonly opens: string | undefined;
  readonly policy: string | undefined;
  readonly waived: readonly ClaimId[];
  readonly offline: boolean;
  readonly block: Uint8Array | null;
  readonly json: boolean;
}

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const asked = parseWords(args);
  if (typeof asked === 'string') {
    io.stderr.write(`sigill verify: ${asked}\n`);
    return 2;
  }
  const text = await read(asked.file);
  const policy = asked.policy === undefined ? null : await readPolicy(asked.policy);
  const colour = 'isTTY' in io.stdout && io.stdout.isTTY === true;
  let verdict: Verdict | RangeVerdict;
  try {
    if (asked.opens !== undefined) {
      const blocksFor = (file: EvidenceParts) => findBlocks(file, policy, asked, io);
      const given = { waived: asked.waived, colour, blocksFor };
      const opening = await verifyOpening(await read(asked.opens), text, policy, given);
      io.stdout.write(asked.json ? `${JSON.stringify(opening.verdict, toJson)}\n` : opening.text);
      return opening.isOpened ? 0 : 1;
    }
    const file = openEvidenceFile(text);
    verdict = file.judge(policy, await findBlocks(file.parts, policy, asked, io));
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    if (asked.json)
      io.stdout.write(`${JSON.stringify({ refused: error.code, detail: error.message })}\n`);
    else
      io.stdout.write(
        `REFUSED: ${error.message} [${error.code}]\nNothing in this file is proven.\n`,
      );
    return 1;
  }
  if (asked.json) io.stdout.write(`${JSON.stringify(verdict, toJson)}\n`);
  else {
    if (policy === null)
      io.stdout.write(
        'No policy: without --policy, nothing says whom to trust, and little can hold.\n\n',
      );
    io.stdout.write(formatVerdict(verdict, colour));
  }
  return isProven(verdict, asked.waived) ? 0 : 1;
}

function parseWords(args: readonly string[]): Asked | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        policy: { type: 'string' },
        opens: { type: 'string' },
        waive: { type: 'string', multiple: true },
        offline: { type: 'boolean' },
        block: { type: 'string' },
        json: { type: 'boolean' },
      },
    });
    const waived = values.waive ?? [];
    const unknown = waived.find((claim) => !(NUMBER_CLAIMS as readonly string[]).includes(claim));
    if (unknown !== undefined)
      return `unknown claim ${unknown}; claims are ${NUMBER_CLAIMS.join(' ')}`;
    if (positionals.length !== 1) return 'name one evidence file';
    if (values.block !== undefined && !/^0x[0-9a-f]{64}$/.test(values.block))
      return '--block: 0x and 64 lower-case hexadecimal digits expected';
    return {
      file: positionals[0]!,
      opens: values.opens,
      policy: values.policy,
      waived: waived as ClaimId[],
      offline: values.offline ?? false,
      block: values.block === undefined ? null : fromHex(values.block.slice(2)),
      json: values.json ?? false,
    };
  } catch (error) {
    return (error as Error).message;
  }
}

async function findBlocks(
  file: EvidenceParts,
  policy: Policy | null,
  asked: Asked,
  io: CommandIo,
): Promise<SeenBlock[]> {
  const ledger = policy?.ledger ?? null;
  if (ledger === null || file.ledger === null) return [];
  let number: number;
  try {
    number = verifyLedgerState(file.ledger, ledger.contract).blockNumber;
  } catch {
    return []; // the claim "anchored" tells what is wrong with it
  }
  const given = asked.block === null ? [] : [{ number, hash: asked.block, source: 'you' }];
  if (asked.offline) return given;
  const { seen, silent } = await fetchBlockHashes(ledger.endpoints, number);
  for (const { endpoint, reason } of silent)
    io.stderr.write(`sigill verify: no block header from ${endpoint}: ${reason}\n`);
  return [...given, ...seen];
}

async function readPolicy(path: string): Promise<Policy> {
  try {
    return parsePolicy(await read(path));
  } catch (cause) {
    throw new Error(`policy ${path}: ${(cause as Error).message}`, { cause });
  }
}

async function read(path: string): Promise<string> {
  const { size } = await stat(path).catch(({ code }) => {
    throw new Error(`${path} cannot be read (${code})`);
  });
  if (size > MAX_FILE_BYTES) throw new Error(`${path}: ${size} bytes, ${MAX_FILE_BYTES} at most`);
  return readFile(path, 'utf8');
}

function toJson(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  return typeof value === 'bigint' ? value.toString() : value;
}
