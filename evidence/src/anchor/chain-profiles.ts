/**
 * The chains whose blocks mean what the anchor log takes them to mean: block.number and blockhash are the chain's own,
 * and there is a way to tell a block that is not taken back. Chains not listed are refused until described.
 * @module
 */
/** How a block that is not taken back is told from others. */
export type Finality =
  /** A node says so, by its tag "finalized". */
  | { readonly kind: 'tag' }
  /** So many blocks lie on it. */
  | { readonly kind: 'depth'; readonly blocks: number }
  /** No block is made before the one below it is final. */
  | { readonly kind: 'immediate' };

export interface ChainProfile {
  readonly id: string;
  /** What the contract reads as block.chainid; null where each network of this kind has its own. */
  readonly chainId: number | null;
  /** The CREATE2 factory that creates anchor logs, and the keccak-256 of its code. */
  readonly factory: string;
  readonly factoryCodeHash: string;
  /** What a final block rests on. */
  readonly finality: string;
  /** How finality is told if nobody says otherwise. */
  readonly final: Finality;
  /** The least depth that may stand for finality where a node knows no tag; null where depth says nothing. */
  readonly leastDepth: number | null;
  /** Whether a header carries the seals of those who made it final, and how. */
  readonly seals: 'qbft' | null;
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
    final: { kind: 'tag' },
    leastDepth: 96, // three epochs: an undisturbed network makes a block final in two
    seals: null,
  },
  {
    id: 'development',
    chainId: 0x516711,
    ...FACTORY,
    finality: 'one process on the machine of whoever runs it: it proves nothing to anybody else',
    final: { kind: 'tag' },
    leastDepth: 1,
    seals: null,
  },
  {
    id: 'besu-qbft',
    chainId: null,
    ...FACTORY,
    finality: 'two thirds of the validators of its consortium',
    final: { kind: 'immediate' },
    leastDepth: 1,
    seals: 'qbft',
  },
];

export function findChainProfile(id: string): ChainProfile | undefined {
  return CHAIN_PROFILES.find((profile) => profile.id === id);
}
