/**
 * For tests: a ledger without a chain. Anchors are appended as the contract would, and its state is proven by
 * tries of one account and two slots.
 * @module
 */
import { keccak_256 } from '@noble/hashes/sha3.js';
import {
  type AnchorLeaf,
  anchorLeafHash,
  anchorLogAddress,
  type Call,
  callRoll,
  encodeCall,
  findChainProfile,
  formatPolicy,
  type LedgerProof,
  leafHash,
  originHash,
  parseAddress,
  parseCheckpoint,
  parseNote,
  readSlotRecord,
  sha256,
  treeRoot,
} from '@sigill/evidence';
import type { AnchorBundle } from '../ingest/anchor-bundle.ts';
import { type FixtureSite, START } from './site-fixture.ts';

export interface FixtureLedger {
  readonly policy: string;
  /** Calls the site's roll with this checkpoint, and those of other generations, anchors it, and tells what the gateway would. */
  anchor(note: string | null, ...others: readonly string[]): AnchorBundle;
  /** The same anchor again, final, with the state as it is now. */
  final(index: number): AnchorBundle;
  leafHash(index: number): Uint8Array;
}

const CHAIN_ID = 0x516711;

export function createLedger(
  site: FixtureSite,
  witnessLines: readonly string[] = [],
): FixtureLedger {
  const profile = findChainProfile('development');
  if (profile === undefined) throw new Error('the development chain is described');
  const roles = { operator: new Uint8Array(20).fill(1), guardian: new Uint8Array(20).fill(2) };
  const contract = anchorLogAddress(parseAddress(profile.factory), roles);
  const bundles: AnchorBundle[] = [];
  let calls: readonly Call[] = [];

  return {
    policy: formatPolicy({
      operator: site.operatorHash,
      ledger: { profile, chainId: CHAIN_ID, ...roles, contract, endpoints: [] },
      witnessLines,
      clockErrorMs: 5000,
    }),
    anchor(note, ...others) {
      const notes = note === null ? others : [note, ...others];
      const records = site.generations.map((one) => one.slotRecord());
      const before = calls;
      calls = callRoll(before, [
        {
          originHash: new Uint8Array(32),
          recordHash: payloadHash(site.operatorRecord),
          head: null,
        },
        ...site.generations.map((one, at) => ({
          originHash: originHash(one.origin),
          recordHash: readSlotRecord(records[at] as Uint8Array).hash,
          head: headOf(one, before[at + 1]?.size ?? 0, notes),
        })),
      ]).calls;
      const leaves = calls.map(encodeCall);
      const index = bundles.length;
      const anchor: AnchorLeaf = {
        chainId: CHAIN_ID,
        contract,
        index,
        rollRoot: treeRoot(leaves.map(leafHash)),
        slots: leaves.length,
        blockNumber: 100 + 10 * index,
        blockTime: START / 1000 + 600 * (index + 1),
        parentHash: sha256(Uint8Array.of(index)),
      };
      const bundle: AnchorBundle = {
        anchor,
        status: 'mined',
        calls: leaves,
        records: [site.operatorRecord, ...records],
        checkpoint: note,
        ledger: null,
      };
      bundles.push(bundle);
      return bundle;
    },
    final(index) {
      const bundle = bundles[index] as AnchorBundle;
      const root = treeRoot(bundles.map(({ anchor }) => anchorLeafHash(anchor)));
      const { blockNumber, blockTime } = (bundles.at(-1) as AnchorBundle).anchor;
      const ledger = proveState(
        contract,
        roles.operator,
        root,
        bundles.length,
        blockNumber,
        blockTime,
      );
      return { ...bundle, status: 'final', ledger };
    },
    leafHash: (index) => anchorLeafHash((bundles[index] as AnchorBundle).anchor),
  };
}

/** What one of the notes says of this log, with the path to it. */
function headOf(site: FixtureSite, before: number, notes: readonly string[]) {
  const note = notes.find((one) => one.startsWith(`${site.origin}\n`));
  if (note === undefined) return null;
  const { size, root } = parseCheckpoint(parseNote(note).text);
  const lines = site.addCheckpoint(before, note).split('\n\n', 1)[0]?.split('\n').slice(1) ?? [];
  return { size, root, path: lines.map((line) => Uint8Array.from(Buffer.from(line, 'base64'))) };
}

/** SHA-256 of what a COSE_Sign1 of ours signs. */
function payloadHash(cose: Uint8Array): Uint8Array {
  // D2 84 43 …… A0, then the payload's head: 58 and a length byte, or 59 and two.
  const at = 7;
  const wide = cose[at] === 0x59;
  const start = at + (wide ? 3 : 2);
  const length = wide ? Buffer.from(cose).readUInt16BE(at + 1) : (cose[at + 1] as number);
  return sha256(cose.subarray(start, start + length));
}

function proveState(
  contract: Uint8Array,
  operator: Uint8Array,
  root: Uint8Array,
  size: number,
  blockNumber: number,
  blockTime: number,
): LedgerProof {
  const head = Buffer.concat([uint(blockNumber, 6), uint(size, 6), operator]);
  const zero = leafNode(keccak_256(new Uint8Array(32)), rlp(trimmed(root)), 1);
  const one = leafNode(keccak_256(uint(1, 32)), rlp(trimmed(head)), 1);
  // The keys of the slots 0 and 1 begin with the digits 2 and b: one branch, two leaves.
  const children: Rlp[] = Array(17).fill(new Uint8Array(0));
  children[2] = keccak_256(zero);
  children[11] = keccak_256(one);
  const storageRoot = rlp(children);
  const account = rlp([
    Uint8Array.of(1),
    new Uint8Array(0),
    keccak_256(storageRoot),
    keccak_256(new Uint8Array(1)),
  ]);
  const accountLeaf = leafNode(keccak_256(contract), account, 0);
  const header: Rlp[] = Array(15).fill(new Uint8Array(32));
  header[3] = keccak_256(accountLeaf);
  header[8] = trimmed(uint(blockNumber, 8));
  header[11] = trimmed(uint(blockTime, 8));
  return {
    header: rlp(header),
    account: [accountLeaf],
    storage: [
      [storageRoot, zero],
      [storageRoot, one],
    ],
  };
}

type Rlp = Uint8Array | readonly Rlp[];

function rlp(value: Rlp): Uint8Array {
  const text = value instanceof Uint8Array;
  const content = text ? Buffer.from(value) : Buffer.concat(value.map(rlp));
  if (text && content.length === 1 && (content[0] as number) < 0x80)
    return Uint8Array.from(content);
  const base = text ? 0x80 : 0xc0;
  const length = trimmed(uint(content.length, 6));
  const head =
    content.length < 56 ? [base + content.length] : [base + 55 + length.length, ...length];
  return Uint8Array.from([...head, ...content]);
}

/** A leaf of a trie whose key begins after `skipped` digits: 0 or 1. */
function leafNode(key: Uint8Array, value: Uint8Array, skipped: 0 | 1): Uint8Array {
  const digits = Buffer.from(key).toString('hex').slice(skipped);
  const path = Buffer.from(skipped === 1 ? `3${digits}` : `20${digits}`, 'hex');
  return rlp([Uint8Array.from(path), value]);
}

function uint(value: number, bytes: number): Uint8Array {
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(2 * bytes, '0'), 'hex'));
}

function trimmed(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte !== 0);
  return Uint8Array.from(start < 0 ? [] : bytes.subarray(start));
}
