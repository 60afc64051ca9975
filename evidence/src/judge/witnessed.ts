/**
 * Whether the policy's witnesses saw the checkpoint, and whose witnesses they are.
 * @module
 */
import { toHex } from '../bytes/bytes.ts';
import type { Checkpoint } from '../log/checkpoint.ts';
import { parseNoteKey } from '../log/signed-note.ts';
import { type Established, need, Refuted, Unchecked } from './claims.ts';
import type { EvidenceParts } from './evidence-parts.ts';
import type { Policy } from './policy.ts';
import type { OperatorChain } from './registration.ts';
import { isQuorum, judgeQuorum } from './witness-quorum.ts';

export function judgeWitnessed(
  file: EvidenceParts,
  policy: Policy | null,
  checkpoint: Checkpoint | null,
  chain: OperatorChain | null,
): Established<null> {
  if (policy === null) throw new Unchecked('NO_POLICY', 'no policy names witnesses');
  if (policy.witnesses.quorum === null)
    throw new Unchecked('NO_WITNESS_IN_POLICY', 'the policy asks for no witness');
  need(checkpoint, 'the checkpoint');
  const { met, seenBy } = judgeQuorum(policy.witnesses, file.log.checkpoint);
  if (!met)
    throw new Refuted('QUORUM_NOT_MET', `seen by ${seenBy.length} of the policy’s witnesses`);
  const own = new Set(chain?.flatMap(({ record: { witnesses } }) => witnesses.map(keyOf)) ?? []);
  const names = seenBy.map(({ name }) => name);
  const owned = names.filter((name) =>
    own.has(toHex(policy.witnesses.witnesses.get(name)!.publicKey)),
  );
  const others = names.filter((name) => !owned.includes(name));
  return {
    value: null,
    provenBy: `cosignatures of ${names.join(', ')}${owned.length > 0 ? ` (the operator’s own: ${owned.join(', ')})` : ''}`,
    trust: [
      ...(others.length > 0 ? (['witnesses'] as const) : []),
      ...(isQuorum(policy.witnesses, others) ? [] : (['own-witnesses'] as const)),
    ],
    facts: {
      witnesses: names.join(', '),
      own: owned.join(', '),
      time: Math.max(...seenBy.map(({ time }) => time)) * 1000,
    },
  };
}

function keyOf(witness: string): string {
  return toHex(parseNoteKey(witness).publicKey);
}
