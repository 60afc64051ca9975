import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import artifact from './AnchorLog.json' with { type: 'json' };
import { compileAnchorLog } from './compile.ts';

describe('the committed output of AnchorLog.sol', () => {
  it('is what the sources give', () => {
    const outputs = compileAnchorLog();
    expect(outputs).toHaveLength(2);
    for (const { path, text } of outputs) expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('keeps the storage layout that evidence reads', () => {
    expect(artifact.storageLayout).toEqual([
      { label: 'root', slot: '0', offset: 0 },
      { label: 'operator', slot: '1', offset: 0 },
      { label: 'size', slot: '1', offset: 20 },
      { label: 'lastBlock', slot: '1', offset: 26 },
    ]);
  });

  it('has no way to call foreign code, to delegate or to destroy itself', () => {
    expect(opcodes(artifact.deployedBytecode)).toEqual(new Set(['STATICCALL']));
  });
});

const DANGEROUS = new Map([
  [0xf0, 'CREATE'],
  [0xf1, 'CALL'],
  [0xf2, 'CALLCODE'],
  [0xf4, 'DELEGATECALL'],
  [0xf5, 'CREATE2'],
  [0xfa, 'STATICCALL'],
  [0xff, 'SELFDESTRUCT'],
]);

/** The calling and destroying instructions of EVM code; data behind PUSH is stepped over. */
function opcodes(code: string): Set<string> {
  const bytes = Buffer.from(code.slice(2), 'hex');
  const found = new Set<string>();
  for (let at = 0; at < bytes.length; at++) {
    const opcode = bytes[at] as number;
    const name = DANGEROUS.get(opcode);
    if (name !== undefined) found.add(name);
    if (opcode >= 0x60 && opcode <= 0x7f) at += opcode - 0x5f;
  }
  return found;
}
