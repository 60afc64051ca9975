import { describe, expect, it } from 'vitest';
import { anchorLogAddress, formatAddress, parseAddress } from '../anchor/anchor-log.ts';
import { findChainProfile } from '../anchor/chain-profiles.ts';
import { sealHeader, testValidators } from '../anchor/qbft-fixture.ts';
import { decodeRlpList } from '../anchor/rlp.ts';
import { testBytes } from '../testing/key-fixture.ts';
import { proveState } from '../testing/ledger-fixture.ts';
import { judgeBlock } from './block.ts';
import type { EvidenceFile } from './evidence-file.ts';
import { formatPolicy, type LedgerPolicy, type Policy, parsePolicy } from './policy.ts';

const profile = findChainProfile('besu-qbft')!;
const roles = { operator: testBytes('anchor account', 20), guardian: testBytes('guardian', 20) };
const contract = anchorLogAddress(parseAddress(profile.factory), roles);
const consortium = testValidators(4);
const addresses = consortium.map(({ address }) => address);
const BLOCK = 5000;

const ledger: LedgerPolicy = {
  ...{ profile, chainId: 2026, ...roles, contract, endpoints: [] },
  validators: [
    { from: 100, validators: testValidators(3, 'earlier').map(({ address }) => address) },
    { from: 4000, validators: addresses },
  ],
};
const policy = policyWith(ledger);
const text = formatPolicy(policy);

function policyWith(part: LedgerPolicy): Policy {
  const quorum = { witnessLines: ['quorum none'], clockErrorMs: 2000 };
  return parsePolicy(formatPolicy({ operator: testBytes('operator'), ledger: part, ...quorum }));
}

function sealedFile(signers = consortium): { file: EvidenceFile; hash: Uint8Array } {
  const log = {
    contract,
    operator: roles.operator,
    root: testBytes('root'),
    size: 9,
    lastBlock: 7,
  };
  const proof = proveState(log, BLOCK, 1_790_000_000);
  const fields = decodeRlpList(proof.header).map((item) =>
    item.kind === 'string' ? item.bytes : [],
  );
  const { header, hash } = sealHeader({ fields, listed: addresses, round: 1 }, signers);
  const file = { ledger: { ...proof, header }, anchors: { size: 9 } } as unknown as EvidenceFile;
  return { file, hash };
}

describe('the claim about a block whose header carries seals', () => {
  it('holds by the validators that the policy names, and nobody is asked', () => {
    expect(judgeBlock(sealedFile(consortium.slice(0, 3)).file, policy, [])).toEqual({
      value: null,
      provenBy: 'the seals of 3 of the 4 validators that the policy names for block 5000',
      trust: ['ledger'],
      facts: { block: 5000, profile: 'besu-qbft', sealed: 3, validators: 4 },
    });
  });

  it('does not hold with too few seals, or when a source knows another block of that number', () => {
    expect(() => judgeBlock(sealedFile(consortium.slice(0, 2)).file, policy, [])).toThrow(
      expect.objectContaining({ code: 'QBFT_SEALS' }),
    );
    const { file, hash } = sealedFile();
    const seen = { number: BLOCK, hash, source: 'a node' };
    expect(judgeBlock(file, policy, [seen]).trust).toEqual(['ledger']);
    const other = { ...seen, hash: testBytes('another block') };
    expect(() => judgeBlock(file, policy, [other])).toThrow(
      expect.objectContaining({ reason: 'OTHER_BLOCK' }),
    );
  });

  it('rests on sources again below the first height for which the policy names validators', () => {
    const later = policyWith({ ...ledger, validators: [{ from: 5001, validators: addresses }] });
    const { file, hash } = sealedFile();
    expect(() => judgeBlock(file, later, [])).toThrow(
      expect.objectContaining({ reason: 'NO_BLOCK_HEADER' }),
    );
    const seen = { number: BLOCK, hash, source: 'a node' };
    expect(judgeBlock(file, later, [seen]).trust).toEqual(['header-source', 'ledger']);
  });
});

describe('a policy for a chain whose headers carry seals', () => {
  it('is read back as it was written', () => {
    expect(policy.ledger).toEqual(ledger);
    expect(formatPolicy(parsePolicy(text))).toBe(text);
  });

  const [first, second] = addresses.map(formatAddress) as [string, string];
  it.each([
    ['no validators', text.replace(/,"validators":\[.*?\]\}\]/, ''), 'JSON_SCHEMA'],
    [
      'an empty list of sets',
      text.replace(/"validators":\[.*?\]\}\]/, '"validators":[]'),
      'POLICY_FORM',
    ],
    ['an empty set', text.replace(/"addresses":\[.*?\]/, '"addresses":[]'), 'POLICY_FORM'],
    ['sets out of order', text.replace('"from":100', '"from":4000'), 'POLICY_FORM'],
    ['a validator twice', text.replace(second, first), 'POLICY_FORM'],
    [
      'validators out of order',
      text.replace(`"${first}","${second}"`, `"${second}","${first}"`),
      'POLICY_FORM',
    ],
    ['a validator in capitals', text.replace(first, first.toUpperCase()), 'ADDRESS_FORM'],
    [
      'the number of a described chain',
      text.replace('"chainId":2026', '"chainId":1'),
      'POLICY_FORM',
    ],
    [
      'validators of a chain whose headers carry no seals',
      text.replace('"besu-qbft","chainId":2026', '"ethereum","chainId":1'),
      'JSON_SCHEMA',
    ],
  ])('with %s is refused', (_name, changed, code) => {
    expect(changed).not.toBe(text);
    expect(() => parsePolicy(changed)).toThrow(expect.objectContaining({ code }));
  });
});
