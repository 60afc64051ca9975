/**
 * For the benchmark: pieces of work that time themselves, in Node and in a browser alike. They make nothing that needs
 * a private key, so that one script serves both.
 */
import { fromHex } from '../bytes/bytes.ts';
import { sha256 } from '../crypto/index.ts';
import { parseEvidence } from '../judge/evidence-file.ts';
import { judge } from '../judge/judge.ts';
import { judgeRange } from '../judge/judge-range.ts';
import { parsePolicy } from '../judge/policy.ts';
import { parseRange } from '../judge/range-file.ts';
import { isProven } from '../judge/verdict.ts';
import { inclusionPath, verifyInclusion } from '../log/inclusion.ts';
import { createCompactRange, hashesOf, leafHash, rootAt, treeRoot } from '../log/merkle-tree.ts';
import { type TileCoordinates, tilesAfterAppend } from '../log/tiles.ts';
import { decodeTemperature } from './decode-fixture.ts';

/** As JSON, so that it can be handed to a page. */
export interface FileToJudge {
  readonly kind: 'reading' | 'range';
  readonly text: string;
  readonly policy: string;
  readonly blocks: readonly { readonly number: number; readonly hash: string }[];
}

const LEAF_BYTES = 168; // a reading of one field
const LOG_STEP = 256; // entries that a log takes in at once
const PROOFS_TREE = 65_536;

/** Hashes a second of one node: 65 bytes. */
export function hashRate(count: number): number {
  const node = new Uint8Array(65);
  return rate(count, () => {
    for (let made = 0; made < count; made += 1) node.set(sha256(node), 1);
  });
}

/** Leaves a second: hashed and put into the tree of a batch. */
export function batchRate(count: number): number {
  const leaves = makeLeaves(count);
  return rate(count, () => treeRoot(leaves.map(leafHash)));
}

/** Leaves a second: hashed, put into the tiles of a log and under its new root, some at a time. */
export function logRate(count: number): number {
  const leaves = makeLeaves(count);
  return rate(count, () => {
    const range = createCompactRange();
    const kept = new Map<string, Uint8Array>();
    const name = ({ level, index }: TileCoordinates) => `${level} ${index}`;
    for (let at = 0; at < count; at += LOG_STEP) {
      const hashes = leaves.slice(at, at + LOG_STEP).map(leafHash);
      for (const tile of tilesAfterAppend(at, hashes, (wanted) => kept.get(name(wanted))!))
        kept.set(name(tile), tile.bytes);
      for (const hash of hashes) range.append(hash);
      range.root();
    }
  });
}

/** Inclusion paths a second, made and verified, in a tree whose hashes are there. */
export function proofRates(count: number): { readonly made: number; readonly judged: number } {
  const hashes = makeLeaves(PROOFS_TREE).map(leafHash);
  const read = hashesOf(hashes);
  const root = rootAt(PROOFS_TREE, read);
  const index = (at: number) => (at * 7919) % PROOFS_TREE;
  const paths: Uint8Array[][] = [];
  const made = rate(count, () => {
    for (let at = 0; at < count; at += 1) paths.push(inclusionPath(index(at), PROOFS_TREE, read));
  });
  const judged = rate(count, () => {
    for (const [at, path] of paths.entries())
      verifyInclusion(index(at), PROOFS_TREE, hashes[index(at)]!, path, root);
  });
  return { made, judged };
}

/** Milliseconds of each judging of a file, the first one of this process among them. */
export function judgeTimes(file: FileToJudge, runs: number): number[] {
  const policy = parsePolicy(file.policy);
  const blocks = file.blocks.map(({ number, hash }) => ({
    ...{ number, hash: fromHex(hash), source: 'elsewhere' },
  }));
  const options = { blocks, decodeAgain: decodeTemperature };
  return Array.from({ length: runs }, () => {
    const started = spentMs();
    const verdict =
      file.kind === 'reading'
        ? judge(parseEvidence(file.text), policy, options)
        : judgeRange(parseRange(file.text), policy, options);
    const ms = spentMs() - started;
    if (!isProven(verdict)) throw new Error('the file is not proven');
    return ms;
  });
}

export function makeLeaves(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, at) => {
    const leaf = new Uint8Array(LEAF_BYTES);
    new DataView(leaf.buffer).setUint32(0, at);
    return leaf;
  });
}

export function rate(count: number, work: () => void): number {
  const started = spentMs();
  work();
  return (1000 * count) / (spentMs() - started);
}

/** Of the processor, where a process can know: what else the machine does then changes little. In a page, of the clock. */
function spentMs(): number {
  const { process } = globalThis as { process?: { cpuUsage(): { user: number; system: number } } };
  if (process === undefined) return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
