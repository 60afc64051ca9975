/**
 * Compiles AnchorLog.sol: `npm run build:contract`. The outputs are committed, so that running Sigill needs no compiler:
 * AnchorLog.json for the gateway, and the creation code for evidence, which recomputes contract addresses from it.
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import solc from 'solc';

// Every setting is explicit: the code, and so the address, must come out the same on every machine.
const SETTINGS = {
  evmVersion: 'prague',
  viaIR: true,
  optimizer: { enabled: true, runs: 1_000_000 }, // an anchor every ten minutes for years, one deployment
  // Without metadata the code depends on nothing but the source's meaning: comments and paths leave no trace.
  metadata: { appendCBOR: false, bytecodeHash: 'none' },
};
const OUTPUTS = ['abi', 'evm.bytecode.object', 'evm.deployedBytecode', 'storageLayout'];

export interface Artifact {
  readonly path: URL;
  readonly text: string;
}

/** What the sources give, as the files it is committed in. */
export function compileAnchorLog(): readonly Artifact[] {
  const output = compile(readFileSync(new URL('./AnchorLog.sol', import.meta.url), 'utf8'));
  const { abi, evm, storageLayout } = output;
  const artifact = {
    compiler: { version: solc.version(), settings: SETTINGS },
    abi,
    bytecode: `0x${evm.bytecode.object}`,
    deployedBytecode: `0x${evm.deployedBytecode.object}`,
    immutableReferences: Object.values(evm.deployedBytecode.immutableReferences).flat(),
    storageLayout: storageLayout.storage.map(({ label, slot, offset }) => ({
      label,
      slot,
      offset,
    })),
  };
  return [
    {
      path: new URL('./AnchorLog.json', import.meta.url),
      text: `${JSON.stringify(artifact, null, 2)}\n`,
    },
    {
      path: new URL('../../evidence/src/anchor/generated/anchor-log-code.ts', import.meta.url),
      text: evidenceModule(evm.bytecode.object),
    },
  ];
}

interface ContractOutput {
  readonly abi: readonly unknown[];
  readonly evm: {
    readonly bytecode: { readonly object: string };
    readonly deployedBytecode: {
      readonly object: string;
      readonly immutableReferences: Record<string, { start: number; length: number }[]>;
    };
  };
  readonly storageLayout: {
    readonly storage: readonly { label: string; slot: string; offset: number }[];
  };
}

function compile(source: string): ContractOutput {
  const input = {
    language: 'Solidity',
    sources: { 'AnchorLog.sol': { content: source } },
    settings: { ...SETTINGS, outputSelection: { '*': { AnchorLog: OUTPUTS } } },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input)));
  const messages = (output.errors ?? []).map(
    (e: { formattedMessage: string }) => e.formattedMessage,
  );
  if (messages.length > 0)
    throw new Error(`AnchorLog.sol does not compile cleanly:\n${messages.join('\n')}`);
  return output.contracts['AnchorLog.sol'].AnchorLog;
}

function evidenceModule(code: string): string {
  return `/**
 * The creation code of gateway/contracts/AnchorLog.sol, without its arguments. Made by \`npm run build:contract\`.
 * @module
 */
export const ANCHOR_LOG_CREATION_CODE =
  '${code}';
`;
}

if (import.meta.main) {
  for (const { path, text } of compileAnchorLog()) writeFileSync(path, text);
}
