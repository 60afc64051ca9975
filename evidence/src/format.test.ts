/** FORMAT.md and README.md hold: every example on the page decodes, verifies and is what the code makes. */
import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { anchorLeafHash } from './anchor/anchor-log.ts';
import {
  boxFingerprint,
  boxHash,
  isEnrolmentMac,
  openEnrolmentRequest,
} from './anchor/enrolment.ts';
import { decodeEnrolmentAnswer } from './anchor/enrolment-answer.ts';
import { parseEnrolmentCode } from './anchor/enrolment-code.ts';
import { openErasure } from './anchor/erasure.ts';
import { openOperatorChain, openSlotRecord } from './anchor/register.ts';
import { decodeCall } from './anchor/roll-call.ts';
import { equalBytes, fromHex, toHex, utf8 } from './bytes/bytes.ts';
import { sha256 } from './crypto/index.ts';
import { parseEvidence } from './judge/evidence-file.ts';
import { judge } from './judge/judge.ts';
import { judgeRange } from './judge/judge-range.ts';
import { parsePolicy } from './judge/policy.ts';
import { parseRange } from './judge/range-file.ts';
import { CLAIMS, isProven } from './judge/verdict.ts';
import { decodeSign1 } from './keys/cose-sign1.ts';
import { openCheckpoint, originHash } from './log/checkpoint.ts';
import { leafHash, treeRoot } from './log/merkle-tree.ts';
import { parseReceipt, verifyReceipt } from './log/receipt.ts';
import { parseNoteKey } from './log/signed-note.ts';
import { cosignedAt } from './log/witnessing.ts';
import { agentId, decodeReading, formatValue } from './reading/reading.ts';
import { checkContents, decodeBatch } from './seal/batch.ts';
import { decodeHeader, openSeal } from './seal/seal.ts';
import { decodeTemperature } from './testing/decode-fixture.ts';
import { formatExamples } from './testing/format-examples-fixture.ts';
import { verify } from './testing/readme-example-fixture.ts';
import { failuresOf } from './testing/verdict-fixture.ts';

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const page = read('../FORMAT.md');
const blocks = new Map(
  [...page.matchAll(/^```((?:hex|text|json) [a-z-]+)\n(.*?)\n```$/gms)].map(([, name, text]) => [
    name!,
    text!,
  ]),
);
const text = (name: string) => blocks.get(name)!;
/** What stands before each remark. */
const hex = (name: string) => fromHex(text(`hex ${name}`).replace(/#.*$/gm, '').replace(/\s/g, ''));

describe('FORMAT.md', () => {
  it('shows the examples that the code makes, all of them', () => {
    expect(Object.fromEntries(blocks)).toEqual(Object.fromEntries(formatExamples()));
  });

  it('a reading, by the agent whose key it is, of the frame it names', () => {
    const reading = decodeReading(hex('reading'));
    expect(reading.agent).toEqual(agentId(hex('agent-key')));
    expect(formatValue(reading.fields[0]!.value)).toBe('20.30');
    expect(reading.origin.frameHash).toEqual(sha256(utf8('temperature 20.30 Cel\r\n')));
  });

  it('a header, its seal, and the batch they close', () => {
    const header = decodeHeader(hex('header'));
    const opened = openSeal(hex('seal'), hex('agent-key'));
    expect(opened).toEqual({ header, headerBytes: hex('header') });
    const batch = decodeBatch(hex('batch'));
    expect(batch.seal).toEqual(hex('seal'));
    expect(header.root).toEqual(treeRoot(batch.readings.map(leafHash)));
    expect(checkContents(batch, header).readings[1]?.seq).toBe(decodeReading(hex('reading')).seq);
    expect(toHex(batch.readings[1]!)).toBe(toHex(hex('reading')));
  });

  it('a checkpoint, a cosignature under it, and a receipt', () => {
    const note = `${text('text checkpoint')}\n`;
    const [origin = ''] = note.split('\n');
    const { checkpoint } = openCheckpoint(note, origin, hex('log-key'));
    const witness = parseNoteKey(text('text witness-key'));
    expect(cosignedAt(`${note}${text('text cosignature')}\n`, witness)).toBeGreaterThan(0);
    const receipt = parseReceipt(`${text('text receipt')}\n`);
    expect(verifyReceipt(receipt, hex('seal'), origin, hex('log-key'))).toEqual(checkpoint);
    expect(decodeHeader(hex('header')).log).toEqual(originHash(origin));
  });

  it('records, the call that carries one, and the anchor that carries the call', () => {
    const file = parseEvidence(text('json evidence'));
    const [record] = file.records.slot;
    const opened = openSlotRecord(record!, hex('operator-key'));
    expect(opened.hash).toEqual(sha256(hex('record')));
    expect(opened.record.logKey).toEqual(hex('log-key'));
    const call = decodeCall(hex('call'));
    expect(call.recordHash).toEqual(opened.hash);
    const chain = openOperatorChain(file.records.operator, sha256(hex('operator-key')));
    expect(chain[0]!.hash).toEqual(sha256(hex('operator-record')));
    expect(file.rollCalls![0]!.slot.call).toEqual(hex('call'));
  });

  it('a policy and a file under which every claim holds, and the anchor leaf among them', () => {
    const policy = parsePolicy(text('json policy'));
    const file = parseEvidence(text('json evidence'));
    const { block } = judge(file, policy);
    const options = { blocks: [{ ...block!, source: 'page' }], decodeAgain: decodeTemperature };
    const verdict = judge(file, policy, options);
    expect(isProven(verdict)).toBe(true);
    expect(policy.operator).toEqual(sha256(hex('operator-key')));
    const leaf = file.anchors!.leaves.find(({ index }) => index === file.rollCalls![0]!.anchor)!;
    const { chainId, contract } = policy.ledger!;
    const expected = anchorLeafHash({ ...leaf, chainId, contract });
    expect(equalBytes(leafHash(hex('anchor-leaf')), expected)).toBe(true);
  });

  it('a range of the same batch, in which the reading was erased', () => {
    const policy = parsePolicy(text('json policy'));
    const file = parseRange(text('json range'));
    const word = openErasure(file.erasures[0]!, hex('operator-key'));
    expect(decodeSign1(file.erasures[0]!).payload).toEqual(hex('erasure'));
    expect(word.leafHash).toEqual(leafHash(hex('reading')));
    expect(file.batches.at(-1)!.header).toEqual(hex('header'));
    const { block } = judgeRange(file, policy);
    const options = { blocks: [{ ...block!, source: 'page' }], decodeAgain: decodeTemperature };
    const verdict = judgeRange(file, policy, options);
    expect(failuresOf(verdict)).toEqual({ complete: 'not checked ERASED' });
    expect(verdict.streams[0]!.holes).toEqual([{ n: 4, erased: word.reason }]);
  });

  it('an enrolment: code, request, MAC, fingerprint, answer', () => {
    const { secret } = parseEnrolmentCode(text('text enrolment-code'));
    const request = openEnrolmentRequest(hex('enrolment-request'));
    expect(request.agentKey).toEqual(hex('agent-key'));
    expect(request.logKey).toEqual(hex('log-key'));
    expect(isEnrolmentMac(secret, hex('enrolment-request'), hex('enrolment-mac'))).toBe(true);
    expect(boxFingerprint(request)).toBe(text('text enrolment-fingerprint'));
    const answer = decodeEnrolmentAnswer(hex('enrolment-answer'));
    expect(answer.box).toEqual(boxHash(request));
    expect(answer.nonce).toEqual(request.nonce);
  });

  it('has a line for each claim, each reason and each error code, and no other', () => {
    const codesIn = (source: string, type: string) =>
      [
        ...source
          .slice(source.indexOf(`type ${type} =`))
          .split(';')[0]!
          .matchAll(/'([A-Z_0-9]+)'/g),
      ]
        .map(([, code]) => code!)
        .toSorted();
    const rows = (section: string) =>
      [
        ...page
          .split(`\n## ${section}`)[1]!
          .split('\n## ')[0]!
          .matchAll(/^\| `([^`]+)` \|/gm),
      ].map(([, name]) => name!);
    expect(rows('11 Verdict')).toEqual([...CLAIMS, 'complete', 'recomputed']);
    expect(rows('12 Error codes').toSorted()).toEqual(
      codesIn(read('errors.ts'), 'EvidenceErrorCode'),
    );
    for (const reason of codesIn(read('judge/verdict.ts'), 'Reason'))
      expect(page).toContain(`\`${reason}\``);
  });
});

describe('README.md', () => {
  it('begins with a first use that works', () => {
    const [, shown] = /```ts\n(.*?)```/s.exec(read('../README.md'))!;
    const source = read('testing/readme-example-fixture.ts');
    expect(shown).toBe(source.replace('../index.ts', '@sigill/evidence'));
    const lines = vi.spyOn(console, 'log').mockImplementation(() => {});
    expect(verify(text('json evidence'), text('json policy'))).toBe(true);
    expect(lines).toHaveBeenCalledTimes(CLAIMS.length);
    lines.mockRestore();
  });
});
