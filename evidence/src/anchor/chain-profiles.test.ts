import { keccak_256 } from '@noble/hashes/sha3.js';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../bytes/bytes.ts';
import { parseAddress } from './anchor-log.ts';
import { CHAIN_PROFILES, findChainProfile } from './chain-profiles.ts';

// The proxy's 69 bytes: create2(0, input[32..], input[0..32]), answer the address, or revert with nothing.
const FACTORY_CODE =
  '7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3';

describe('chain profiles', () => {
  it('pin the factory by its address and the hash of its code', () => {
    const hash = `0x${toHex(keccak_256(fromHex(FACTORY_CODE)))}`;
    for (const profile of CHAIN_PROFILES) {
      expect(parseAddress(profile.factory)).toHaveLength(20);
      expect(profile.factoryCodeHash).toBe(hash);
    }
  });

  it('are found by id; chains nobody described are not', () => {
    expect(findChainProfile('ethereum')?.chainId).toBe(1);
    expect(findChainProfile('development')?.chainId).toBe(5334801);
    expect(findChainProfile('some-rollup')).toBeUndefined();
  });
});
