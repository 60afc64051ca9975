import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress } from '../anchor/anchor-log.ts';
import { toBase64 } from '../bytes/bytes.ts';
import { testTextCodec } from '../testing/codec-contract.ts';
import { honestWorld, policyOf } from '../testing/evidence-fixture.ts';
import { testBytes } from '../testing/key-fixture.ts';
import { formatPolicy, type Policy, parsePolicy } from './policy.ts';

const { world, policy } = honestWorld();
const text = formatPolicy(policy);

testTextCodec<Policy>('a policy', {
  encode: formatPolicy,
  // One newline at the end of a file is not of the policy: with it, the text must be just this.
  decode: (given) => parsePolicy(`${given}\n`),
  values: fc.record({
    operator: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    ledger: fc.constantFrom(null, world.ledger, {
      ...world.ledger,
      endpoints: ['http://a', 'ws://b'],
    }),
    witnessLines: fc.constant(policy.witnessLines),
    witnesses: fc.constant(policy.witnesses),
    clockErrorMs: fc.maxSafeNat(),
  }),
});

describe('parsePolicy', () => {
  it('takes the newline that editors put at the end of a file, one and no more', () => {
    expect(parsePolicy(`${text}\n`)).toEqual(policy);
    expect(() => parsePolicy(`${text}\n\n`)).toThrow(
      expect.objectContaining({ code: 'JSON_NOT_CANONICAL' }),
    );
  });

  it('recomputes the contract’s address from the factory, our code and the two accounts', () => {
    const { operator, guardian } = world.ledger;
    const other = formatAddress(testBytes('other', 20));
    for (const account of [operator, guardian])
      expect(() => parsePolicy(text.replace(formatAddress(account), other))).toThrow(
        expect.objectContaining({ code: 'POLICY_FORM' }),
      );
    const contract = testBytes('other', 20);
    expect(() => policyOf(world, { ledger: { ...world.ledger, contract } })).toThrow(
      'follows from',
    );
  });

  it.each([
    ['a chain that is not described', text.replace('"development"', '"polygon"'), 'POLICY_FORM'],
    ['the chain id of another chain', text.replace(/"chainId":\d+/, '"chainId":1'), 'POLICY_FORM'],
    [
      'an operator hash of 31 bytes',
      text.replace(/"operator":"[^"]+"/, `"operator":"${toBase64(testBytes('x', 31))}"`),
      'POLICY_FORM',
    ],
    [
      'an address in capitals',
      text.replace(/0x[0-9a-f]{40}/, (hex) => hex.toUpperCase()),
      'ADDRESS_FORM',
    ],
    ['no quorum', text.replace(',"quorum all"', ''), 'POLICY_FORM'],
    ['another format', text.replace('@v1', '@v2'), 'JSON_SCHEMA'],
    ['a key that is unknown', text.replace('{', '{"note":"",'), 'JSON_SCHEMA'],
    ['a missing ledger', text.replace(/"ledger":\{.*?\},/, ''), 'JSON_SCHEMA'],
  ])('refuses %s', (_name, changed, code) => {
    expect(() => parsePolicy(changed)).toThrow(expect.objectContaining({ code }));
  });
});
