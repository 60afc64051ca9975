import { describe, expect, it } from 'vitest';
import { EvidenceError } from '../errors.ts';
import { evidenceOf, honestWorld } from '../testing/evidence-fixture.ts';
import { createWorld } from '../testing/world-fixture.ts';
import { type EvidenceFile, formatEvidence, parseEvidence } from './evidence-file.ts';

const { world, house, first, batch, file } = honestWorld();
const text = formatEvidence(file);

describe('an evidence file', () => {
  it('gives back what was written, anchored or not', () => {
    const young = createWorld();
    const site = young.addSite('sigill.example/test/young', ['meter']);
    const sealed = site.agents[0]!.seal(['1', '2']);
    for (const each of [
      file,
      evidenceOf(world, house, first, 0),
      evidenceOf(world, house, batch, 1, { anchors: 3 }),
      evidenceOf(young, site, sealed, 1),
    ]) {
      const written = formatEvidence(each);
      expect(parseEvidence(written)).toEqual(each);
      expect(formatEvidence(parseEvidence(written))).toBe(written);
    }
  });

  it('has its keys in one order, whatever order they were given in', () => {
    const turned = Object.fromEntries(Object.entries(file).toReversed()) as unknown as EvidenceFile;
    expect(formatEvidence(turned)).toBe(text);
  });

  it('is written from Buffers too', () => {
    const readings = [{ ...file.readings[0]!, bytes: Buffer.from(file.readings[0]!.bytes) }];
    expect(formatEvidence({ ...file, readings })).toBe(text);
  });

  it.each<[string, (given: EvidenceFile) => EvidenceFile]>([
    ['no reading', (given) => ({ ...given, readings: [] })],
    ['two readings', (given) => ({ ...given, readings: [given.readings[0]!, given.readings[0]!] })],
    ['no header before a later batch', (given) => ({ ...given, headers: [] })],
    ['two headers', (given) => ({ ...given, headers: [given.headers[0]!, given.headers[0]!] })],
    ['no operator record', (given) => ({ ...given, records: { ...given.records, operator: [] } })],
    ['no slot record', (given) => ({ ...given, records: { ...given.records, slot: [] } })],
    [
      'three slot records',
      (given) => ({
        ...given,
        records: { ...given.records, slot: [...given.records.slot, given.records.slot[0]!] },
      }),
    ],
    ['no roll-call', (given) => ({ ...given, rollCalls: [] })],
    [
      'three roll-calls',
      (given) => ({ ...given, rollCalls: [...given.rollCalls!, given.rollCalls![0]!] }),
    ],
    [
      'roll-calls out of order',
      (given) => ({ ...given, rollCalls: given.rollCalls!.toReversed() }),
    ],
    [
      'one roll-call twice',
      (given) => ({ ...given, rollCalls: [given.rollCalls![0]!, given.rollCalls![0]!] }),
    ],
    [
      'leaves out of order',
      (given) => ({
        ...given,
        anchors: { ...given.anchors!, leaves: given.anchors!.leaves.toReversed() },
      }),
    ],
    ['roll-calls without a ledger', (given) => ({ ...given, ledger: null })],
    ['a ledger without anchors', (given) => ({ ...given, anchors: null })],
    [
      'a consistency path without an anchor',
      (given) => ({ ...given, rollCalls: null, anchors: null, ledger: null }),
    ],
    [
      'hashes of 31 bytes',
      (given) => ({ ...given, seal: { ...given.seal, path: [new Uint8Array(31)] } }),
    ],
    [
      'hashes of 33 bytes',
      (given) => ({ ...given, seal: { ...given.seal, path: [new Uint8Array(33)] } }),
    ],
  ])('with %s is neither written nor read', (_name, change) => {
    const changed = change(file);
    expect(codeOf(() => formatEvidence(changed))).toBe('EVIDENCE_FORM');
    expect(codeOf(() => parseEvidence(written(changed)))).toBe('EVIDENCE_FORM');
  });

  it.each([
    ['a newline at its end', `${text}\n`, 'JSON_NOT_CANONICAL'],
    ['white space', text.replace(':', ': '), 'JSON_NOT_CANONICAL'],
    ['another format', text.replace('@v1', '@v2'), 'JSON_SCHEMA'],
    ['another kind', text.replace('"reading"', '"range"'), 'JSON_SCHEMA'],
    ['a key more', text.replace('{', '{"note":1,'), 'JSON_SCHEMA'],
    [
      'a key twice',
      text.replace('"kind":"reading"', '"kind":"reading","kind":"reading"'),
      'JSON_NOT_CANONICAL',
    ],
    ['three storage proofs', text.replace('"storage":[', '"storage":[[],'), 'EVIDENCE_FORM'],
    ['a path that is text', text.replace(/"path":\[[^\]]*\]/, '"path":""'), 'JSON_SCHEMA'],
    [
      'base64 for URLs',
      text.replace(/(?<=[A-Za-z])\/(?=[A-Za-z0-9]+={0,2}")/, '_'),
      'BASE64_SYNTAX',
    ],
    ['nothing', '', 'JSON_SCHEMA'],
  ])('with %s is refused', (_name, changed, code) => {
    expect(changed).not.toBe(text);
    expect(codeOf(() => parseEvidence(changed))).toBe(code);
  });
});

/** As `formatEvidence` writes, without its checks. */
function written(given: EvidenceFile): string {
  return JSON.stringify(given, (_key, value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  );
}

function codeOf(action: () => unknown): string | null {
  try {
    action();
    return null;
  } catch (error) {
    if (error instanceof EvidenceError) return error.code;
    throw error;
  }
}
