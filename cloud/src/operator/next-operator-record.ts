/**
 * The operator's own next record: another key, other witnesses of its own, another contract. Pure.
 *
 * The key that may follow was named before it was needed, by its hash; whoever steals the one in use cannot name another.
 * @module
 */
import {
  equalBytes,
  fromBase64,
  type Opened,
  type OperatorRecord,
  openOperatorChain,
  parseAddress,
  parseNoteKey,
  readOperatorRecord,
  sha256,
} from '@sigill/evidence';
import { CloudError } from '../errors.ts';
import type { OperatorAsk } from './ask-file.ts';
import { keyFingerprint } from './sign-record.ts';

/**
 * @param key of whoever signs: the one in force, or the one that it named
 * @param following the key to be named next; null keeps what is named, which a change of the key uses up
 * @throws CloudError OPERATOR_KEY_WRONG, USAGE
 */
export function nextOperatorRecord(
  last: Opened<OperatorRecord>,
  key: Uint8Array,
  following: Uint8Array | null,
  { witnesses, successor }: Pick<OperatorAsk, 'witnesses' | 'successor'>,
): OperatorRecord {
  const { record, hash } = last;
  const changes = !equalBytes(key, record.key);
  if (changes && !equalBytes(sha256(key), record.nextKeyHash))
    throw new CloudError(
      'OPERATOR_KEY_WRONG',
      `${keyFingerprint(key)} is neither the operator’s key nor the one its record names as next; nothing was signed`,
    );
  if (changes && following === null)
    throw new CloudError('USAGE', 'a new key names the one that may follow it: give --following');
  if (following !== null && equalBytes(following, key))
    throw new CloudError('USAGE', 'the key that may follow is another than the one that signs');
  return {
    ...{ rev: record.rev + 1, previous: hash, key },
    nextKeyHash: following === null ? record.nextKeyHash : sha256(following),
    witnesses: witnesses ?? record.witnesses,
    successor:
      successor === null
        ? record.successor
        : { chainId: successor.chainId, contract: parseAddress(successor.contract) },
  };
}

/** The newest record of a chain that hangs together from its first on. @throws CloudError USAGE, EvidenceError */
export function newestOperatorRecord(chain: readonly string[]): Opened<OperatorRecord> {
  const records = chain.map(fromBase64);
  const [first] = records;
  if (first === undefined)
    throw new CloudError('USAGE', 'the cloud knows no record of its operator');
  const opened = openOperatorChain(records, sha256(readOperatorRecord(first).record.key));
  return opened.at(-1) as Opened<OperatorRecord>;
}

/** @throws CloudError USAGE */
export function readWitnessKeys(written: readonly string[] | undefined): string[] | null {
  return (
    written?.map((text) => {
      try {
        if (parseNoteKey(text).type === 4) return text;
      } catch {
        // Told below, with what is expected.
      }
      throw new CloudError(
        'USAGE',
        `--witness ${text}: write a cosigner’s key, name+8 digits+base64`,
      );
    }) ?? null
  );
}

/** `1:0x60802b…`. @throws CloudError USAGE */
export function readSuccessor(written: string | undefined): OperatorAsk['successor'] {
  if (written === undefined) return null;
  const [, chainId, contract] = /^(\d{1,15}):(0x[0-9a-f]{40})$/.exec(written) ?? [];
  if (chainId !== undefined && contract !== undefined)
    return { chainId: Number(chainId), contract };
  throw new CloudError(
    'USAGE',
    `--successor ${written}: write CHAIN:ADDRESS, such as 1:0x60802b05…`,
  );
}
