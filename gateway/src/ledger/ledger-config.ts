/**
 * The part of gateway.yaml that says where a gateway anchors.
 * @module
 */

import type { ConfigSection } from '@sigill/edge';
import type { Finality } from '@sigill/evidence';

export type LedgerConfig =
  | { readonly kind: 'none' }
  | { readonly kind: 'development'; readonly port: number }
  | {
      readonly kind: 'evm';
      /** Addresses of nodes, one or more. */
      readonly rpc: readonly string[];
      readonly contract: string;
      readonly account: AccountConfig;
      /** Null: as the chain's profile has it. */
      readonly finality: Finality | null;
      /** Null: more than half of the nodes. */
      readonly agree: number | null;
      readonly maxFeeGwei: number;
      readonly bumpAfterMs: number;
    };

/** Who signs for the account that anchors. No key ever stands in a configuration file. */
export type AccountConfig =
  | { readonly kind: 'keystore'; readonly path: string }
  | { readonly kind: 'signer'; readonly url: string; readonly address: string };

const DEVELOPMENT_PORT = 7446;
const MAX_FEE_GWEI = 300; // an anchor of 50,000 gas then costs 0.015 ether at the most
const BUMP_AFTER_MS = 120_000; // ten blocks of Ethereum
const URL_FORM = /^https?:\/\/./;
const ADDRESS_FORM = /^0x[0-9a-fA-F]{40}$/;
const NODE = 'the address of a node, such as http://127.0.0.1:8545, or a list of them';
const FINALITY = 'finalized, immediate, or { depth: 96 }';

/** @throws EdgeError CONFIG_INVALID */
export function readLedger(root: ConfigSection, at: (file: string) => string): LedgerConfig {
  const expected = 'none, development, or { rpc, contract, keystore }';
  const written = root.value('ledger') ?? 'none';
  if (written === 'none') return { kind: 'none' };
  if (written === 'development') return { kind: 'development', port: DEVELOPMENT_PORT };
  if (typeof written !== 'object') throw root.invalid('ledger', written, expected);
  const section = root.section('ledger', [
    ...['development', 'rpc', 'contract', 'keystore', 'signer'],
    ...['finality', 'agree', 'maxFeeGwei', 'bumpAfterMs'],
  ]);
  if (!section.isAbsent('development')) {
    const development = section.section('development', ['port']);
    return { kind: 'development', port: development.count('port', 0, DEVELOPMENT_PORT) };
  }
  const rpc = readNodes(section);
  return {
    ...{ kind: 'evm', rpc },
    contract: section.text('contract', ADDRESS_FORM, 'the 0x… address of AnchorLog'),
    account: readAccount(section, at),
    finality: readFinality(section),
    agree: readAgree(section, rpc.length),
    maxFeeGwei: section.count('maxFeeGwei', 0, MAX_FEE_GWEI),
    bumpAfterMs: section.count('bumpAfterMs', 1_000, BUMP_AFTER_MS),
  };
}

function readNodes(section: ConfigSection): string[] {
  const written = section.value('rpc');
  const nodes = Array.isArray(written)
    ? section.texts('rpc', NODE)
    : [section.text('rpc', /./, NODE)];
  const wrong = nodes.find((url) => !URL_FORM.test(url) || !URL.canParse(url));
  if (wrong !== undefined) throw section.invalid('rpc', wrong, NODE);
  if (new Set(nodes).size < nodes.length)
    throw section.invalid(
      'rpc',
      written,
      'each node once: one that is asked twice confirms nothing',
    );
  return nodes;
}

function readAccount(section: ConfigSection, at: (file: string) => string): AccountConfig {
  if (section.isAbsent('signer'))
    return {
      kind: 'keystore',
      path: at(section.text('keystore', /./, 'the file of the account that anchors')),
    };
  if (!section.isAbsent('keystore'))
    throw section.invalid('signer', section.value('signer'), 'either a keystore or a signer');
  const signer = section.section('signer', ['url', 'address']);
  return {
    kind: 'signer',
    url: signer.text('url', URL_FORM, 'the address of a signer, such as http://127.0.0.1:9000'),
    address: signer.text('address', ADDRESS_FORM, 'the 0x… address of the account').toLowerCase(),
  };
}

function readFinality(section: ConfigSection): Finality | null {
  const written = section.value('finality');
  if (written === undefined) return null;
  if (written === 'finalized') return { kind: 'tag' };
  if (written === 'immediate') return { kind: 'immediate' };
  const depth = section.section('finality', ['depth'], FINALITY);
  if (depth.isAbsent('depth')) throw section.invalid('finality', written, FINALITY);
  return { kind: 'depth', blocks: depth.count('depth', 1, 96) };
}

function readAgree(section: ConfigSection, nodes: number): number | null {
  if (section.isAbsent('agree')) return null;
  const agree = section.count('agree', 1, nodes);
  if (agree > nodes)
    throw section.invalid('agree', agree, `at most ${nodes}, as many as there are nodes`);
  return agree;
}
