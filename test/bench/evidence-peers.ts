/**
 * Other libraries' Merkle trees beside ours, where they are installed. They are of other kinds (nodes doubled or pairs
 * sorted), so they could not take our tree's place; this is about speed alone.
 * @module
 */
import { hash as hashOnce } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { makeLeaves, rate } from '../../evidence/src/testing/bench-fixture.ts';

export interface PeerRates {
  readonly name: string;
  readonly version: string;
  /** A second: leaves put into a tree, proofs made, proofs judged. */
  readonly leaves: number;
  readonly made: number;
  readonly judged: number;
}

// What the benchmark needs of them; they bring no types into this repository.
interface MerkleTreeJs {
  readonly MerkleTree: new (
    leaves: Buffer[],
    hash: (bytes: Buffer) => Buffer,
  ) => {
    getRoot(): Buffer;
    getProof(leaf: Buffer): unknown[];
    verify(proof: unknown[], leaf: Buffer, root: Buffer): boolean;
  };
}
interface OpenZeppelin {
  readonly StandardMerkleTree: {
    of(
      values: [string][],
      types: ['bytes32'],
    ): {
      readonly root: string;
      getProof(at: number): string[];
      verify(at: number, proof: string[]): boolean;
    };
  };
}

/** SIGILL_PEERS: a folder with a node_modules of its own, if they are not in ours. */
const load = createRequire(
  process.env.SIGILL_PEERS ? `${process.env.SIGILL_PEERS}/` : import.meta.url,
);

/** Null: not installed. */
export function merkletreejs(leafCount: number, proofCount: number): PeerRates | null {
  const found = tryLoad<MerkleTreeJs>('merkletreejs');
  if (found === null) return null;
  const hash = (bytes: Buffer) => hashOnce('sha256', bytes, 'buffer');
  const entries = makeLeaves(leafCount).map((leaf) => Buffer.from(leaf));
  let leaves: Buffer[] = [];
  const grow = () => {
    leaves = entries.map(hash);
    const tree = new found.module.MerkleTree(leaves, hash);
    tree.getRoot();
    return tree;
  };
  const [leafRate, tree] = timed(leafCount, grow);
  const at = (made: number) => leaves[(made * 7919) % leafCount]!;
  const [made, proofs] = timed(proofCount, () => repeat(proofCount, (n) => tree.getProof(at(n))));
  const root = tree.getRoot();
  const [judged] = timed(proofCount, () =>
    proofs.map((proof, n) => tree.verify(proof, at(n), root)),
  );
  return { name: 'merkletreejs', version: found.version, leaves: leafRate, made, judged };
}

/** Null: not installed. It hashes with keccak-256, as Solidity does. */
export function openZeppelin(leafCount: number, proofCount: number): PeerRates | null {
  const found = tryLoad<OpenZeppelin>('@openzeppelin/merkle-tree');
  if (found === null) return null;
  const values = repeat(leafCount, (n): [string] => [`0x${n.toString(16).padStart(64, '0')}`]);
  const [leaves, tree] = timed(leafCount, () =>
    found.module.StandardMerkleTree.of(values, ['bytes32']),
  );
  const at = (n: number) => (n * 7919) % leafCount;
  const [made, proofs] = timed(proofCount, () => repeat(proofCount, (n) => tree.getProof(at(n))));
  const [judged] = timed(proofCount, () => proofs.map((proof, n) => tree.verify(at(n), proof)));
  return { name: '@openzeppelin/merkle-tree', version: found.version, leaves, made, judged };
}

function tryLoad<Module>(name: string): { module: Module; version: string } | null {
  try {
    return { module: load(name), version: versionOf(name) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}

/** Of the package.json next to its files, which not every package exports. */
function versionOf(name: string): string {
  const [folder = ''] = load.resolve(name).split(`node_modules/${name}/`);
  const file = `${folder}node_modules/${name}/package.json`;
  return JSON.parse(readFileSync(file, 'utf8')).version;
}

function timed<T>(count: number, work: () => T): [number, T] {
  let result: T | undefined;
  const measured = rate(count, () => {
    result = work();
  });
  return [measured, result as T];
}

function repeat<T>(count: number, make: (n: number) => T): T[] {
  return Array.from({ length: count }, (_, n) => make(n));
}
