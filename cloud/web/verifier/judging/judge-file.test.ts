import { utf8 } from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import {
  earlierFile,
  recordedBlock,
  recordedFile,
  recordedPolicy,
} from '../../testing/recorded-fixture.ts';
import type { SeenHash } from './examination.ts';
import { judgeFile } from './judge-file.ts';
import { outcomeOf } from './outcome.ts';

const policy = new TextDecoder().decode(recordedPolicy);
const block: SeenHash = { ...recordedBlock, hash: recordedBlock.hash.slice(2) };
const outcome = (file: Uint8Array, trusted: string | null, seen: SeenHash | null) =>
  outcomeOf(judgeFile({ file, policy: trusted, block: seen }), trusted !== null).name;

describe('a judged reading', () => {
  it('holds as far as a page without decoders checks, once the block was compared', () => {
    const judged = judgeFile({ file: recordedFile, policy, block });
    if (judged.outcome !== 'judged') throw new Error(judged.detail);
    const open = judged.claims.filter(({ holds }) => holds !== 'yes');
    expect(open.map(({ claim, reason }) => `${claim} ${reason}`)).toEqual(['decoded NO_DECODER']);
    expect(outcome(recordedFile, policy, block)).toBe('page');
    expect(judged.reading).toMatchObject({ source: 'house-17', leading: { unit: 'kW' } });
  });

  it('leaves one step to the person until then, and says when the block is another', () => {
    expect(outcome(recordedFile, policy, null)).toBe('block');
    expect(outcome(recordedFile, policy, { ...block, hash: '0'.repeat(64) })).toBe('broken');
    const elsewhere = { ...block, number: block.number + 1 };
    expect(outcome(recordedFile, policy, elsewhere)).toBe('block');
  });

  it('asks for a policy, and waits for an anchor', () => {
    expect(outcome(recordedFile, null, null)).toBe('policy');
    expect(outcome(earlierFile(), policy, null)).toBe('waits');
  });

  it('is broken by a byte, and refused where its form is', () => {
    const text = new TextDecoder().decode(recordedFile);
    const at = text.indexOf('"bytes":"') + 100;
    const spoiled = `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
    expect(outcome(utf8(spoiled), policy, block)).toBe('broken');
    const codeOf = (file: Uint8Array) => {
      const judged = judgeFile({ file, policy, block });
      return judged.outcome === 'refused' ? judged.code : null;
    };
    expect(codeOf(utf8(JSON.stringify(JSON.parse(text), null, 2)))).toBe('JSON_NOT_CANONICAL');
    expect(codeOf(utf8(text.slice(0, -10)))).toBe('JSON_SCHEMA');
    expect(codeOf(Uint8Array.of(0x7b, 0xff))).toBe('UTF8_SYNTAX');
  });

  it('is named by the hash of its file, refused or not', () => {
    const { fileHash } = judgeFile({ file: utf8('x'), policy: null, block: null });
    expect(fileHash).toBe('2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881');
  });
});
