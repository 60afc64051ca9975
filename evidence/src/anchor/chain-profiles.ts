/**
 * The chains whose blocks mean what the anchor log takes them to mean: block.number and blockhash are the chain's own,
 * and the tag "finalized" names a block that is not taken back. Chains not listed are refused until described.
 * @module
 */
export interface ChainProfile {
  readonly id: string;
  /** What the contract reads as block.chainid; null where each network of this kind has its own. */
  readonly chainId: number | null;
  /** The CREATE2 factory that creates anchor logs, and the keccak-256 of its code. */
  readonly factory: string;
  readonly factoryCodeHash: string;
  /** What a block with the tag "finalized" rests on. */
  readonly finality: string;
}

// The deterministic deployment proxy: 69 bytes of code behind a transaction nobody holds the key of, so that it
// stands at this address with this code on every chain that has it. Its input is salt 32 | creation code.
const FACTORY = {
  factory: '0x4e59b44847b379578588920ca78fbf26c0b4956c',
  factoryCodeHash: '0x2fa86add0aed31f33a762c9d88e807c475bd51d0f52bd0955754b2608f7e4989',
};

export const CHAIN_PROFILES: readonly ChainProfile[] = [
  {
    id: 'ethereum',
    chainId: 1,
    ...FACTORY,
    finality: 'two thirds of the stake of the Ethereum network',
  },
  {
    id: 'development',
    chainId: 0x516711,
    ...FACTORY,
    finality: 'one process on the machine of whoever runs it: it proves nothing to anybody else',
  },
];

export function findChainProfile(id: string): ChainProfile | undefined {
  return CHAIN_PROFILES.find((profile) => profile.id === id);
}
